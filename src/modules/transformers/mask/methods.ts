import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { assertNever } from '../../../shared/result.ts'
import { kindOf } from '../../kit/column-selection.ts'
import { constantOf } from '../../kit/constant.ts'
import type { FieldPath } from '../../kit/fields.ts'
import { hmacSha256 } from '../../kit/hmac.ts'
import { requireColumn } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { integerType, isFloat, isScalar, type SqlType, typeSql } from '../../kit/types.ts'
import type { Mask } from './descriptor.ts'

interface Target {
  readonly column: Column
  readonly type: SqlType
  readonly key: string | undefined
  readonly columns: readonly Column[]
  readonly field: FieldPath
}

const SHORTEST_KEY = 16

/** A column's value, masked. @throws LogiDataError what the method cannot do with this column, or without a key */
export function masked(item: Mask, target: Target): Sql {
  const value = identifier(target.column.name)
  const { type, field } = target
  switch (item.method) {
    case 'hash': {
      const digits = hmacSha256(keyOf(target), sql`CAST(${value} AS VARCHAR)`)
      const short = item.length < 64 ? sql`left(${digits}, ${item.length})` : digits
      return item.prefix ? sql`${item.prefix} || ${short}` : short
    }
    case 'redact':
      return sql`CASE WHEN ${value} IS NOT NULL THEN ${constantOf(item.value, type, [...field, 'value'])} END`
    case 'partial':
      refuseOther(target, isScalar(type, 'VARCHAR'), 'texts')
      return partial(value, item)
    case 'null':
      return sql`CAST(NULL AS ${typeSql(type)})`
    case 'shuffle':
      return shuffled(value, target)
    case 'shift_date':
      refuseOther(target, isDay(type), 'dates and timestamps')
      return shifted(value, item, target)
    case 'generalize_date':
      refuseOther(target, isDay(type), 'dates and timestamps')
      return sql`CASE WHEN isfinite(${value}) THEN CAST(date_trunc(${item.unit}, ${value}) AS ${typeSql(type)}) END`
    case 'band':
      refuseOther(target, kindOf(target.column) === 'number', 'numbers')
      return band(value, item, target)
    case 'noise':
      refuseOther(target, kindOf(target.column) === 'number', 'numbers')
      return noisy(value, item, target)
    default:
      return assertNever(item.method)
  }
}

function keyOf({ key }: Target): string {
  if (!key)
    throw userError('mask.key-missing', 'This needs a key.', {
      field: ['key'],
      hint: 'Set a variable of the environment and write $'.concat('{env:NAME} here.'),
    })
  if ([...key].length < SHORTEST_KEY)
    throw userError('mask.key-short', `The key is too short: it can be guessed below ${SHORTEST_KEY} characters.`, {
      field: ['key'],
      hint: 'Take a long random one, such as what openssl rand -hex 32 gives.',
    })
  return key
}

const isDay = (type: SqlType): boolean =>
  isScalar(type, 'DATE', 'TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE')

function refuseOther({ column, field }: Target, fits: boolean, what: string): void {
  if (fits) return
  throw userError('mask.type', `“${column.name}” is ${column.type}, and this masks ${what}.`, {
    field: [...field, 'method'],
    hint: 'Choose other columns, or another way to mask.',
  })
}

function partial(value: Sql, item: Mask): Sql {
  const { first, last } = item
  const hide = (text: Sql): Sql => {
    const hidden = (length: Sql): Sql =>
      sql`repeat(${item.mask}, ${item.fixed === undefined ? sql`greatest(${length}, 0)` : literal(item.fixed)})`
    const ends = sql`left(${text}, ${first}) || ${hidden(sql`length(${text}) - ${first + last}`)} || right(${text}, ${last})`
    return sql`CASE WHEN length(${text}) <= ${first + last} THEN ${hidden(sql`length(${text})`)} ELSE ${ends} END`
  }
  if (!item.keep_domain) return hide(value)
  const local = sql`regexp_replace(${value}, '(?s)@[^@]*$', '')`
  return sql`CASE WHEN contains(${value}, '@') THEN ${hide(local)} || regexp_extract(${value}, '(?s)@[^@]*$') ELSE ${hide(value)} END`
}

/** Each row takes the value of the next in an order that only the key and the row decide; the last takes the first one's. */
function shuffled(value: Sql, target: Target): Sql {
  const row = joinSql(target.columns.map(({ name }) => identifier(name)))
  const order = hmacSha256(keyOf(target), sql`concat(${`${target.column.name}\u0001`}, CAST(row(${row}) AS VARCHAR))`)
  const over = sql`OVER (ORDER BY ${order})`
  return sql`CASE WHEN row_number() ${over} = count(*) OVER () THEN first_value(${value}) ${over} ELSE lead(${value}) ${over} END`
}

/** From 0 up to but not 1, the same for the same text: the first 52 bits of its keyed hash. */
const share = (key: string, text: Sql): Sql =>
  sql`(CAST('0x' || left(${hmacSha256(key, text)}, 13) AS BIGINT) / 4503599627370496.0::DOUBLE)`

function shifted(value: Sql, item: Mask, target: Target): Sql {
  const key = keyOf(target)
  const by = item.by ? identifier(requireColumn(target.columns, item.by, [...target.field, 'by']).name) : undefined
  // Rows without anybody to belong to shift alike.
  const who = by ? sql`concat('shift', ${'\u0001'}, CAST(${by} AS VARCHAR))` : sql`'shift'`
  // Never by nothing: 1 to `days`, to either side.
  const place = sql`CAST(floor(${share(key, who)} * ${2 * item.days}) AS INTEGER)`
  const days = sql`(CASE WHEN ${place} < ${item.days} THEN ${place} - ${item.days} ELSE ${place} - ${item.days - 1} END)`
  const moved = isScalar(target.type, 'DATE') ? sql`${value} + ${days}` : sql`${value} + to_days(${days})`
  return sql`CASE WHEN isfinite(${value}) THEN CAST(${moved} AS ${typeSql(target.type)}) END`
}

/** The largest multiple of the step that is not above the value. */
function band(value: Sql, item: Mask, { type, field }: Target): Sql {
  if (isFloat(type)) return sql`CAST(floor(${value} / ${item.step}) * ${item.step} AS ${typeSql(type)})`
  if (integerType(type)) {
    if (!Number.isInteger(item.step))
      throw userError('mask.step', 'Whole numbers have multiples of whole numbers.', { field: [...field, 'step'] })
    const wide = sql`CAST(${value} AS HUGEINT)`
    return sql`TRY_CAST(${wide} - ((${wide} % ${item.step}) + ${item.step}) % ${item.step} AS ${typeSql(type)})`
  }
  const step = sql`CAST(${String(item.step)} AS ${typeSql(type)})`
  return sql`TRY_CAST(${value} - CASE WHEN ${value} < 0 AND ${value} % ${step} <> 0 THEN ${value} % ${step} + ${step} ELSE ${value} % ${step} END AS ${typeSql(type)})`
}

function noisy(value: Sql, item: Mask, target: Target): Sql {
  const part = share(keyOf(target), sql`concat(${`noise\u0001${target.column.name}\u0001`}, CAST(${value} AS VARCHAR))`)
  const noise = sql`((${part} * 2 - 1) * ${item.spread})`
  if (isFloat(target.type)) return sql`CAST(${value} + ${noise} AS ${typeSql(target.type)})`
  const scale = target.type.kind === 'decimal' ? target.type.scale : 0
  // The noise is rounded, not the sum: a DOUBLE would lose the last digits of long numbers.
  const exact = sql`CAST(round(${noise}, ${scale}) AS DECIMAL(38,${scale}))`
  return sql`TRY_CAST(TRY_CAST(${value} AS DECIMAL(38,${raw(String(scale))})) + ${exact} AS ${typeSql(target.type)})`
}
