import type { Column } from '../../../shared/engine/types.ts'
import { cellText } from '../../kit/cells.ts'
import { failure } from '../../kit/failure.ts'
import { joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, integerType, isFloat, isScalar } from '../../kit/types.ts'
import type { ExcelLoadConfig } from './descriptor.ts'

/** Excel shows and computes with this many digits. */
const DIGITS = 15
const LONGEST_TEXT = 32_767

export interface CellRequest {
  readonly column: Column
  /** Of the column in the sheet. */
  readonly letters: string
  /** Of the value. */
  readonly value: Sql
  /** Text of the row's number. */
  readonly row: Sql
  /** Index of the style; 0 is none. */
  readonly style: number
  readonly config: ExcelLoadConfig
}

/** The number format that a type asks for, or undefined where Excel's general one serves. */
export function formatOf({ type }: Column, config: ExcelLoadConfig): string | undefined {
  const parsed = columnType(type)
  if (type === 'DATE') return config.date_format
  if (/^TIMESTAMP/.test(type)) return config.timestamp_format
  if (type === 'TIME') return 'hh:mm:ss'
  if (type === 'INTERVAL') return '[h]:mm:ss'
  if (parsed.kind === 'decimal' && parsed.scale > 0) return `0.${'0'.repeat(Math.min(parsed.scale, DIGITS))}`
  // Without it Excel shows long numbers as 1.23E+14.
  return isScalar(parsed, 'BIGINT', 'UBIGINT', 'HUGEINT', 'UHUGEINT') ||
    (parsed.kind === 'decimal' && parsed.width > 11)
    ? '0'
    : undefined
}

/** SQL that gives a value's cell as XML, or an empty text for NULL. */
export function cellXml(request: CellRequest): Sql {
  const { column, value } = request
  const written = writtenCell(request, columnType(column.type))
  return sql`CASE WHEN ${value} IS NOT NULL THEN ${written} ELSE '' END`
}

function writtenCell(request: CellRequest, type: ReturnType<typeof columnType>): Sql {
  const { value, column } = request
  if (isScalar(type, 'BOOLEAN'))
    return concat(request, ' t="b"><v>', sql`CASE WHEN ${value} THEN '1' ELSE '0' END`, '</v></c>')
  const integer = integerType(type)
  if (integer && integer.bits <= 32) return numeric(request, text(value))
  if (integer) {
    const limit = raw(String(10n ** BigInt(DIGITS)))
    return either(request, sql`${value} > -${limit} AND ${value} < ${limit}`, text(value), text(value))
  }
  if (type.kind === 'decimal') {
    if (type.width <= DIGITS) return numeric(request, text(value))
    // Neither zeros in front nor behind count.
    const digits = sql`length(trim(replace(replace(${text(value)}, '.', ''), '-', ''), '0'))`
    return either(request, sql`${digits} <= ${DIGITS}`, text(value), text(value))
  }
  if (isFloat(type)) {
    // Excel's own limits: what is larger is an error there, what is smaller 0.
    const size = sql`abs(CAST(${value} AS DOUBLE))`
    const fits = sql`${value} = 0 OR (isfinite(${value}) AND ${size} < 1e308 AND ${size} >= 2.2250738585072014e-308)`
    return either(request, fits, text(value), text(value))
  }
  if (column.type === 'DATE') {
    const serial = sql`(${value} - CASE WHEN ${value} < DATE '1900-03-01' THEN DATE '1899-12-31' ELSE DATE '1899-12-30' END)`
    return either(request, sql`${value} BETWEEN DATE '1900-01-01' AND DATE '9999-12-31'`, text(serial), text(value))
  }
  if (/^TIMESTAMP/.test(column.type)) return timestamp(request)
  if (column.type === 'TIME') {
    const micros = sql`epoch_us(${value})`
    return either(request, sql`${micros} % 1000 = 0`, text(sql`(${micros} / 86400000000.0)`), text(value))
  }
  if (column.type === 'INTERVAL') {
    const micros = sql`(datepart('day', ${value}) * 86400000000 + datepart('hour', ${value}) * 3600000000 + datepart('minute', ${value}) * 60000000 + datepart('microsecond', ${value}))`
    // The 1900 system has no negative times, and months have no length.
    const fits = sql`datepart('year', ${value}) = 0 AND datepart('month', ${value}) = 0 AND ${micros} >= 0 AND ${micros} % 1000 = 0`
    return either(request, fits, text(sql`(${micros} / 86400000000.0)`), text(value))
  }
  return textual(request, column.type === 'VARCHAR' ? value : cellText(value, column.type))
}

function timestamp(request: CellRequest): Sql {
  const { value, column } = request
  // An instant is written as its time in UTC, which is the session's zone.
  const local = column.type === 'TIMESTAMP' ? value : sql`CAST(${value} AS TIMESTAMP)`
  const fits = sql`${local} >= TIMESTAMP '1900-01-01' AND ${local} < TIMESTAMP '10000-01-01' AND epoch_us(${local}) % 1000 = 0${
    column.type === 'TIMESTAMP_NS' ? sql` AND CAST(${local} AS TIMESTAMP_NS) = ${value}` : sql``
  }`
  const zero = sql`CASE WHEN ${local} < TIMESTAMP '1900-03-01' THEN -2209075200000 ELSE -2209161600000 END`
  return either(request, fits, text(sql`((epoch_ms(${local}) - ${zero}) / 86400000.0)`), text(value))
}

const text = (value: Sql): Sql => sql`CAST(${value} AS VARCHAR)`

const opening = ({ letters, row, style }: CellRequest): Sql[] => [
  literal(`<c r="${letters}`),
  row,
  literal(style === 0 ? '"' : `" s="${style}"`),
]

function concat(request: CellRequest, ...parts: (string | Sql)[]): Sql {
  return sql`concat(${joinSql([...opening(request), ...parts.map((part) => (typeof part === 'string' ? literal(part) : part))])})`
}

const numeric = (request: CellRequest, number: Sql): Sql => concat(request, '><v>', number, '</v></c>')

/** A number where it is exact; otherwise its text, or an error. */
function either(request: CellRequest, exact: Sql, number: Sql, otherwise: Sql): Sql {
  const { config, column, letters, row } = request
  const unfit =
    config.inexact === 'text'
      ? textual({ ...request, style: 0 }, otherwise)
      : failure(
          'excel.inexact',
          ['inexact'],
          [`Cell ${letters}`, row, `, column ${column.name}: `, otherwise, ' cannot be held exactly by Excel.'],
          'Round it before, cast the column to VARCHAR, or choose text in inexact.',
        )
  return sql`CASE WHEN ${exact} THEN ${numeric(request, number)} ELSE ${unfit} END`
}

function textual(request: CellRequest, value: Sql): Sql {
  const { config, letters, row, column } = request
  const safe = config.spreadsheet_safe && column.type === 'VARCHAR'
  const guarded = safe
    ? sql`CASE WHEN regexp_matches(${value}, '^[=+@\\t\\r-]') THEN '''' || ${value} ELSE ${value} END`
    : value
  // Characters beyond U+FFFF count twice for Excel.
  const units = sql`length(${guarded}) + length(regexp_replace(${guarded}, '[^\\x{10000}-\\x{10FFFF}]', '', 'g'))`
  const tooLong = sql`length(${guarded}) > ${LONGEST_TEXT / 2 - 0.5} AND ${units} > ${LONGEST_TEXT}`
  const long =
    config.long_texts === 'fail'
      ? failure(
          'excel.text-too-long',
          ['long_texts'],
          [
            `Cell ${letters}`,
            row,
            `, column ${column.name}: a text of `,
            text(sql`length(${value})`),
            ' characters is longer than a cell can hold.',
          ],
          'Shorten it before, or choose in long_texts to cut such texts.',
        )
      : // As many characters as surely fit: half when there are pairs among them.
        sql`CASE WHEN ${units} = length(${guarded}) THEN left(${guarded}, ${LONGEST_TEXT}) ELSE left(${guarded}, ${Math.floor(LONGEST_TEXT / 2)}) END`
  return concat(
    request,
    ' t="inlineStr"><is><t xml:space="preserve">',
    escaped(sql`CASE WHEN ${tooLong} THEN ${long} ELSE ${guarded} END`),
    '</t></is></c>',
  )
}

/** `_x0001_` stands for a character that XML cannot hold (ECMA-376 part 1, 22.9.2.19); a carriage return would become a line feed. */
const CONTROL = Array.from({ length: 32 }, (_, code) => code).filter((code) => code !== 9 && code !== 10)

function escaped(value: Sql): Sql {
  const markup = sql`replace(replace(replace(${value}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')`
  const marked = sql`regexp_replace(${markup}, '_(x[0-9A-Fa-f]{4}_)', '_x005F_\\1', 'g')`
  const codes = [...CONTROL, 0xfffe, 0xffff]
  const replaced = codes.reduce(
    (inner, code) => sql`replace(${inner}, chr(${code}), ${`_x${code.toString(16).toUpperCase().padStart(4, '0')}_`})`,
    marked,
  )
  return sql`CASE WHEN regexp_matches(${value}, '[\\x00-\\x08\\x0b-\\x1f\\x{FFFE}\\x{FFFF}]|_x[0-9A-Fa-f]{4}_') THEN ${replaced} ELSE ${markup} END`
}
