import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { type AddedColumn, withColumns } from '../../kit/add-columns.ts'
import { typedValue } from '../../kit/comparison.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { exactSum } from '../../kit/exact-sum.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, integerType, isFloat, isScalar } from '../../kit/types.ts'
import { groupColumns, partitionBy, totalOrder } from '../../kit/windows.ts'
import { type WindowConfig, type WindowFunction, type WindowMeasure, windowDescriptor } from './descriptor.ts'
import { movingFrame } from './moving-frame.ts'

interface Context {
  readonly config: WindowConfig
  readonly nodeId: string
  readonly columns: readonly Column[]
  /** The window of whole groups, that of rows in a total order, and that of the order key alone. */
  readonly group: Sql
  readonly rows: Sql
  readonly key: Sql
}

export const windowStep: RelationModule<typeof windowDescriptor, undefined> = {
  kind: 'relation',
  descriptor: windowDescriptor,
  keepsRows: true,
  blocking: true,
  compile: ({ nodeId, config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const groups = groupColumns(config.group_by, input.columns, ['group_by'])
    const partition = partitionBy(groups)
    const [group, rows, key] = ['by_group', 'by_rows', 'by_key'].map((name) =>
      identifier(freeName(name, input.columns)),
    )
    if (!group || !rows || !key) throw new TypeError('three names')
    const context: Context = { config, nodeId, columns: input.columns, group, rows, key }
    const added = config.measures.map(
      (measure, index): AddedColumn => ({
        name: measure.name,
        value: measureSql(measure, context, ['measures', index]),
        field: ['measures', index, 'name'],
      }),
    )
    const windows = [sql`${group} AS (${partition})`]
    if (config.order.length > 0) {
      const keys = orderBy(config.order, input.columns, parameters, ['order'])
      const total = totalOrder(config.order, input.columns, parameters, ['order'], groups)
      windows.push(sql`${rows} AS (${partition} ORDER BY ${total})`)
      windows.push(sql`${key} AS (${partition} ORDER BY ${keys})`)
    }
    return {
      out: sql`SELECT ${withColumns(input.columns, added)} FROM ${input.name} WINDOW ${joinSql(windows)}`,
    }
  },
}

const SO_FAR = raw('ROWS UNBOUNDED PRECEDING')
const WHOLE = raw('ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING')

function measureSql(measure: WindowMeasure, context: Context, field: FieldPath): Sql {
  const operation = measure.function
  if (!/^(share|group_)/.test(operation) && context.config.order.length === 0)
    throw userError('measure.order-missing', 'This measure depends on the order of the rows: give one.', {
      field: ['order'],
      hint: 'Choose the column that orders them, such as a date.',
    })
  const column = measure.column ? requireColumn(context.columns, measure.column, [...field, 'column']) : undefined
  const soFar = sql`(${context.rows} ${SO_FAR})`
  const whole = sql`(${context.rows} ${WHOLE})`
  const empty = raw(measure.skip_empty ? ' IGNORE NULLS' : '')
  switch (operation) {
    case 'running_count':
      return countOver(column, soFar)
    case 'group_count':
      return countOver(column, context.group)
    case 'moving_count': {
      const { frame, complete } = movingFrame(measure, context, field)
      return complete(countOver(column, frame))
    }
    case 'previous':
    case 'next': {
      const { value, type } = sourceOf(column, field)
      const given = measure.default
      const otherwise =
        given === undefined
          ? raw('NULL')
          : sql`CAST(${typedValue(given, columnType(type), [...field, 'default'])} AS ${raw(type)})`
      return sql`${raw(operation === 'next' ? 'lead' : 'lag')}(${value}, ${measure.offset}, ${otherwise}${empty}) OVER ${context.rows}`
    }
    case 'first':
      return sql`first_value(${sourceOf(column, field).value}${empty}) OVER ${whole}`
    case 'last':
      return sql`last_value(${sourceOf(column, field).value}${empty}) OVER ${whole}`
    case 'nth':
      return sql`nth_value(${sourceOf(column, field).value}, ${measure.offset}${empty}) OVER ${whole}`
    case 'running_min':
    case 'running_max':
      return sql`${call(operation)}(${sourceOf(column, field).value}) OVER ${soFar}`
    case 'group_min':
    case 'group_max':
      return sql`${call(operation)}(${sourceOf(column, field).value}) OVER ${context.group}`
    case 'moving_min':
    case 'moving_max': {
      const { frame, complete } = movingFrame(measure, context, field)
      return complete(sql`${call(operation)}(${sourceOf(column, field).value}) OVER ${frame}`)
    }
    default:
      return numeric(operation, measure, requireNumber(column, operation, field), context, field)
  }
}

type Numeric = Extract<
  WindowFunction,
  `${string}total` | `${string}average` | `${string}share` | 'difference' | 'percent_change'
>

function numeric(operation: Numeric, measure: WindowMeasure, column: Column, context: Context, field: FieldPath): Sql {
  const value = identifier(column.name)
  const soFar = sql`(${context.rows} ${SO_FAR})`
  const total = (over: Sql): Sql =>
    exactSum(sql`sum(${value}) OVER ${over}`, column, [...field, 'column'], context.nodeId)
  const before = sql`lag(${value}, ${measure.offset}${raw(measure.skip_empty ? ', NULL IGNORE NULLS' : '')}) OVER ${context.rows}`
  const ratio = (above: Sql, below: Sql): Sql => {
    const share = sql`CAST(${above} AS DOUBLE) / nullif(CAST(${below} AS DOUBLE), 0)`
    if (measure.decimals === undefined) return share
    return sql`CAST(${share} AS DECIMAL(${Math.min(38, 19 + measure.decimals)},${measure.decimals}))`
  }
  switch (operation) {
    case 'running_total':
      return total(soFar)
    case 'group_total':
      return total(context.group)
    case 'moving_total': {
      const { frame, complete } = movingFrame(measure, context, field)
      return complete(total(frame))
    }
    case 'running_average':
      return sql`avg(${value}) OVER ${soFar}`
    case 'group_average':
      return sql`avg(${value}) OVER ${context.group}`
    case 'moving_average': {
      const { frame, complete } = movingFrame(measure, context, field)
      return complete(sql`avg(${value}) OVER ${frame}`)
    }
    case 'difference':
      return difference(value, before, column)
    case 'percent_change':
      return ratio(sql`${widened(value, column)} - ${widened(before, column)}`, before)
    case 'share':
      return ratio(value, sql`sum(${value}) OVER ${context.group}`)
    case 'running_share':
      return ratio(sql`sum(${value}) OVER ${soFar}`, sql`sum(${value}) OVER ${context.group}`)
    default:
      return assertNever(operation)
  }
}

/** 8 bits minus 8 bits can need 9; and what is unsigned can become negative. */
function widened(value: Sql, column: Column): Sql {
  const integer = integerType(columnType(column.type))
  if (!integer || integer.bits === 128) return value
  return sql`CAST(${value} AS HUGEINT)`
}

function difference(value: Sql, before: Sql, column: Column): Sql {
  const integer = integerType(columnType(column.type))
  if (!integer || integer.bits === 128) return sql`(${value} - ${before})`
  const type = raw(integer.bits === 64 && !integer.signed ? 'HUGEINT' : 'BIGINT')
  return sql`(CAST(${value} AS ${type}) - CAST(${before} AS ${type}))`
}

const call = (operation: string): Sql => raw(operation.endsWith('min') ? 'min' : 'max')

function countOver(column: Column | undefined, over: Sql): Sql {
  return sql`count(${column ? identifier(column.name) : raw('*')}) OVER ${over}`
}

function sourceOf(column: Column | undefined, field: FieldPath): { value: Sql; type: string } {
  if (!column)
    throw userError('config.missing', 'Choose the column that this measure is of.', { field: [...field, 'column'] })
  return { value: identifier(column.name), type: column.type }
}

function requireNumber(column: Column | undefined, operation: WindowFunction, field: FieldPath): Column {
  sourceOf(column, field)
  const type = columnType(column?.type ?? '')
  const isTime = isScalar(type, 'DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP WITH TIME ZONE')
  const isNumber = integerType(type) || type.kind === 'decimal' || isFloat(type)
  if (column && (isNumber || (isTime && operation === 'difference'))) return column
  throw userError('measure.type', `“${column?.name}” is ${formatType(type)}, and this measure needs a number.`, {
    field: [...field, 'column'],
    hint: 'Convert the column to a number first, or choose another measure.',
  })
}
