import type { CellValue } from '../../kit/contract.ts'
import { canonicalType } from '../../kit/files/column-type.ts'

/** As SQLite gives it: whole numbers are bigint, so that a number is a REAL. */
export type SqliteValue = null | bigint | number | string | Uint8Array
export type DateStorage = 'text' | 'unix' | 'unix_ms' | 'julian' | 'as_stored'

/** @returns undefined for a value that is not exactly of the type */
export type Reader = (value: Exclude<SqliteValue, null>) => CellValue | undefined

/** What `load.sqlite` declares where SQLite has no type for a column. */
const OWN: Readonly<Record<string, string>> = {
  HUGETEXT: 'HUGEINT',
  UHUGETEXT: 'UHUGEINT',
  UBIGTEXT: 'UBIGINT',
  BIGNUMTEXT: 'BIGNUM',
  UUIDTEXT: 'UUID',
  DURATIONTEXT: 'INTERVAL',
}
/** Parquet has no place for these: their texts are staged, which `readerOf` has checked. */
export const stagedType = (type: string): string => (/^(U?HUGEINT|BIGNUM|INTERVAL)$/.test(type) ? 'VARCHAR' : type)

/** DuckDB's type for a declared one; undefined where the values decide. */
export function declaredType(declared: string | null, dates: DateStorage): string | undefined {
  const type = (declared ?? '').trim().toUpperCase()
  const decimal = /^(?:DECIMAL|NUMERIC|NUMBER)\w*\s*\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)/.exec(type)
  if (decimal) {
    const [width, scale] = [Number(decimal[1]), Number(decimal[2] ?? 0)]
    return width >= 1 && width <= 38 && scale <= width ? `DECIMAL(${width},${scale})` : undefined
  }
  const own = OWN[type]
  if (own !== undefined) return own
  if (/^BOOL/.test(type)) return 'BOOLEAN'
  if (/^(DATETIME|TIMESTAMP|DATE|TIME)/.test(type)) {
    if (dates === 'as_stored') return undefined
    if (/^DATE(?!TIME)/.test(type)) return 'DATE'
    if (/^TIME(?!STAMP)/.test(type)) return 'TIME'
    if (type === 'TIMESTAMP_NS') return type
    return /TZ|WITH TIME ZONE/.test(type) ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP'
  }
  if (type.includes('INT')) return 'BIGINT'
  if (/CHAR|CLOB|TEXT|UUID|JSON/.test(type)) return 'VARCHAR'
  if (type.includes('BLOB')) return 'BLOB'
  return /REAL|FLOA|DOUB/.test(type) ? 'DOUBLE' : undefined
}

const INTEGERS: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: [-(2n ** 7n), 2n ** 7n - 1n],
  SMALLINT: [-(2n ** 15n), 2n ** 15n - 1n],
  INTEGER: [-(2n ** 31n), 2n ** 31n - 1n],
  BIGINT: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** @returns undefined for a type that values of SQLite are not read as */
export function readerOf(given: string, dates: DateStorage): Reader | undefined {
  const type = canonicalType(given)
  const range = INTEGERS[type]
  if (range) return (value) => integer(value, range, type === 'BIGINT')
  const large = LARGE[type]
  if (large) return (value) => largeInteger(value, large)
  const decimal = /^DECIMAL\((\d+)(?:,(\d+))?\)$/.exec(type)
  if (decimal) return (value) => decimalText(value, Number(decimal[1]), Number(decimal[2] ?? 0))
  switch (type) {
    case 'BOOLEAN':
      return boolean
    case 'DOUBLE':
      return floating
    case 'VARCHAR':
      return textOf
    case 'BLOB':
      return (value) => (value instanceof Uint8Array ? value : undefined)
    case 'DATE':
      return (value) => instantText(value, dates, 'date')
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return (value) => instantText(value, dates, type === 'TIMESTAMP' ? 'local' : 'instant')
    case 'TIMESTAMP_NS':
      return (value) => instantText(value, dates, 'nanoseconds')
    case 'UUID':
      return (value) => (typeof value === 'string' && UUID.test(value.trim()) ? value.trim() : undefined)
    case 'INTERVAL':
      return (value) => (typeof value === 'string' && value !== '' && INTERVAL.test(value) ? value : undefined)
    case 'TIME':
      return (value) => (typeof value === 'string' && CLOCK.test(value) ? value : undefined)
    default:
      return undefined
  }
}

function integer(value: SqliteValue, [least, most]: readonly [bigint, bigint], wide: boolean): CellValue | undefined {
  let whole: bigint | undefined
  if (typeof value === 'bigint') whole = value
  // Beyond 2^53 a REAL is no longer one whole number.
  else if (typeof value === 'number' && Number.isSafeInteger(value)) whole = BigInt(value)
  else if (typeof value === 'string' && /^[-+]?\d{1,19}$/.test(value.trim()))
    whole = BigInt(value.trim().replace('+', ''))
  if (whole === undefined || whole < least || whole > most) return undefined
  return wide ? whole : Number(whole)
}

/** Those that code gives as text; undefined: without a limit. */
const LARGE: Readonly<Record<string, readonly [bigint?, bigint?]>> = {
  UBIGINT: [0n, 2n ** 64n - 1n],
  HUGEINT: [-(2n ** 127n), 2n ** 127n - 1n],
  UHUGEINT: [0n, 2n ** 128n - 1n],
  BIGNUM: [],
}

function largeInteger(value: SqliteValue, [least, most]: readonly [bigint?, bigint?]): string | undefined {
  if (value === null || value instanceof Uint8Array) return undefined
  if (typeof value === 'number' && !Number.isSafeInteger(value)) return undefined
  const text = String(value).trim()
  if (!/^-?\d+$/.test(text)) return undefined
  const whole = BigInt(text)
  return (least !== undefined && whole < least) || (most !== undefined && whole > most) ? undefined : String(whole)
}

function floating(value: SqliteValue): CellValue | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return BigInt(Number(value)) === value ? Number(value) : undefined
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$/.test(value)) return undefined
  const number = Number(value)
  return Number.isFinite(number) ? number : undefined
}

function boolean(value: SqliteValue): CellValue | undefined {
  if (value === 0n || value === 0) return false
  if (value === 1n || value === 1) return true
  if (typeof value !== 'string') return undefined
  const word = value.trim().toLowerCase()
  if (['1', 'true', 't', 'yes', 'y'].includes(word)) return true
  return ['0', 'false', 'f', 'no', 'n'].includes(word) ? false : undefined
}

function textOf(value: SqliteValue): CellValue | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : undefined
}

function decimalText(value: SqliteValue, width: number, scale: number): string | undefined {
  if (value === null || value instanceof Uint8Array) return undefined
  // A REAL is taken for the shortest decimal that is it: what somebody typed in.
  const match = /^([-+]?)0*(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/.exec(String(value).trim())
  if (!match) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '' && !/\d/.test(String(value))) return undefined
  const move = Number(exponent)
  if (Math.abs(move) > 400) return undefined
  let digits = whole + fraction
  let point = whole.length + move
  if (point < 0) {
    digits = '0'.repeat(-point) + digits
    point = 0
  }
  digits = digits.padEnd(point, '0')
  const left = digits.slice(0, point).replace(/^0+/, '')
  const right = digits.slice(point).replace(/0+$/, '')
  if (right.length > scale || left.length > width - scale) return undefined
  return `${sign === '-' ? '-' : ''}${left || '0'}${right ? `.${right}` : ''}`
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** As DuckDB writes it. */
const INTERVAL = /^(-?\d+ years?)? ?(-?\d+ months?)? ?(-?\d+ days?)? ?(-?\d{2,}:\d{2}:\d{2}(\.\d{1,6})?)?$/
const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?|24:00:00)$/
/** ISO 8601 and, for years before 1 and after 9999, what DuckDB writes. */
const INSTANT =
  /^(\d{4,6})-(\d{2})-(\d{2})( \(BC\))?(?:[ T]((?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.(\d{1,9}))?)?)\s*(Z|[-+]\d{2}(?::?\d{2})?)?)?$/
type InstantKind = 'date' | 'local' | 'nanoseconds' | 'instant'

function instantText(value: SqliteValue, dates: DateStorage, kind: InstantKind): string | undefined {
  if (typeof value === 'string') return fromText(value.trim(), kind)
  if (value === null || value instanceof Uint8Array) return undefined
  const micros = microseconds(value, dates)
  if (micros === undefined) return undefined
  const milliseconds = Number((micros - (((micros % 1000n) + 1000n) % 1000n)) / 1000n)
  const at = new Date(milliseconds)
  if (Number.isNaN(at.getTime())) return undefined
  const day = dayText(at)
  const rest = (((micros % 1000n) + 1000n) % 1000n).toString().padStart(3, '0')
  const clock = `${at.toISOString().slice(-13, -1)}${rest}`
  if (kind === 'date') return clock === '00:00:00.000000' ? day : undefined
  return `${day} ${clock}${kind === 'instant' ? '+00' : ''}`
}

function microseconds(value: bigint | number, dates: DateStorage): bigint | undefined {
  const number = Number(value)
  if (!Number.isFinite(number) || Math.abs(number) > 1e17) return undefined
  if (dates === 'unix') return typeof value === 'bigint' ? value * 1_000_000n : BigInt(Math.round(number * 1e6))
  if (dates === 'unix_ms') return typeof value === 'bigint' ? value * 1000n : BigInt(Math.round(number * 1e3))
  // A double holds a Julian day to about 40 microseconds: SQLite itself rounds to milliseconds.
  return dates === 'julian' ? BigInt(Math.round((number - 2_440_587.5) * 86_400_000)) * 1000n : undefined
}

function fromText(value: string, kind: InstantKind): string | undefined {
  if (/^-?infinity$/.test(value)) return value
  const match = INSTANT.exec(value)
  if (!match) return undefined
  const [, year = '', month, day, era, clock = '00:00:00', fraction = '', zone] = match
  const astronomical = era ? 1 - Number(year) : Number(year)
  const midnight = new Date(0)
  midnight.setUTCFullYear(astronomical, Number(month) - 1, Number(day))
  const text = `${year}-${month}-${day}${era ?? ''}`
  // Beyond what JavaScript's calendar holds, DuckDB checks the day.
  if (!Number.isNaN(midnight.getTime()) && dayText(midnight) !== text) return undefined
  if (/[1-9]/.test(fraction.slice(kind === 'nanoseconds' ? 9 : 6))) return undefined
  if (kind === 'date') return /[1-9]/.test(clock) || zone ? undefined : text
  const time = `${clock.length === 5 ? `${clock}:00` : clock}`
  // Without an offset, SQLite's own functions take a text for UTC.
  if (kind === 'instant') return `${text} ${time}${zone === 'Z' || !zone ? '+00' : zone}`
  return zone ? undefined : `${text} ${time}`
}

/** As DuckDB writes a day of any era. */
function dayText(date: Date): string {
  const year = date.getUTCFullYear()
  const [shown, era] = year > 0 ? [year, ''] : [1 - year, ' (BC)']
  const two = (value: number) => String(value).padStart(2, '0')
  return `${String(shown).padStart(4, '0')}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}${era}`
}
