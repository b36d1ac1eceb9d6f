import { type Sql, sql } from './sql.ts'
import { formatType, integerType, isFloat, isScalar, type SqlType, typeSql } from './types.ts'

/**
 * `value` as `to`, or NULL where that would lose something: `TRY_CAST` alone rounds 1.5 to 2, drops the time of a TIMESTAMP, the
 * offset of `10:00+02` and decimals that do not fit. A cast loses nothing when casting back gives the value again; texts are
 * checked by their form, since one number has many.
 * @param value evaluated several times
 */
export function exactCast(value: Sql, from: SqlType, to: SqlType): Sql {
  if (formatType(from) === formatType(to)) return value
  const cast = sql`TRY_CAST(${value} AS ${typeSql(to)})`
  if (isScalar(to, 'VARCHAR') || isScalar(from, '"NULL"') || isWidening(from, to)) return cast
  if (isScalar(from, 'VARCHAR')) {
    const loses = textLoses(value, to)
    return loses ? sql`CASE WHEN NOT (${loses}) THEN ${cast} END` : cast
  }
  // Whole numbers fit or do not.
  if (integerType(from) && (integerType(to) || to.kind === 'decimal')) return cast
  return sql`CASE WHEN TRY_CAST(${cast} AS ${typeSql(from)}) IS NOT DISTINCT FROM ${value} THEN ${cast} END`
}

/** Around what a cast reads. As part of a pattern, since `trim` takes three times as long as the pattern itself. */
const BLANK = '[ \\t\\n\\r]*'

/**
 * True where a text holds more than the type does, although DuckDB would cast it. Absent when that cannot be. CASE, where OR and AND
 * would do, stops at the test that settles most values: outside of a WHERE, DuckDB works both of their sides out.
 */
function textLoses(value: Sql, to: SqlType): Sql | undefined {
  const isWholly = (pattern: string): Sql => sql`regexp_full_match(${value}, ${`${BLANK}(?:${pattern})${BLANK}`})`
  // 15 digits survive the way through a DOUBLE, so that an exponent can be resolved by comparing.
  const exponent = (cast: Sql): Sql =>
    sql`(${isWholly('[+-]?(\\d{1,15}|\\d{0,7}\\.\\d{1,7})[eE][+-]?\\d{1,3}')} AND CAST(${cast} AS DOUBLE) = TRY_CAST(${value} AS DOUBLE))`
  const hasExponent = sql`contains(${value}, 'e') OR contains(${value}, 'E')`
  if (integerType(to)) {
    const cast = sql`TRY_CAST(${value} AS ${typeSql(to)})`
    return sql`CASE WHEN contains(${value}, '.') OR ${hasExponent} THEN NOT (${isWholly('[+-]?\\d*\\.0*')} OR ${exponent(cast)}) ELSE FALSE END`
  }
  if (to.kind === 'decimal') {
    const cast = sql`TRY_CAST(${value} AS ${typeSql(to)})`
    // Bytes after the point, which a pattern takes twice as long to count; where it is none of them, all of the text counts.
    const fewDecimals = sql`CASE WHEN strlen(${value}) - instr(${value}, '.') <= ${to.scale} THEN TRUE ELSE NOT contains(${value}, '.') END`
    return sql`CASE WHEN ${fewDecimals} AND NOT (${hasExponent} OR contains(${value}, '_')) THEN FALSE WHEN ${isWholly(`[+-]?[\\d_]*(\\.\\d{0,${to.scale}}0*)?`)} THEN FALSE ELSE NOT ${exponent(cast)} END`
  }
  if (isScalar(to, 'FLOAT', 'DOUBLE'))
    return sql`CASE WHEN isinf(TRY_CAST(${value} AS DOUBLE)) THEN NOT contains(lower(${value}), 'inf') ELSE FALSE END`
  // A time, an offset or any other text after the day.
  if (isScalar(to, 'DATE'))
    return sql`NOT ${isWholly('[+-]?\\d+[-/ \\\\]\\d{1,2}[-/ \\\\]\\d{1,2}( \\(BC\\))?([ T]00:00(:00(\\.0*)?)?)?')}`
  const offset = sql`regexp_matches(${value}, ${`:\\d{2}(\\.\\d+)? ?([+-]\\d{2}(:?\\d{2})?|[A-Za-z]+/[A-Za-z_]+)${BLANK}$`})`
  const fraction = (digits: number): Sql => sql`regexp_matches(${value}, ${`\\.\\d{${digits}}0*[1-9]`})`
  if (isScalar(to, 'TIMESTAMP')) return sql`${offset} OR ${fraction(6)}`
  if (isScalar(to, 'TIMESTAMP_S')) return sql`${offset} OR ${fraction(0)}`
  if (isScalar(to, 'TIMESTAMP_MS')) return sql`${offset} OR ${fraction(3)}`
  if (isScalar(to, 'TIMESTAMP_NS')) return sql`${offset} OR ${fraction(9)}`
  if (isScalar(to, 'TIMESTAMP WITH TIME ZONE')) return fraction(6)
  if (isScalar(to, 'TIME')) return sql`${offset} OR ${fraction(6)} OR regexp_matches(${value}, ${`^${BLANK}\\S*[-/]`})`
  return undefined
}

/** Every value of `from` is one of `to`. */
export function isWidening(from: SqlType, to: SqlType): boolean {
  const a = integerType(from)
  const b = integerType(to)
  if (a && b) return a.signed === b.signed ? a.bits <= b.bits : b.signed && a.bits < b.bits
  if (a && isScalar(to, 'DOUBLE')) return a.bits <= 32
  if (a && isScalar(to, 'FLOAT')) return a.bits <= 16
  if (a && to.kind === 'decimal') return to.width - to.scale >= integerDigits(a)
  if (from.kind === 'decimal' && to.kind === 'decimal')
    return to.scale >= from.scale && to.width - to.scale >= from.width - from.scale
  return isFloat(from) && isScalar(to, 'DOUBLE')
}

/** Digits that the largest value may have. */
export function integerDigits(type: { readonly bits: number; readonly signed: boolean }): number {
  return String(2n ** BigInt(type.signed ? type.bits - 1 : type.bits)).length
}
