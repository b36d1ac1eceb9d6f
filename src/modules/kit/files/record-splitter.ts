/** How the characters of a file make records and fields. */
export interface Dialect {
  readonly delimiter: string
  /** Empty: no quoting. */
  readonly quote: string
  /** Makes the quote after it a part of the value; the quote itself when it is doubled. */
  readonly escape: string
  /** Lines that start with it are left out. Empty: none. */
  readonly comment: string
  /** Lines before the first record. */
  readonly skip: number
}

export interface CsvField {
  readonly value: string
  readonly quoted: boolean
}

export type RecordProblem = 'unterminated-quote' | 'text-after-quote'

export interface CsvRecord {
  /** 1-based line of the file on which it starts, counting the line breaks inside quotes too. */
  readonly line: number
  /** As it stands in the file, without the line break. */
  readonly text: string
  readonly fields: readonly CsvField[]
  readonly problem?: RecordProblem
}

/** A quoted value longer than this is taken for a quote that was never closed (DuckDB's own limit for a line). */
const LONGEST_RECORD = 2_000_000

const LF = 10
const CR = 13
const SPACE = 32

/**
 * Splits text that arrives in pieces into records: line breaks may be `\n`, `\r\n` or `\r`, also mixed. A quote opens a value
 * only at its start (spaces may stand before it). A quote that is never closed spoils its own line only: reading goes on
 * with the next one.
 */
export class RecordSplitter {
  readonly #dialect: Dialect
  #rest = ''
  #line = 1
  #skip: number
  /** Buffer length below which trying again is of no use: a long quoted value would be scanned from its start each time. */
  #patience = 0

  constructor(dialect: Dialect) {
    this.#dialect = dialect
    this.#skip = dialect.skip
  }

  /** @param last no more text follows */
  push(text: string, last = false): CsvRecord[] {
    const buffer = this.#rest + text
    if (!last && buffer.length < this.#patience) {
      this.#rest = buffer
      return []
    }
    this.#patience = 0
    const records: CsvRecord[] = []
    let at = 0
    while (at < buffer.length) {
      if (this.#skip > 0 || this.#isComment(buffer, at)) {
        const end = lineEnd(buffer, at, last)
        if (end === undefined) break
        if (this.#skip > 0) this.#skip--
        this.#line++
        at = end.next
        continue
      }
      const parsed = parseRecord(buffer, at, this.#dialect, last)
      if (parsed === undefined) {
        this.#patience = Math.min((buffer.length - at) * 2, LONGEST_RECORD)
        break
      }
      records.push({
        line: this.#line,
        text: buffer.slice(at, parsed.end),
        fields: parsed.fields,
        ...(parsed.problem ? { problem: parsed.problem } : {}),
      })
      this.#line += 1 + parsed.breaks
      at = parsed.next
    }
    this.#rest = buffer.slice(at)
    return records
  }

  #isComment(buffer: string, at: number): boolean {
    return this.#dialect.comment !== '' && buffer.startsWith(this.#dialect.comment, at)
  }
}

interface Parsed {
  readonly fields: CsvField[]
  readonly end: number
  readonly next: number
  /** Line breaks inside of it. */
  readonly breaks: number
  readonly problem?: RecordProblem
}

/** @returns undefined when the end of the record is not in the buffer yet */
function parseRecord(buffer: string, start: number, dialect: Dialect, last: boolean): Parsed | undefined {
  const delimiter = dialect.delimiter.charCodeAt(0)
  const quote = dialect.quote === '' ? -1 : dialect.quote.charCodeAt(0)
  const fields: CsvField[] = []
  let breaks = 0
  let at = start
  for (;;) {
    let begin = at
    while (buffer.charCodeAt(begin) === SPACE && delimiter !== SPACE) begin++
    if (quote !== -1 && buffer.charCodeAt(begin) === quote) {
      const value = quotedValue(buffer, begin, dialect)
      if (value === undefined) {
        if (last || buffer.length - start > LONGEST_RECORD) return spoiltLine(buffer, start, last, 'unterminated-quote')
        return undefined
      }
      let after = value.after
      while (buffer.charCodeAt(after) === SPACE && delimiter !== SPACE) after++
      // Whether the quote closes is not known before the next character is.
      if (!last && after >= buffer.length) return undefined
      breaks += value.breaks
      const code = buffer.charCodeAt(after)
      if (after < buffer.length && code !== delimiter && code !== LF && code !== CR) {
        return spoiltLine(buffer, start, last, 'text-after-quote')
      }
      fields.push({ value: value.text, quoted: true })
      at = after
    } else {
      const from = at
      let code = buffer.charCodeAt(at)
      while (at < buffer.length && code !== delimiter && code !== LF && code !== CR) code = buffer.charCodeAt(++at)
      fields.push({ value: buffer.slice(from, at), quoted: false })
    }
    if (at >= buffer.length) return last ? { fields, end: at, next: at, breaks } : undefined
    const code = buffer.charCodeAt(at)
    if (code === delimiter) {
      at++
      if (at >= buffer.length && !last) return undefined
      continue
    }
    // A CR at the very end may be the first half of a CRLF.
    if (code === CR && at + 1 >= buffer.length && !last) return undefined
    const next = code === CR && buffer.charCodeAt(at + 1) === LF ? at + 2 : at + 1
    return { fields, end: at, next, breaks }
  }
}

interface QuotedValue {
  readonly text: string
  /** Behind the closing quote. */
  readonly after: number
  readonly breaks: number
}

function quotedValue(buffer: string, open: number, dialect: Dialect): QuotedValue | undefined {
  const { quote, escape: escapedBy } = dialect
  const doubled = escapedBy === quote
  let text = ''
  let from = open + 1
  let at = from
  for (;;) {
    const close = buffer.indexOf(quote, at)
    if (close === -1) return undefined
    // Looked for up to the quote only: over the whole buffer it would take quadratic time.
    const ahead = doubled || escapedBy === '' ? -1 : buffer.slice(at, close).indexOf(escapedBy)
    if (ahead !== -1) {
      const escaped = at + ahead
      const following = buffer.charAt(escaped + 1)
      if (following === quote || following === escapedBy) {
        text += buffer.slice(from, escaped) + following
        from = escaped + 2
        at = from
      } else {
        at = escaped + 1
      }
      continue
    }
    if (doubled && buffer.charAt(close + 1) === quote) {
      text += buffer.slice(from, close + 1)
      from = close + 2
      at = from
      continue
    }
    text += buffer.slice(from, close)
    return { text, after: close + 1, breaks: lineBreaks(buffer, open, close) }
  }
}

function spoiltLine(buffer: string, start: number, last: boolean, problem: RecordProblem): Parsed | undefined {
  const end = lineEnd(buffer, start, last)
  return end && { fields: [], end: end.end, next: end.next, breaks: 0, problem }
}

function lineEnd(buffer: string, start: number, last: boolean): { end: number; next: number } | undefined {
  for (let at = start; at < buffer.length; at++) {
    const code = buffer.charCodeAt(at)
    if (code === LF) return { end: at, next: at + 1 }
    if (code !== CR) continue
    if (at + 1 >= buffer.length && !last) return undefined
    return { end: at, next: buffer.charCodeAt(at + 1) === LF ? at + 2 : at + 1 }
  }
  return last ? { end: buffer.length, next: buffer.length } : undefined
}

function lineBreaks(buffer: string, from: number, to: number): number {
  let count = 0
  for (let at = from; at < to; at++) {
    const code = buffer.charCodeAt(at)
    if (code === LF || (code === CR && buffer.charCodeAt(at + 1) !== LF)) count++
  }
  return count
}
