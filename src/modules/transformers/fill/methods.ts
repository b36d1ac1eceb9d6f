import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { isWidening } from '../../kit/casts.ts'
import { kindOf } from '../../kit/column-selection.ts'
import { constantOf } from '../../kit/constant.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { requireColumn } from '../../kit/inputs.ts'
import type { Layered, Layers } from '../../kit/layers.ts'
import { joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, integerType, isFloat, isScalar, type SqlType, typeSql } from '../../kit/types.ts'
import type { Fill } from './descriptor.ts'

export interface FillContext {
  readonly layers: Layers
  /** PARTITION BY, or nothing. */
  readonly partition: Sql
  /** What ORDER BY takes; absent when no order was given. */
  readonly inOrder?: () => Layered
  /** Column of the first key. */
  readonly axis: Column | undefined
  /** All columns of the input. */
  readonly columns: readonly Column[]
  /** The value of a column, NULL when it counts as missing. */
  readonly knownOf: (column: Column) => Sql
}

interface Target {
  readonly column: Column
  readonly type: SqlType
  /** The value, or NULL when it is missing. */
  readonly known: Sql
}

/** The column's value with its gaps filled. @throws LogiDataError what the method cannot do with this column */
export function fillValue(item: Fill, target: Target, context: FillContext, field: FieldPath): Layered {
  const { known, type } = target
  const own = (value: Sql, layer = 1): Layered => ({ value: sql`coalesce(${known}, ${value})`, layer })
  const over = sql`OVER (${context.partition})`
  switch (item.method) {
    case 'constant':
      if (item.value === undefined)
        throw userError('config.missing', 'Give the value to fill with.', { field: [...field, 'value'] })
      return own(constantOf(item.value, type, [...field, 'value']))
    case 'column':
      return { value: sql`coalesce(${joinSql([known, ...valuesOf(item, target, context, field)])})`, layer: 1 }
    case 'zero':
      return own(zeroOf(target, field))
    case 'mean':
      requireNumber(target, item, field)
      return own(meanOf(known, type, over))
    case 'median':
      requireNumber(target, item, field)
      return own(medianOf(known, type, over))
    case 'mode':
      return own(sql`mode(${known} ORDER BY ${known}) ${over}`)
    case 'min':
    case 'max':
      return own(sql`${raw(item.method)}(${known}) ${over}`)
    case 'forward':
    case 'backward': {
      const { value: order, layer } = orderOf(item, context, field)
      const reach = item.limit === undefined ? raw('UNBOUNDED') : raw(String(item.limit))
      const frame =
        item.method === 'forward'
          ? sql`ROWS BETWEEN ${reach} PRECEDING AND CURRENT ROW`
          : sql`ROWS BETWEEN CURRENT ROW AND ${reach} FOLLOWING`
      const pick = raw(item.method === 'forward' ? 'last_value' : 'first_value')
      const value = sql`${pick}(${known} IGNORE NULLS) OVER (${context.partition} ORDER BY ${order} ${frame})`
      return { value, layer: Math.max(1, layer) }
    }
    case 'linear':
      requireNumber(target, item, field)
      return linear(item, target, context, field)
    default:
      return assertNever(item.method)
  }
}

/** The columns to take a value from. @throws LogiDataError `config.missing`, `fill.own`, `fill.other-type` */
function valuesOf(item: Fill, { column, type }: Target, context: FillContext, field: FieldPath): Sql[] {
  if (item.from.length === 0)
    throw userError('config.missing', 'Choose the columns to take the value from.', { field: [...field, 'from'] })
  return item.from.map((name, index) => {
    const place = [...field, 'from', index]
    const other = requireColumn(context.columns, name, place)
    if (other.name === column.name)
      throw userError('fill.own', `“${column.name}” cannot be filled from itself.`, { field: place })
    const otherType = columnType(other.type)
    const value = context.knownOf(other)
    if (formatType(otherType) === formatType(type)) return value
    if (isScalar(type, 'VARCHAR') || isWidening(otherType, type)) return sql`CAST(${value} AS ${typeSql(type)})`
    throw userError(
      'fill.other-type',
      `“${other.name}” is ${other.type}, which does not fit “${column.name}”, ${column.type}.`,
      {
        field: place,
        hint: 'Change the type of one of the two first.',
      },
    )
  })
}

function zeroOf({ column, type }: Target, field: FieldPath): Sql {
  if (isScalar(type, 'VARCHAR')) return sql`''`
  if (isScalar(type, 'BOOLEAN')) return raw('FALSE')
  if (kindOf(column) === 'number') return sql`CAST(0 AS ${typeSql(type)})`
  throw userError('fill.no-zero', `“${column.name}” is ${column.type}, which has no zero.`, {
    field: [...field, 'method'],
    hint: 'Fill it with a value.',
  })
}

function requireNumber({ column }: Target, item: Fill, field: FieldPath): void {
  if (kindOf(column) === 'number') return
  throw userError(
    'fill.not-a-number',
    `“${column.name}” is ${column.type}, which has no ${item.method === 'linear' ? 'straight line' : item.method}.`,
    {
      field: [...field, 'method'],
      hint: 'Choose columns of numbers, or another way to fill.',
    },
  )
}

const isWide = (type: SqlType): boolean => (integerType(type)?.bits ?? 0) > 64 || isScalar(type, 'BIGNUM')

/** A number as the column's type, halves away from zero; NULL where the type cannot hold it. @param value a DOUBLE where the type is */
function rounded(value: Sql, type: SqlType): Sql {
  if (isScalar(type, 'DOUBLE')) return value
  if (isFloat(type)) return sql`CAST(${value} AS ${typeSql(type)})`
  const scale = type.kind === 'decimal' ? type.scale : 0
  return sql`TRY_CAST(round(${value}, ${scale}) AS ${typeSql(type)})`
}

function meanOf(known: Sql, type: SqlType, over: Sql): Sql {
  // DOUBLEs add up differently in another order, and threads bring them in any.
  if (isFloat(type)) return rounded(sql`avg(${known} ORDER BY ${known}) ${over}`, type)
  if (!integerType(type) || isWide(type)) return rounded(sql`avg(${known}) ${over}`, type)
  // Whole numbers all the way: a DOUBLE would lose what is beyond 2^53.
  const [sum, count] = [sql`sum(${known}) ${over}`, sql`count(${known}) ${over}`]
  // `//` cuts towards zero; of no values it gives NULL.
  return sql`CAST((2 * ${sum} + sign(${sum}) * ${count}) // (2 * ${count}) AS ${typeSql(type)})`
}

function medianOf(known: Sql, type: SqlType, over: Sql): Sql {
  if (!integerType(type) || isWide(type)) {
    const value = isFloat(type) ? known : sql`CAST(${known} AS DOUBLE)`
    return rounded(sql`quantile_cont(${value}, 0.5) ${over}`, type)
  }
  // The two in the middle, without a DOUBLE between them.
  const low = sql`quantile_disc(CAST(${known} AS HUGEINT), 0.5) ${over}`
  const high = sql`-(quantile_disc(-CAST(${known} AS HUGEINT), 0.5) ${over})`
  const sum = sql`(${low} + ${high})`
  return sql`CAST(CASE WHEN ${sum} < 0 THEN -((abs(${sum}) + 1) // 2) ELSE (${sum} + 1) // 2 END AS ${typeSql(type)})`
}

function orderOf(item: Fill, context: FillContext, field: FieldPath): Layered {
  if (context.inOrder) return context.inOrder()
  throw userError('fill.order-missing', `“${item.method}” needs an order: which value comes before which?`, {
    field: ['order'],
    hint: `Choose the columns that order the rows of ${String(field[0])}, such as a date.`,
  })
}

function linear(item: Fill, { known, type }: Target, context: FillContext, field: FieldPath): Layered {
  const { layers, partition } = context
  const order = orderOf(item, context, field)
  const base = Math.max(1, order.layer)
  const rows = () =>
    layers.hold({ value: sql`row_number() OVER (${partition} ORDER BY ${order.value})`, layer: base }).value
  const position = item.along === 'rows' ? rows() : axisOf(context, field)
  const place = item.limit === undefined ? position : item.along === 'rows' ? position : rows()
  const hold = (value: Sql) => layers.hold({ value, layer: base + 1 }).value
  const before = sql`OVER (${partition} ORDER BY ${order.value} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`
  const after = sql`OVER (${partition} ORDER BY ${order.value} ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)`
  const last = (value: Sql) => hold(sql`last_value(${value} IGNORE NULLS) ${before}`)
  const next = (value: Sql) => hold(sql`first_value(${value} IGNORE NULLS) ${after}`)
  const atKnown = (value: Sql) => sql`CASE WHEN ${known} IS NOT NULL THEN ${value} END`
  const [y0, y1] = [last(known), next(known)]
  const [x0, x1] = [last(atKnown(position)), next(atKnown(position))]
  const gap =
    item.limit === undefined ? raw('TRUE') : sql`${next(atKnown(place))} - ${last(atKnown(place))} - 1 <= ${item.limit}`
  const share = sql`(CAST(${position} - ${x0} AS DOUBLE) / nullif(CAST(${x1} - ${x0} AS DOUBLE), 0))`
  const between = sql`CAST(${y0} AS DOUBLE) + (CAST(${y1} AS DOUBLE) - CAST(${y0} AS DOUBLE)) * ${share}`
  const value = sql`CASE WHEN ${known} IS NOT NULL THEN ${known} WHEN NOT (${gap}) THEN NULL WHEN ${y0} = ${y1} THEN ${y0} ELSE ${rounded(between, type)} END`
  return { value, layer: base + 2 }
}

/** The first key as a number that can be subtracted. */
function axisOf({ axis }: FillContext, field: FieldPath): Sql {
  const type = axis ? columnType(axis.type) : undefined
  if (axis && type) {
    const name = raw(`"${axis.name.replaceAll('"', '""')}"`)
    if (kindOf(axis) === 'number') return sql`CAST(${name} AS DOUBLE)`
    if (isScalar(type, 'DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE'))
      return sql`CASE WHEN isfinite(${name}) THEN epoch_us(${name}) END`
  }
  throw userError(
    'fill.no-axis',
    `A straight line cannot run along ${axis && type ? `“${axis.name}”, which is ${formatType(type)}` : 'this order'}.`,
    {
      field: [...field, 'along'],
      hint: 'Order by a number, a date or a timestamp first, or run it along rows.',
    },
  )
}
