import { userError } from '../../../shared/errors.ts'
import { badDate, badTime, isTrue, microsecondsOf } from './values.ts'

/** How the bytes of a value become a field of the text. */
export type CellKind =
  /** As they are: numbers, and texts without quotes. */
  | 'plain'
  | 'text'
  | 'hex'
  | 'date'
  | 'timestamp'
  /** Within a day. */
  | 'time'
  /** Hours of any number as microseconds. */
  | 'microseconds'
  /** Up to eight bytes as a number. */
  | 'bits'
  | 'boolean'

export interface TextColumn {
  readonly name: string
  readonly kind: CellKind
  /** Dates that are none become NULL. */
  readonly badAsNull?: boolean
}

const PLAIN = 0
const TEXT = 1
const HEX = 2
const DATE = 3
const TIMESTAMP = 4
const TIME = 5
const MICROSECONDS = 6
const BITS = 7
const BOOLEAN = 8
const CODES: Readonly<Record<CellKind, number>> = {
  plain: PLAIN,
  text: TEXT,
  hex: HEX,
  date: DATE,
  timestamp: TIMESTAMP,
  time: TIME,
  microseconds: MICROSECONDS,
  bits: BITS,
  boolean: BOOLEAN,
}
const QUOTE = 0x22
const COMMA = 0x2c
const HEX_DIGITS = Buffer.from('0123456789ABCDEF')
const BUFFER_BYTES = 256 * 1024

/** What `read_csv` is told: NULL is `\N`, texts are in quotes, and quoted texts are never NULL. */
export const CSV_OPTIONS =
  "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '\\N', allow_quoted_nulls = false, new_line = '\\n'"

const latin1 = (buffer: Buffer, from: number, to: number): string => buffer.toString('latin1', from, to)

/** Rows of MySQL's text protocol as CSV, from bytes to bytes. */
export class RowText {
  rows = 0
  /** Takes chunks of the text. */
  to: (chunk: Buffer) => void = () => undefined
  readonly #columns: readonly TextColumn[]
  readonly #codes: Uint8Array
  readonly #limit: number
  readonly #maxBytes: number
  #out = Buffer.allocUnsafe(BUFFER_BYTES)
  #at = 0

  /** @param limit so many rows are enough @param maxBytes of the text of one row */
  constructor(columns: readonly TextColumn[], limit: number | undefined, maxBytes: number) {
    this.#columns = columns
    this.#codes = Uint8Array.from(columns, ({ kind }) => CODES[kind])
    this.#limit = limit ?? Number.POSITIVE_INFINITY
    this.#maxBytes = maxBytes
  }

  /** @returns whether more rows are wanted @throws LogiDataError for a value that its column's type cannot hold */
  row(buffer: Buffer, start: number, end: number): boolean {
    if (this.rows >= this.#limit) return false
    const codes = this.#codes
    // Each byte is two at most, each column brings quotes, a comma and the ending of an instant.
    const most = (end - start) * 2 + codes.length * 24 + 16
    if (this.#at + most > this.#out.length) this.#room(most)
    if (end - start > this.#maxBytes) throw this.#tooLong(end - start)
    const out = this.#out
    let at = this.#at
    let from = start
    for (let column = 0; column < codes.length; column++) {
      if (column > 0) out[at++] = COMMA
      let length = buffer[from++] ?? 0
      if (length === 251) {
        out[at++] = 0x5c
        out[at++] = 0x4e
        continue
      }
      if (length > 251) {
        const width = length === 252 ? 2 : length === 253 ? 3 : 6
        length = length === 254 ? Number(buffer.readBigUInt64LE(from)) : buffer.readUIntLE(from, width)
        from += width === 6 ? 8 : width
      }
      const to = from + length
      switch (codes[column]) {
        case PLAIN:
          for (; from < to; from++) out[at++] = buffer[from] as number
          break
        case TEXT:
          out[at++] = QUOTE
          for (; from < to; from++) {
            const byte = buffer[from] as number
            out[at++] = byte
            if (byte === QUOTE) out[at++] = QUOTE
          }
          out[at++] = QUOTE
          break
        case HEX:
          out[at++] = QUOTE
          for (; from < to; from++) {
            const byte = buffer[from] as number
            out[at++] = HEX_DIGITS[byte >> 4] as number
            out[at++] = HEX_DIGITS[byte & 15] as number
          }
          out[at++] = QUOTE
          break
        default:
          at = this.#checked(column, buffer, from, to, at)
          from = to
      }
    }
    out[at++] = 0x0a
    this.#at = at
    this.rows++
    return this.rows < this.#limit
  }

  /** Hands over what is left. */
  flush(): void {
    if (this.#at === 0) return
    this.to(this.#out.subarray(0, this.#at))
    this.#out = Buffer.allocUnsafe(BUFFER_BYTES)
    this.#at = 0
  }

  #room(bytes: number): void {
    this.flush()
    if (bytes > this.#out.length) this.#out = Buffer.allocUnsafe(bytes)
  }

  #checked(column: number, buffer: Buffer, from: number, to: number, at: number): number {
    const { kind, badAsNull } = this.#columns[column] as TextColumn
    const put = (text: string) => at + this.#out.write(text, at, 'latin1')
    switch (kind) {
      case 'date':
      case 'timestamp':
        if (!badDate(buffer, from, to)) {
          const out = this.#out
          let end = at
          for (let byte = from; byte < to; byte++) out[end++] = buffer[byte] as number
          if (kind === 'date') return end
          out[end++] = 0x2b
          out[end++] = 0x30
          out[end++] = 0x30
          return end
        }
        if (badAsNull) return put('\\N')
        throw this.#unfit(column, latin1(buffer, from, to), 'zero_dates', 'no date of the calendar')
      case 'time':
        if (!badTime(buffer, from, to)) return at + buffer.copy(this.#out, at, from, to)
        throw this.#unfit(column, latin1(buffer, from, to), 'times', 'no time of a day')
      case 'microseconds':
        return put(microsecondsOf(latin1(buffer, from, to)))
      case 'bits':
        return put(String(BigInt(`0x${buffer.toString('hex', from, to) || '0'}`)))
      case 'boolean': {
        const answer = isTrue(buffer, from, to)
        if (answer === undefined) throw this.#unfit(column, latin1(buffer, from, to), 'tinyint1', 'neither 0 nor 1')
        return put(answer ? 'true' : 'false')
      }
      default:
        throw new TypeError(`no kind ${kind}`)
    }
  }

  #unfit(column: number, value: string, field: string, what: string) {
    const { name } = this.#columns[column] as TextColumn
    return userError('source.value', `Row ${this.rows + 1}, column “${name}”: ${value} is ${what}.`, {
      field: [field],
      hint: 'Choose how such values are read under the settings of this step.',
    })
  }

  #tooLong(bytes: number) {
    return userError(
      'source.too-long',
      `Row ${this.rows + 1} is ${Math.ceil(bytes / 2 ** 20)} MB long; a row of at most ${Math.floor(this.#maxBytes / 2 ** 20)} MB can be read.`,
      { hint: 'Leave out the columns with the longest values, or shorten them in a query.' },
    )
  }
}
