import { commonType } from './common-type.ts'
import { raw, type Sql, sql } from './sql.ts'
import { columnType, integerType, isFloat, isScalar, type SqlType } from './types.ts'

/** How far apart two values of a type are. */
export interface ValueDistance {
  /** Dates and times; a tolerance needs a unit. */
  readonly timed: boolean
  /** A number, never negative for `a >= b`; NULL where the two are infinitely far apart. */
  distance(a: Sql, b: Sql): Sql
  /** `a - b` as people want to see it: a number, days or an INTERVAL. */
  difference(a: Sql, b: Sql): Sql
  /** A tolerance, in what `distance` counts in. */
  tolerance(amount: number, unit: TimeUnit): Sql
}

export const TIME_UNITS = ['milliseconds', 'seconds', 'minutes', 'hours', 'days', 'weeks'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]

const MICROSECONDS: Readonly<Record<TimeUnit, number>> = {
  milliseconds: 1_000,
  seconds: 1_000_000,
  minutes: 60_000_000,
  hours: 3_600_000_000,
  days: 86_400_000_000,
  weeks: 604_800_000_000,
}

/** Nothing when distances between values of these types have no meaning (texts, booleans, lists). */
export function distanceOf(leftType: string, rightType: string): ValueDistance | undefined {
  const [left, right] = [columnType(leftType), columnType(rightType)]
  const type = commonType(left, right)
  if (!type) return undefined
  return numberMeasure(type, [left, right]) ?? timeMeasure(type, [left, right])
}

function numberMeasure(type: SqlType, sides: readonly SqlType[]): ValueDistance | undefined {
  const of = (minus: (a: Sql, b: Sql) => Sql, tolerance: (amount: number) => Sql, distance = minus): ValueDistance => ({
    timed: false,
    distance,
    difference: minus,
    tolerance,
  })
  const integer = integerType(type)
  if (integer) {
    const wide = raw(integer.bits <= 32 ? 'BIGINT' : integer.bits <= 64 ? 'HUGEINT' : 'BIGNUM')
    const minus = (a: Sql, b: Sql): Sql => sql`(CAST(${a} AS ${wide}) - CAST(${b} AS ${wide}))`
    // A BIGNUM compares with nothing but its own kind.
    if (wide.text === 'BIGNUM') return of(minus, asDouble, (a, b) => sql`CAST(${minus(a, b)} AS DOUBLE)`)
    return of(minus, (amount) =>
      amount < Number.MAX_SAFE_INTEGER ? raw(String(Math.floor(amount))) : asDouble(amount),
    )
  }
  if (type.kind === 'decimal') {
    const fits = sides.every((side) => side.kind === 'decimal' && side.width < 38) && type.width < 38
    const { scale } = type
    return of(
      (a, b) => (fits ? sql`(${a} - ${b})` : sql`TRY(${a} - ${b})`),
      (amount) => decimalTolerance(amount, scale),
    )
  }
  if (!isFloat(type)) return undefined
  // Infinity minus infinity is no number.
  return of(
    (a, b) => sql`CASE WHEN ${a} = ${b} THEN CAST(0 AS DOUBLE) ELSE CAST(${a} AS DOUBLE) - CAST(${b} AS DOUBLE) END`,
    asDouble,
  )
}

const asDouble = (value: number): Sql => raw(`CAST('${value}' AS DOUBLE)`)

/** With as many decimals as a distance has, since further ones change no comparison; and no larger than a distance can be. */
function decimalTolerance(amount: number, scale: number): Sql {
  const written = /e/i.test(String(amount)) ? amount.toFixed(Math.min(scale, 100)) : String(amount)
  const [whole = '0', fraction = ''] = written.split('.')
  const digits = 38 - scale
  const fits = whole.replace(/^0+/, '').length <= digits
  const most = `${digits > 0 ? '9'.repeat(digits) : '0'}.${'9'.repeat(scale)}`
  return raw(`CAST('${fits ? `${whole}.${fraction.slice(0, scale)}` : most}' AS DECIMAL(38,${scale}))`)
}

const INSTANTS = ['TIMESTAMP', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP_NS', 'TIMESTAMP WITH TIME ZONE']

function timeMeasure(type: SqlType, sides: readonly SqlType[]): ValueDistance | undefined {
  if (isScalar(type, 'DATE'))
    return {
      timed: true,
      distance: (a, b) => sql`(${a} - ${b})`,
      difference: (a, b) => sql`(${a} - ${b})`,
      // Part of a day reaches as far as no day at all.
      tolerance: (amount, unit) => raw(String(Math.floor((amount * MICROSECONDS[unit]) / MICROSECONDS.days))),
    }
  const nanoseconds = isScalar(type, 'TIMESTAMP_NS')
  if (!isScalar(type, 'TIME', ...INSTANTS)) return undefined
  const own = raw(nanoseconds ? 'TIMESTAMP_NS' : 'TIMESTAMP')
  const same = sides.every((side) => JSON.stringify(side) === JSON.stringify(type)) || isScalar(type, 'TIME')
  const as = (value: Sql): Sql => (same ? value : sql`TRY_CAST(${value} AS ${own})`)
  const epoch = raw(nanoseconds ? 'epoch_ns' : 'epoch_us')
  return {
    timed: true,
    distance: (a, b) =>
      sql`CASE WHEN ${a} = ${b} THEN CAST(0 AS HUGEINT) ELSE CAST(${epoch}(${as(a)}) AS HUGEINT) - ${epoch}(${as(b)}) END`,
    difference: isScalar(type, 'TIME')
      ? (a, b) => sql`to_microseconds(epoch_us(${a}) - epoch_us(${b}))`
      : (a, b) => sql`TRY(${as(a)} - ${as(b)})`,
    tolerance: (amount, unit) =>
      raw(BigInt(Math.round(amount * MICROSECONDS[unit] * (nanoseconds ? 1000 : 1))).toString()),
  }
}
