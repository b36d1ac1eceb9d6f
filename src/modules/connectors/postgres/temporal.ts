import type { WordBuffer } from '../kit/parquet/column-buffer.ts'

const WORD = 2 ** 32
/** Microseconds from 1970 to 2000. */
const EPOCH = 946_684_800_000_000
const EPOCH_LOW = EPOCH % WORD
const EPOCH_HIGH = Math.floor(EPOCH / WORD)
const DAY = 86_400_000_000n

/** Microseconds since 2000 as those since 1970. @returns false where these do not fit into 64 bits, or mean infinity */
export function addEpoch(to: WordBuffer, low: number, high: number): boolean {
  const sum = low + EPOCH_LOW
  const carry = sum >= WORD ? 1 : 0
  const whole = high + EPOCH_HIGH + carry
  const rest = sum - carry * WORD
  if (whole > 2 ** 31 - 1 || (whole === 2 ** 31 - 1 && rest === WORD - 1)) return false
  to.putTwo(rest, whole)
  return true
}

/** Days since 2000 as the server writes them. */
export function dateText(days: number): string {
  if (days === 2 ** 31 - 1) return 'infinity'
  if (days === -(2 ** 31)) return '-infinity'
  return calendar(BigInt(days))
}

/** Microseconds since 2000 as the server writes them. */
export function timestampText(high: number, low: number): string {
  if (high === 2 ** 31 - 1 && low === WORD - 1) return 'infinity'
  if (high === -(2 ** 31) && low === 0) return '-infinity'
  const all = BigInt(high) * BigInt(WORD) + BigInt(low)
  const rest = ((all % DAY) + DAY) % DAY
  const seconds = Number(rest / 1_000_000n)
  const micros = String(rest % 1_000_000n).padStart(6, '0')
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  const time = `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
  const date = calendar((all - rest) / DAY)
  const fraction = micros === '000000' ? '' : `.${micros.replace(/0+$/, '')}`
  const [day, era] = date.split(' ')
  return `${day} ${time}${fraction}${era === undefined ? '' : ` ${era}`}`
}

/** The calendar repeats itself every 400 years, which a `Date` is asked for. */
function calendar(days: bigint): string {
  const CYCLE = 146_097n
  const within = ((days % CYCLE) + CYCLE) % CYCLE
  const date = new Date(Date.UTC(2000, 0, 1) + Number(within) * 86_400_000)
  const year = date.getUTCFullYear() + 400 * Number((days - within) / CYCLE)
  const [, month, day] = date.toISOString().slice(0, 10).split('-')
  const shown = year > 0 ? year : 1 - year
  return `${String(shown).padStart(4, '0')}-${month}-${day}${year > 0 ? '' : ' BC'}`
}
