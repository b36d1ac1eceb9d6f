import type { PushedKind, PushedValue } from '../../modules/kit/pushdown.ts'
import type { Token } from '../../modules/kit/tokens.ts'

/** A constant as it is written. */
export interface Written {
  readonly as: 'number' | 'string' | 'date' | 'timestamp' | 'boolean' | 'text'
  readonly text: string
  /** Tokens that it takes. */
  readonly length: number
}

const LARGEST = 2n ** 63n - 1n
const stringOf = (token: Token | undefined): string | undefined =>
  token?.kind === 'string' && /^'(?:[^']|'')*'$/.test(token.text)
    ? token.text.slice(1, -1).replaceAll("''", "'")
    : undefined

/** The constant that starts at a token, if there is one of a form that is known. */
export function constantAt(tokens: readonly Token[], at: number): Written | undefined {
  const first = tokens[at]
  const word = first?.kind === 'word' ? first.text.toLowerCase() : ''
  if (first?.kind === 'number') return { as: 'number', text: first.text, length: 1 }
  if (first?.text === '-' && tokens[at + 1]?.kind === 'number')
    return { as: 'number', text: `-${tokens[at + 1]?.text}`, length: 2 }
  if (word === 'true' || word === 'false') return { as: 'boolean', text: word, length: 1 }
  const plain = stringOf(first)
  if (plain !== undefined) return { as: 'string', text: plain, length: 1 }
  const next = stringOf(tokens[at + 1])
  if ((word === 'date' || word === 'timestamp') && next !== undefined) return { as: word, text: next, length: 2 }
  return word === 'cast' ? castAt(tokens, at) : undefined
}

const CASTS: Readonly<Record<string, Written['as']>> = {
  bigint: 'number',
  boolean: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  varchar: 'text',
}

/** As parameters are written: `CAST('5' AS BIGINT)`. */
function castAt(tokens: readonly Token[], at: number): Written | undefined {
  const [open, value, as, type] = tokens.slice(at + 1, at + 5)
  const text = stringOf(value)
  if (open?.text !== '(' || text === undefined || as?.text.toLowerCase() !== 'as' || type?.kind !== 'word') return
  const name = type.text.toLowerCase()
  const rest = tokens.slice(at + 5, at + 11).map((token) => token.text)
  if (name === 'decimal' && /^\(\d+,\d+\)\)$/.test(rest.join('')))
    return { as: 'number', text: text.replace(/^\+/, ''), length: 11 }
  const kind = CASTS[name]
  return kind !== undefined && rest[0] === ')' ? { as: kind, text, length: 6 } : undefined
}

/** A constant as a value of a column's kind; undefined where the two systems could differ. @param type DuckDB's, of the column */
export function pushedValue(written: Written, kind: PushedKind, type: string): PushedValue | undefined {
  const { as, text } = written
  const given = (value: string): PushedValue => ({ kind, text: value })
  switch (kind) {
    case 'integer':
      return as === 'number' && /^-?\d{1,19}$/.test(text) && magnitude(text) <= LARGEST ? given(text) : undefined
    case 'decimal':
      return as === 'number' && fitsDecimal(text, type) ? given(text) : undefined
    case 'date':
      return (as === 'date' || as === 'string') && isDate(text) ? given(text) : undefined
    case 'timestamp':
    case 'instant':
      return timestampOf(as, text, given)
    case 'boolean':
      return as === 'boolean' && /^(true|false)$/.test(text) ? given(text) : undefined
    case 'text':
      // Beyond ASCII, a server whose encoding lacks a letter would refuse to be asked.
      return (as === 'string' || as === 'text') && /^[\x20-\x7e]*$/.test(text) ? given(text) : undefined
  }
}

const magnitude = (text: string): bigint => BigInt(text.replace('-', ''))

/** DuckDB widens both sides to one DECIMAL; where 38 digits are too few it would compare rounded doubles. */
function fitsDecimal(text: string, type: string): boolean {
  const digits = /^-?(\d+)(?:\.(\d+))?$/.exec(text)
  const column = /^DECIMAL\((\d+),\s*(\d+)\)$/.exec(type)
  if (!digits || !column) return false
  const [width, scale] = [Number(column[1]), Number(column[2])]
  const fraction = digits[2]?.length ?? 0
  // Integers are BIGINT, which is 19 digits wide, or wider.
  const whole = fraction === 0 ? Math.max(19, digits[1]?.length ?? 0) : (digits[1]?.length ?? 0)
  return Math.max(width - scale, whole) + Math.max(scale, fraction) <= 38
}

function isDate(text: string): boolean {
  if (!/^[1-9]\d{3}-\d{2}-\d{2}$/.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

function timestampOf(as: Written['as'], text: string, given: (value: string) => PushedValue): PushedValue | undefined {
  if (as !== 'date' && as !== 'timestamp' && as !== 'string') return undefined
  const [, day = '', time] = /^(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?))?$/.exec(text) ?? []
  if (!isDate(day) || (as === 'date' && time !== undefined)) return undefined
  if (time !== undefined && !/^([01]\d|2[0-3]):[0-5]\d:[0-5]\d/.test(time)) return undefined
  return given(`${day} ${time ?? '00:00:00'}`)
}
