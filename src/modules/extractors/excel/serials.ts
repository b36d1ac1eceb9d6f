/** Days from 1970-01-01 to day 0 of each system. Serial 1 of the 1900 system is 1900-01-01, and its day 60 never was. */
const ZERO_1900 = -25_569
const ZERO_1904 = -24_107
const DAY_MS = 86_400_000
/** 9999-12-31. */
const LAST_1900 = 2_958_465

/** What the number format of a cell makes of its number. */
export type NumberKind = 'number' | 'date' | 'time' | 'duration'

/**
 * The kind of a number format. Colours, literals and conditions do not count; of several sections the first decides.
 * @param code such as `dd/mm/yyyy` or `[h]:mm`
 */
export function kindOfFormat(code: string): NumberKind {
  const bare = code
    .replace(/"[^"]*"/g, '')
    .replace(/\\./g, '')
    .replace(/[_*]./g, '')
    .split(';')[0]
  if (bare === undefined || /general/i.test(bare)) return 'number'
  if (/\[(h+|m+|s+)\]/i.test(bare)) return 'duration'
  const plain = bare.replace(/\[[^\]]*\]/g, '').replace(/AM\/PM|A\/P/gi, 'h')
  if (/[ydg]|e(?![+-])/i.test(plain)) return 'date'
  const hasClock = /[hs]/i.test(plain)
  if (/m/i.test(plain)) return hasClock ? 'time' : 'date'
  return hasClock ? 'time' : 'number'
}

/** Formats that have no code in the file (ECMA-376 part 1, 18.8.30), the East Asian ones included. */
export function kindOfBuiltIn(id: number): NumberKind {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'date'
  if (id === 46) return 'duration'
  return (id >= 18 && id <= 21) || id === 45 || id === 47 ? 'time' : 'number'
}

/**
 * A number as Excel means it: what it stores with 17 digits (`1.1000000000000001`, `0.30000000000000004`) is the number of at most 15
 * digits that it shows, when that is clearly shorter; otherwise the shortest text that is the same double. Whole numbers stay as
 * they are written, whatever their length.
 * @returns undefined for what is no number
 */
export function numberText(stored: string): string | undefined {
  if (/^-?(0|[1-9]\d{0,37})$/.test(stored)) return stored === '-0' ? '0' : stored
  if (!/^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(stored)) return undefined
  const value = Number(stored)
  if (!Number.isFinite(value)) return undefined
  const shortest = plainText(value)
  if (digitsOf(shortest) <= 15) return shortest
  const rounded = Number(value.toPrecision(15))
  const shown = plainText(Number.isFinite(rounded) ? rounded : value)
  return digitsOf(shown) <= 12 ? shown : shortest
}

/** Without an exponent where that is at most 40 places. */
function plainText(value: number): string {
  const text = String(value)
  const match = /^(-?)(\d)(?:\.(\d+))?e([-+]\d+)$/.exec(text)
  if (!match) return text === '-0' ? '0' : text
  const [, sign = '', first = '', rest = '', exponent = '0'] = match
  const digits = first + rest
  const point = 1 + Number(exponent)
  if (Math.abs(point) > 40) return text
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return digits.length <= point
    ? sign + digits.padEnd(point, '0')
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

const digitsOf = (text: string): number =>
  text
    .replace(/e.*$/, '')
    .replace(/^-?0*\.?0*/, '')
    .replace('.', '')
    .replace(/0+$/, '').length

/** `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS[.mmm]`, or undefined where the calendar has no such day. To the millisecond, as Excel. */
export function dateText(serial: number, system1904: boolean): string | undefined {
  if (!Number.isFinite(serial)) return undefined
  // Rounded first: 44561.99999999999 is midnight of the next day.
  const rounded = Math.round(serial * DAY_MS)
  const day = Math.floor(rounded / DAY_MS)
  if (day < 0 || (!system1904 && (day === 0 || day === 60)) || day > LAST_1900 - (system1904 ? 1462 : 0))
    return undefined
  const zero = system1904 ? ZERO_1904 : day < 60 ? ZERO_1900 + 1 : ZERO_1900
  const text = new Date((day + zero) * DAY_MS).toISOString().slice(0, 10)
  const clock = rounded - day * DAY_MS
  return clock === 0 ? text : `${text} ${clockText(clock)}`
}

/** `HH:MM:SS[.mmm]` of a part of a day. */
export function timeText(serial: number): string {
  return clockText(Math.round(serial * DAY_MS))
}

/** Hours may pass 24: `-30:15:00`. */
export function durationText(serial: number): string {
  const milliseconds = Math.round(Math.abs(serial) * DAY_MS)
  return `${serial < 0 && milliseconds > 0 ? '-' : ''}${clockText(milliseconds)}`
}

function clockText(milliseconds: number): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.floor(milliseconds / 1000)
  const rest = milliseconds - seconds * 1000
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return rest === 0 ? text : `${text}.${String(rest).padStart(3, '0')}`
}
