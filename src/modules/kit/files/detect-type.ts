import { dateFormat } from './date-format.ts'

/** What the values of one column in the sample allow. */
export interface DetectedType {
  readonly type: string
  readonly format?: string
  readonly decimalSeparator?: string
  readonly thousandsSeparator?: string
  /** Why it is text although it looks like something else. */
  readonly note?: TypeNote
}

export type TypeNote = 'day-or-month' | 'thousands-or-decimals' | 'leading-zeros' | 'too-many-digits'

/** Separators that a person has set for the file. */
export interface GivenSeparators {
  readonly decimal?: string | undefined
  readonly thousands?: string | undefined
  readonly dateFormat?: string | undefined
  readonly timestampFormat?: string | undefined
}

const INT64 = 2n ** 63n
const INT128 = 2n ** 127n
const DATE_SEPARATORS = ['/', '-', '.']
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/**
 * The narrowest type that every value of the sample reads as exactly. Whatever could be read in two ways (05/06/2024; 1,234
 * where nothing else tells the comma's part) or would lose something (00123) is text, with a note that says why.
 * @param values distinct, trimmed, neither empty nor NULL
 */
export function detectType(values: readonly string[], given: GivenSeparators = {}): DetectedType {
  const text = { type: 'VARCHAR' }
  if (values.length === 0) return text
  const all = (test: (value: string) => boolean) => values.every(test)
  if (all((value) => /^(true|false)$/i.test(value))) return { type: 'BOOLEAN' }
  if (all((value) => /^[-+]?\d/.test(value) || /^[-+]?[.,]\d/.test(value) || /^-?(nan|inf)$/i.test(value))) {
    const number = detectNumber(values, given)
    if (number) return number
  }
  for (const [type, format] of [
    ['DATE', given.dateFormat],
    ['TIMESTAMP', given.timestampFormat],
  ] as const) {
    const shape = format === undefined ? undefined : dateFormat(format)?.shape
    if (format !== undefined && shape !== undefined && all((value) => new RegExp(`^(${shape})$`).test(value))) {
      return { type, format }
    }
  }
  if (all((value) => /\d/.test(value))) {
    const time = detectTime(values)
    if (time) return time
  }
  return text
}

function detectNumber(values: readonly string[], given: GivenSeparators): DetectedType | undefined {
  const all = (test: RegExp) => values.every((value) => test.test(value))
  const some = (test: RegExp) => values.some((value) => test.test(value))
  if (all(/^[-+]?\d+$/)) {
    if (some(/^[-+]?0\d/)) return { type: 'VARCHAR', note: 'leading-zeros' }
    const largest = values.reduce((max, value) => {
      const size = BigInt(value.replace('+', ''))
      const positive = size < 0n ? -size : size + 1n
      return positive > max ? positive : max
    }, 0n)
    if (largest <= INT64) return { type: 'BIGINT' }
    return largest <= INT128 ? { type: 'HUGEINT' } : { type: 'VARCHAR', note: 'too-many-digits' }
  }
  for (const [decimal, thousands] of separatorPairs(values, given)) {
    const group = thousands === '' ? undefined : `[${thousands === ' ' ? ' \\u00a0\\u202f' : `\\${thousands}`}]`
    const whole = group ? `(\\d{1,3}(${group}\\d{3})+|\\d+)` : '\\d+'
    const shape = new RegExp(
      `^[-+]?(${whole}(\\${decimal}\\d*)?|\\${decimal}\\d+)([eE][-+]?\\d+)?$|^[-+]?(nan|inf)$`,
      'i',
    )
    if (!all(shape)) continue
    const plain = values.map((value) =>
      (group ? value.replace(new RegExp(group, 'g'), '') : value).replace(decimal, '.'),
    )
    return {
      ...numberType(plain),
      ...(decimal === '.' ? {} : { decimalSeparator: decimal }),
      ...(group ? { thousandsSeparator: thousands } : {}),
    }
  }
  if (all(/^[-+]?\d{1,3}([.,]\d{3})?$/)) return { type: 'VARCHAR', note: 'thousands-or-decimals' }
  return undefined
}

/** Pairs of decimal and thousands separator that the values speak for, surest first. */
function separatorPairs(values: readonly string[], given: GivenSeparators): (readonly [string, string])[] {
  if (given.decimal !== undefined || given.thousands !== undefined) {
    return [[given.decimal ?? (given.thousands === '.' ? ',' : '.'), given.thousands ?? '']]
  }
  const some = (test: RegExp) => values.some((value) => test.test(value))
  if (!some(/,/)) {
    if (some(/\d[ \u00a0\u202f]\d/)) return [['.', ' ']]
    // 1.234.567 can only be thousands; 1.234 is what SQL, JSON and most programs write.
    return some(/\.\d{3}\./) ? [[',', '.']] : [['.', '']]
  }
  if (some(/\d[ \u00a0\u202f]\d{3}/)) return [[',', ' ']]
  if (some(/\..*,/)) return [[',', '.']]
  if (some(/,.*\./) || some(/,\d{3},/)) return [['.', ',']]
  // A comma alone: only what cannot be a group of thousands proves that it is the decimal one.
  return some(/,(\d{0,2}|\d{4,})$/) || some(/^[-+]?(0|\d{4,}),/) ? [[',', '']] : []
}

function numberType(values: readonly string[]): DetectedType {
  if (values.some((value) => /^[-+]?0\d/.test(value))) return { type: 'VARCHAR', note: 'leading-zeros' }
  if (values.every((value) => /^[-+]?\d+$/.test(value))) {
    return values.every((value) => value.length <= 18) ? { type: 'BIGINT' } : { type: 'HUGEINT' }
  }
  if (values.some((value) => /[ef]/i.test(value) || /nan/i.test(value))) return { type: 'DOUBLE' }
  const digits = (value: string) => value.replace(/^[-+]?0*\.?0*/, '').replace('.', '').length
  if (values.every((value) => digits(value) <= 15)) return { type: 'DOUBLE' }
  const scale = Math.max(...values.map((value) => (value.split('.')[1] ?? '').length))
  const whole = Math.max(...values.map((value) => (value.replace(/^[-+]/, '').split('.')[0] ?? '').length))
  if (whole + scale > 38) return { type: 'VARCHAR', note: 'too-many-digits' }
  return { type: `DECIMAL(38,${scale})` }
}

interface Shape {
  readonly format?: string
  readonly date: (value: string) => boolean
}

function detectTime(values: readonly string[]): DetectedType | undefined {
  const all = (test: (value: string) => boolean) => values.every(test)
  if (all((value) => /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/.test(value))) return { type: 'TIME' }
  const fitting = dateShapes(values).filter(({ date }) => all((value) => date(splitTime(value).date)))
  if (fitting.length === 0) return undefined
  const times = values.map((value) => splitTime(value).time)
  const hasTimes = times.some((time) => time !== '')
  if (fitting.length > 1) return { type: 'VARCHAR', note: 'day-or-month' }
  const format = fitting[0]?.format
  if (!hasTimes) return { type: 'DATE', ...(format ? { format } : {}) }
  if (!times.every((time) => TIME.test(time))) return undefined
  const offsets = times.filter((time) => OFFSET.test(time)).length
  if (format === undefined) {
    if (offsets === times.length) return { type: 'TIMESTAMP WITH TIME ZONE' }
    return offsets === 0 ? { type: 'TIMESTAMP' } : undefined
  }
  const clock = times.every((time) => /^\d\d?:\d\d$/.test(time)) ? '%H:%M' : '%H:%M:%S'
  const plain = clock === '%H:%M' ? /^\d\d?:\d\d$/ : /^\d\d?:\d\d:\d\d$/
  return times.every((time) => plain.test(time)) ? { type: 'TIMESTAMP', format: `${format} ${clock}` } : undefined
}

const OFFSET = /(Z|[-+]\d{2}(:?\d{2})?)$/
const TIME = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)? ?(Z|[-+]\d{2}(:?\d{2})?)?$/

function splitTime(value: string): { date: string; time: string } {
  const match = /^(.*?)[ T](\d{1,2}:\d{2}.*)$/.exec(value)
  return match ? { date: match[1] ?? '', time: match[2] ?? '' } : { date: value, time: '' }
}

function dateShapes(values: readonly string[]): Shape[] {
  const first = splitTime(values[0] ?? '').date
  if (/^\d{4}-/.test(first)) return [{ date: numeric(/^(\d{4})-(\d{2})-(\d{2})$/, [0, 1, 2]) }]
  if (/^\d{4}\//.test(first)) return [{ date: numeric(/^(\d{4})\/(\d{1,2})\/(\d{1,2})$/, [0, 1, 2]) }]
  const separator = DATE_SEPARATORS.find(
    (character) => first.includes(character) && /^\d{1,2}\D\d{1,2}\D\d{4}$/.test(first),
  )
  if (separator) {
    const pattern = new RegExp(`^(\\d{1,2})\\${separator}(\\d{1,2})\\${separator}(\\d{4})$`)
    return [
      { format: `%d${separator}%m${separator}%Y`, date: numeric(pattern, [2, 1, 0]) },
      { format: `%m${separator}%d${separator}%Y`, date: numeric(pattern, [2, 0, 1]) },
    ]
  }
  return [
    { format: '%b %d %Y', date: named(/^([A-Za-z]{3}) (\d{1,2}) (\d{4})$/, [2, 0, 1]) },
    { format: '%b %d, %Y', date: named(/^([A-Za-z]{3}) (\d{1,2}), (\d{4})$/, [2, 0, 1]) },
    { format: '%d %b %Y', date: named(/^(\d{1,2}) ([A-Za-z]{3}) (\d{4})$/, [2, 1, 0]) },
    { format: '%d-%b-%Y', date: named(/^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/, [2, 1, 0]) },
  ]
}

/** @param order where year, month and day are among the groups */
function numeric(pattern: RegExp, order: readonly [number, number, number]) {
  return (value: string): boolean => {
    const match = pattern.exec(value)
    return (
      match !== null && isDay(Number(match[order[0] + 1]), Number(match[order[1] + 1]), Number(match[order[2] + 1]))
    )
  }
}

function named(pattern: RegExp, order: readonly [number, number, number]) {
  return (value: string): boolean => {
    const match = pattern.exec(value)
    if (!match) return false
    const month = MONTHS.indexOf((match[order[1] + 1] ?? '').toLowerCase()) + 1
    return isDay(Number(match[order[0] + 1]), month, Number(match[order[2] + 1]))
  }
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  return day <= new Date(Date.UTC(year || 4, month, 0)).getUTCDate()
}

/**
 * Values that detection cannot tell apart share a signature, so that a sample of any size takes little memory: the digits of
 * a number do not matter, its length and separators do; a date matters as it is.
 */
export function signature(value: string): string {
  if (/^[-+]?\d+$/.test(value)) {
    return value.length >= 18
      ? value
      : `${/^[-+]/.test(value) ? '-' : ''}${/^[-+]?0\d/.test(value) ? '0' : '9'}${value.length}`
  }
  if (/^[-+]?[\d.,]/.test(value)) {
    const { date, time } = splitTime(value)
    if (/^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$/.test(date))
      return `${date} ${TIME.test(time) ? time.replace(/\d/g, '9') : time}`
    if (/^\d{1,2}:/.test(value) || /[A-Za-z]{3}/.test(value)) return value
    if (/^[-+]?[\d.,\s\u00a0\u202f]+([eE][-+]?\d+)?$/.test(value))
      return value.replace(/(?<!^[-+]?)\d/g, '9').replace(/[1-9]/, '9')
    return 'text'
  }
  if (/^(true|false|-?nan|-?inf)$/i.test(value)) return value.toLowerCase()
  return /^[A-Za-z]{3} \d{1,2},? \d{4}/.test(value) ? value : 'text'
}
