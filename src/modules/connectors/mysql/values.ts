const DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const digit = (buffer: Buffer, at: number): number => (buffer[at] ?? 0) - 48

/** Whether the date at the beginning of some text is none: a zero in it, or the 31st of a short month. MySQL keeps both. */
export function badDate(buffer: Buffer, from: number, to: number): boolean {
  if (to - from < 10) return true
  const month = digit(buffer, from + 5) * 10 + digit(buffer, from + 6)
  const day = digit(buffer, from + 8) * 10 + digit(buffer, from + 9)
  const year =
    digit(buffer, from) * 1000 + digit(buffer, from + 1) * 100 + digit(buffer, from + 2) * 10 + digit(buffer, from + 3)
  if (month === 0 || day === 0 || year === 0) return true
  if (day <= 28) return false
  if (day > (DAYS[month] ?? 0)) return true
  return month === 2 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))
}

/** Whether a TIME is before 00:00:00 or not before 24:00:00. */
export function badTime(buffer: Buffer, from: number, to: number): boolean {
  if (buffer[from] === 0x2d || buffer[from + 2] !== 0x3a || to - from < 8) return true
  return digit(buffer, from) * 10 + digit(buffer, from + 1) > 23
}

/** Days since 1970 of `YYYY-MM-DD`, by the calendar of today at any time. */
export function daysOf(buffer: Buffer, at: number): number {
  const year =
    digit(buffer, at) * 1000 + digit(buffer, at + 1) * 100 + digit(buffer, at + 2) * 10 + digit(buffer, at + 3)
  const month = digit(buffer, at + 5) * 10 + digit(buffer, at + 6)
  const day = digit(buffer, at + 8) * 10 + digit(buffer, at + 9)
  // Years that begin in March have their odd day at their end.
  const shifted = month > 2 ? year : year - 1
  const before = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5)
  const leaps = Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400)
  return shifted * 365 + leaps + before + day - 1 - 719_468
}

/** Microseconds of `HH:MM:SS` with up to six digits of a fraction. */
export function timeOf(buffer: Buffer, from: number, to: number): number {
  const two = (at: number) => digit(buffer, at) * 10 + digit(buffer, at + 1)
  let micros = 0
  for (let place = 0; place < 6; place++) {
    const at = from + 9 + place
    micros = micros * 10 + (at < to ? digit(buffer, at) : 0)
  }
  return ((two(from) * 60 + two(from + 3)) * 60 + two(from + 6)) * 1_000_000 + micros
}

/** Days from 1970 to where a double still holds every microsecond. */
const EXACT_DAYS = 100_000

/** Microseconds since 1970 of a date, and of a time after it where there is one; a bigint where a double would round. */
export function momentOf(buffer: Buffer, from: number, to: number): number | bigint {
  const days = daysOf(buffer, from)
  const time = to - from > 10 ? timeOf(buffer, from + 11, to) : 0
  return Math.abs(days) < EXACT_DAYS ? days * 86_400_000_000 + time : BigInt(days) * 86_400_000_000n + BigInt(time)
}

/** @example microsecondsOf('-838:59:59.5') is -3020399500000n */
export function microsecondsOf(time: string): bigint {
  const negative = time.startsWith('-')
  const [hours = '0', minutes = '0', seconds = '0'] = (negative ? time.slice(1) : time).split(':')
  const [whole = '0', fraction = ''] = seconds.split('.')
  const all = (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(whole)) * 1_000_000n
  const exact = all + BigInt(fraction.padEnd(6, '0') || '0')
  return negative ? -exact : exact
}

/** Of `0`, `1`, and of a BIT(1): the byte itself. */
export function isTrue(buffer: Buffer, from: number, to: number): boolean | undefined {
  if (to - from !== 1) return undefined
  const byte = buffer[from]
  if (byte === 0x31 || byte === 1) return true
  return byte === 0x30 || byte === 0 ? false : undefined
}
