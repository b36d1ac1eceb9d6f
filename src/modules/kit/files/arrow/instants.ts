/** Days and instants as DuckDB writes and reads them, of any year: JavaScript's dates end too early and know no nanoseconds. */

/** Of the proleptic Gregorian calendar; the algorithm is Howard Hinnant's `civil_from_days`. */
export function dayText(days: bigint): string {
  const shifted = days + 719_468n
  const era = (shifted >= 0n ? shifted : shifted - 146_096n) / 146_097n
  const ofEra = Number(shifted - era * 146_097n)
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = BigInt(yearOfEra) + era * 400n + (month <= 2 ? 1n : 0n)
  const digits = String(year > 0n ? year : 1n - year).padStart(4, '0')
  return `${digits}-${two(month)}-${two(day)}${year > 0n ? '' : ' (BC)'}`
}

const two = (value: number): string => String(value).padStart(2, '0')

/** The inverse of `dayText`. */
export function daysOf(text: string): bigint {
  const match = /^(\d+)-(\d\d)-(\d\d)( \(BC\))?$/.exec(text)
  if (!match) throw new RangeError(`${text} is no day`)
  const [, digits = '', monthText = '', dayOfMonth = '', bc] = match
  const month = Number(monthText)
  const year = (bc ? 1n - BigInt(digits) : BigInt(digits)) - (month <= 2 ? 1n : 0n)
  const era = (year >= 0n ? year : year - 399n) / 400n
  const yearOfEra = Number(year - era * 400n)
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + Number(dayOfMonth) - 1
  const ofEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + ofYear
  return era * 146_097n + BigInt(ofEra) - 719_468n
}

const floorDivide = (value: bigint, by: bigint): bigint => {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

/** @param value since midnight, `10^digits` a second */
export function clockText(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits)
  const seconds = Number(value / unit)
  const fraction = digits === 0 ? '' : `.${String(value % unit).padStart(digits, '0')}`
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}${fraction}`
}

/** The inverse of `clockText`. */
export function clockOf(text: string, digits: number): bigint {
  const match = /^(\d+):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text)
  if (!match) throw new RangeError(`${text} is no time of day`)
  const [, hours = '', minutes = '', seconds = '', fraction = ''] = match
  const whole = BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)
  return whole * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0').slice(0, digits) || '0')
}

/** @param value since 1970, `10^digits` a second */
export function instantText(value: bigint, digits: number): string {
  const perDay = 86_400n * 10n ** BigInt(digits)
  const days = floorDivide(value, perDay)
  return `${dayText(days)} ${clockText(value - days * perDay, digits)}`
}

/** The inverse of `instantText`; an offset is taken off. */
export function instantOf(text: string, digits: number): bigint {
  const match = /^(\d+-\d\d-\d\d(?: \(BC\))?) (\d\d:\d\d:\d\d(?:\.\d+)?)(?:([-+])(\d\d)(?::?(\d\d))?)?$/.exec(text)
  if (!match) throw new RangeError(`${text} is no instant`)
  const [, day = '', clock = '', sign, hours = '0', minutes = '0'] = match
  const unit = 10n ** BigInt(digits)
  const offset = (BigInt(hours) * 3600n + BigInt(minutes) * 60n) * unit
  const local = daysOf(day) * 86_400n * unit + clockOf(clock, digits)
  return sign === '-' ? local + offset : local - offset
}

export interface IntervalParts {
  readonly months: number
  readonly days: number
  readonly microseconds: bigint
}

/** DuckDB's text of an INTERVAL: `1 year 2 months -3 days -00:00:00.5`. */
export function intervalOf(text: string): IntervalParts {
  let months = 0
  let days = 0
  let microseconds = 0n
  for (const [, amount = '0', unit] of text.matchAll(/(-?\d+) (year|month|day)s?/g)) {
    if (unit === 'day') days += Number(amount)
    else months += Number(amount) * (unit === 'year' ? 12 : 1)
  }
  const clock = /(-?)(\d+:\d\d:\d\d(?:\.\d+)?)$/.exec(text)
  if (clock) microseconds = clockOf(clock[2] ?? '', 6) * (clock[1] === '-' ? -1n : 1n)
  return { months, days, microseconds }
}
