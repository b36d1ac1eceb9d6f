import { Decimal128 } from 'mongodb'
import { int32 } from './elements.ts'

/** Of a 64-bit number, exact in two parts. */
export function longText(buffer: Buffer, at: number): string {
  const high = int32(buffer, at + 4)
  const low = int32(buffer, at) >>> 0
  if (high >= -2_097_152 && high < 2_097_152) return String(high * 4_294_967_296 + low)
  return String(buffer.readBigInt64LE(at))
}

/** Whether a 64-bit number is one that a double holds, and which. */
export function longAsNumber(buffer: Buffer, at: number): number | undefined {
  const high = int32(buffer, at + 4)
  if (high >= -2_097_152 && high < 2_097_152) return high * 4_294_967_296 + (int32(buffer, at) >>> 0)
  const whole = buffer.readBigInt64LE(at)
  const near = Number(whole)
  return BigInt(near) === whole ? near : undefined
}

/** The shortest text that gives the same double, as DuckDB reads it. */
export const doubleText = (value: number): string => (Object.is(value, -0) ? '-0.0' : String(value))

/** In Extended JSON a double is told from a whole number by its point. */
export function jsonDouble(value: number): string {
  const text = doubleText(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** As the server writes it; it keeps zeros at the end: `1.10`, `1E+3`, `NaN`, `-Infinity`. */
export const decimalText = (buffer: Buffer, at: number): string =>
  new Decimal128(Uint8Array.prototype.slice.call(buffer, at, at + 16)).toString()

/** Of the proleptic Gregorian calendar, for any number of days since 1970. (Howard Hinnant, “chrono-compatible low-level date algorithms”.) */
export function civil(days: number): { readonly year: number; readonly month: number; readonly day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const month = Math.floor((5 * ofYear + 2) / 153)
  const year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
  return { year, month: month < 10 ? month + 3 : month - 9, day: ofYear - Math.floor((153 * month + 2) / 5) + 1 }
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))
export const DAY_MS = 86_400_000

/** Milliseconds since 1970 as DuckDB reads a date, before the common era with its word. */
export function dateText(milliseconds: number): string {
  const { year, month, day } = civil(Math.floor(milliseconds / DAY_MS))
  const shown = year > 0 ? year : 1 - year
  return `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}${year > 0 ? '' : ' (BC)'}`
}

export function timeText(milliseconds: number): string {
  const ofDay = milliseconds - Math.floor(milliseconds / DAY_MS) * DAY_MS
  const clock = `${two(Math.floor(ofDay / 3_600_000))}:${two(Math.floor(ofDay / 60_000) % 60)}:${two(Math.floor(ofDay / 1000) % 60)}`
  const rest = ofDay % 1000
  return rest === 0 ? clock : `${clock}.${String(rest).padStart(3, '0')}`
}
