import { raw, type Sql, sql } from './sql.ts'

export type PeriodUnit = 'year' | 'quarter' | 'month' | 'week' | 'day' | 'hour' | 'minute' | 'second'

const MONTHS: Readonly<Partial<Record<PeriodUnit, number>>> = { year: 12, quarter: 3, month: 1 }
const WEEK = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

/** `amount` units as an INTERVAL. */
export function interval(amount: Sql | number, unit: PeriodUnit): Sql {
  const count = typeof amount === 'number' ? raw(String(amount)) : amount
  const months = MONTHS[unit]
  if (months !== undefined) return sql`to_months(CAST(${count} * ${months} AS INTEGER))`
  if (unit === 'week') return sql`to_days(CAST(${count} * 7 AS INTEGER))`
  if (unit === 'day') return sql`to_days(CAST(${count} AS INTEGER))`
  return sql`${raw(`to_${unit}s`)}(${count})`
}

export interface PeriodOrigin {
  readonly weekStart?: string
  /** 1 to 12. */
  readonly yearStart?: number
}

/** Start of the period of `amount` units that the TIMESTAMP `value` is in, counted from a fixed origin. */
export function periodStart(value: Sql, amount: number, unit: PeriodUnit, origin: PeriodOrigin = {}): Sql {
  const months = MONTHS[unit]
  const { weekStart = 'monday', yearStart = 1 } = origin
  // The calendar's own periods, which need no counting from an origin.
  if (amount === 1 && weekStart === 'monday' && yearStart === 1) return sql`date_trunc(${unit}, ${value})`
  const start = originOf(unit, origin)
  const size = months === undefined ? interval(amount, unit) : interval(amount * months, 'month')
  return sql`time_bucket(${size}, ${value}, CAST(${start} AS TIMESTAMP))`
}

function originOf(unit: PeriodUnit, { weekStart = 'monday', yearStart = 1 }: PeriodOrigin): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  // 3 January 2000 was a Monday.
  if (unit === 'week') return `2000-01-${two(3 + WEEK.indexOf(weekStart))}`
  return unit === 'year' || unit === 'quarter' ? `2000-${two(yearStart)}-01` : '2000-01-01'
}
