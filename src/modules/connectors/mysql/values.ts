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

/** @example microsecondsOf('-838:59:59.5') is '-3020399500000' */
export function microsecondsOf(time: string): string {
  const negative = time.startsWith('-')
  const [hours = '0', minutes = '0', seconds = '0'] = (negative ? time.slice(1) : time).split(':')
  const [whole = '0', fraction = ''] = seconds.split('.')
  const all = (BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(whole)) * 1_000_000n
  const exact = all + BigInt(fraction.padEnd(6, '0') || '0')
  return String(negative ? -exact : exact)
}

/** Of `0`, `1`, and of a BIT(1): the byte itself. */
export function isTrue(buffer: Buffer, from: number, to: number): boolean | undefined {
  if (to - from !== 1) return undefined
  const byte = buffer[from]
  if (byte === 0x31 || byte === 1) return true
  return byte === 0x30 || byte === 0 ? false : undefined
}
