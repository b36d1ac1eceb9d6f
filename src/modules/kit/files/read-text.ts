import { raw, type Sql, sql } from '../sql.ts'
import { canonicalType } from './column-type.ts'
import { dateFormat } from './date-format.ts'

/** How the text of one column is to be read. */
export interface TextReading {
  /** DuckDB's. */
  readonly type: string
  readonly decimalSeparator?: string | undefined
  readonly thousandsSeparator?: string | undefined
  /** Of DATE and TIMESTAMP; absent: ISO 8601. */
  readonly format?: string | undefined
  /** Numbers such as 00123 are read; otherwise they are refused, since the zeros would be lost. */
  readonly leadingZeros?: boolean | undefined
}

const INTEGERS = /^(U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT))$/
const HOURS = '([01]?[0-9]|2[0-3])'
const CLOCK = `${HOURS}:[0-5][0-9](:[0-5][0-9](\\.[0-9]{0,6}0*)?)?`
const DAY = '[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}'
// Lists: DuckDB makes a join of each IN with more than a few values, and with many columns plans for minutes.
const TRUE = raw("['true','t','yes','y','1','oui','o','vrai','v']")
const FALSE = raw("['false','f','no','n','0','non','faux']")

/**
 * SQL that reads a text as a type, exactly: NULL when the text is not one value of that type, all of it and nothing lost.
 * DuckDB's own casts are more generous: they make 1.7 the integer 2, 1.239 the DECIMAL 1.24, a timestamp a date, and drop
 * nanoseconds; its CSV reader turns 1234.5 into 12345 where `.` separates thousands.
 *
 * Regular expressions are slow: whoever reads many values casts them once and asks `isPlain` first.
 * @param value a trimmed text, or NULL
 */
export function readText(value: Sql, reading: TextReading): Sql {
  const type = canonicalType(reading.type)
  const cast = (text: Sql) => sql`TRY_CAST(${text} AS ${raw(type)})`
  const exactOr = (text: Sql, shape: string) =>
    sql`CASE WHEN CAST(${cast(text)} AS VARCHAR) = ${text} THEN ${cast(text)} WHEN regexp_full_match(${text}, ${shape}) THEN ${cast(text)} END`

  if (type === 'VARCHAR') return value
  if (INTEGERS.test(type)) {
    const number = plainNumber(value, reading)
    return exactOr(number, reading.leadingZeros ? '[-+]?[0-9]+' : '[-+]?(0|[1-9][0-9]*)')
  }
  if (type === 'DOUBLE' || type === 'FLOAT') return readFloating(plainNumber(value, reading), cast, reading)
  const decimal = /^DECIMAL\((\d+)(?:,(\d+))?\)$/.exec(type)
  if (decimal) {
    const scale = Number(decimal[2] ?? 0)
    const whole = reading.leadingZeros ? '[0-9]+' : '(0|[1-9][0-9]*)'
    return exactOr(
      plainNumber(value, reading),
      `[-+]?(${whole}(\\.[0-9]{0,${scale}}0*)?|\\.[0-9]{1,${Math.max(scale, 1)}}0*)`,
    )
  }
  if (type === 'BOOLEAN') {
    return sql`CASE WHEN list_contains(${TRUE}, lower(${value})) THEN TRUE WHEN list_contains(${FALSE}, lower(${value})) THEN FALSE END`
  }
  if (reading.format !== undefined) {
    const formatted = readFormatted(value, type, reading.format)
    if (formatted) return formatted
  }
  if (type === 'DATE') return exactOr(value, DAY)
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type)) return exactOr(value, `${DAY}([ T]${CLOCK})?`)
  if (type === 'TIMESTAMP WITH TIME ZONE') {
    // Without an offset the time zone of whoever runs it would decide.
    const shape = `${DAY}[ T]${CLOCK} ?(Z|[-+][0-9]{2}(:?[0-9]{2})?)`
    return sql`CASE WHEN regexp_full_match(${value}, ${shape}) THEN ${cast(value)} END`
  }
  if (type === 'TIME') return exactOr(value, CLOCK)
  if (type === 'BLOB') {
    return sql`CASE WHEN regexp_full_match(${value}, '\\\\x([0-9A-Fa-f]{2})*') THEN from_hex(substr(${value}, 3)) END`
  }
  return cast(value)
}

/**
 * A cheap condition that holds for what programs write (`1.50`, `2024-01-05T10:00:00`): the text's own cast is then exactly
 * what `readText` gives. Most often the cast value's text is compared with the original. Measured on numbers, dates and
 * timestamps, that makes the exact read about 1.8 times as dear as DuckDB's own lossy one, and four times without.
 * @param text a text, not trimmed
 * @param cast the result of `TRY_CAST(text AS type)`
 * @returns undefined where only `readText` can tell
 */
export function isPlain(text: Sql, cast: Sql, reading: TextReading): Sql | undefined {
  const type = canonicalType(reading.type)
  const same = sql`CAST(${cast} AS VARCHAR) = ${text}`
  if (/INT|^DOUBLE$|^FLOAT$|^DECIMAL/.test(type)) {
    if ((reading.decimalSeparator ?? '.') !== '.' || reading.thousandsSeparator) return undefined
    if (INTEGERS.test(type)) return same
    // Text between '1' and ':' starts with a digit other than 0: it is no code with zeros. Above 0, it did not underflow.
    if (!type.startsWith('DECIMAL'))
      return sql`(${text} >= '1' AND ${text} < ':' AND ${cast} > 0 AND isfinite(${cast}) AND NOT contains(${text}, '_'))`
    // 1.5 of DECIMAL(10,2) is the beginning of 1.50: nothing was cut off.
    return /,[1-9]/.test(type) ? sql`starts_with(CAST(${cast} AS VARCHAR), ${text})` : same
  }
  if (reading.format !== undefined) return undefined
  if (/^TIMESTAMP(_S|_MS|_NS)?$/.test(type))
    return sql`(CASE WHEN ${same} THEN TRUE ELSE CAST(${cast} AS VARCHAR) = replace(${text}, 'T', ' ') END)`
  return type === 'DATE' || type === 'TIME' ? same : undefined
}

function readFloating(number: Sql, cast: (text: Sql) => Sql, reading: TextReading): Sql {
  const value = cast(number)
  const finite = sql`isfinite(${value}) AND NOT contains(${number}, '_')`
  const underflow = sql`(${value} <> 0 OR NOT regexp_matches(${number}, '^[^eE]*[1-9]'))`
  // Text from '1' on starts with neither a sign nor a zero: prices such as 2.50 are spared the regular expression.
  const zeros = reading.leadingZeros
    ? sql``
    : sql` AND (${number} > '1' OR NOT regexp_matches(${number}, '^[-+]?0[0-9]'))`
  return sql`CASE WHEN CAST(${value} AS VARCHAR) = ${number} THEN ${value} WHEN ${finite} AND ${underflow}${zeros} THEN ${value} END`
}

/** The number as SQL writes it, or NULL when its separators are not where they belong. */
function plainNumber(value: Sql, reading: TextReading): Sql {
  const decimal = reading.decimalSeparator ?? '.'
  const thousands = reading.thousandsSeparator
  if (decimal === '.' && !thousands) return value
  const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  // People type a plain, a no-break or a narrow no-break space; all of them are the space between thousands.
  const groups = thousands === ' ' ? '[ \u00a0\u202f]' : thousands ? escaped(thousands) : undefined
  const whole = groups ? `([0-9]{1,3}(${groups}[0-9]{3})+|[0-9]+)` : '[0-9]+'
  const shape = `[-+]?(${whole}(${escaped(decimal)}[0-9]*)?|${escaped(decimal)}[0-9]+)([eE][-+]?[0-9]+)?`
  const ungrouped = groups ? sql`regexp_replace(${value}, ${groups}, '', 'g')` : value
  return sql`CASE WHEN regexp_full_match(${value}, ${shape}) THEN replace(${ungrouped}, ${decimal}, '.') END`
}

function readFormatted(value: Sql, type: string, text: string): Sql | undefined {
  const format = dateFormat(text)
  if (!format) return undefined
  const shaped = sql`CASE WHEN regexp_full_match(${value}, ${format.shape}) THEN try_strptime(${value}, ${format.strptime}) END`
  if (type === 'DATE') {
    // A time of day would be lost.
    return format.hasTime
      ? sql`CASE WHEN CAST(${shaped} AS DATE) = ${shaped} THEN CAST(${shaped} AS DATE) END`
      : sql`CAST(${shaped} AS DATE)`
  }
  if (type.startsWith('TIMESTAMP') || type === 'TIME') return sql`CAST(${shaped} AS ${raw(type)})`
  return undefined
}

/** A config's date format is checked when the config is read, so that a run does not find out. */
export const isDateFormat = (text: string): boolean => dateFormat(text) !== undefined
