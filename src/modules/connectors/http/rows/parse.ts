import { SaxesParser } from 'saxes'
import { operationalError, userError } from '../../../../shared/errors.ts'
import { ExactNumber, parseExactly } from '../../../kit/files/json/shape.ts'
import { jsonSyntaxError } from '../../../kit/files/json/syntax-error.ts'
import { RecordSplitter } from '../../../kit/files/record-splitter.ts'
import { type HttpAnswer, nameOf } from '../answer.ts'
import { namesAlong, valueAt } from './paths.ts'

export type Row = Record<string, unknown>
export type RowFormat = 'json' | 'ndjson' | 'xml' | 'csv'

export interface Reading {
  readonly format: RowFormat | 'auto'
  /** Of JSON; of XML the path of an element. */
  readonly recordsPath: string
  readonly delimiter: string
  /** Looks at a JSON answer before its rows are looked for. */
  readonly check?: (value: unknown, answer: HttpAnswer) => void
}

export interface Parsed {
  readonly format: RowFormat
  /** The whole of a JSON answer. */
  readonly value: unknown
  readonly rows: readonly Row[]
}

/** @throws LogiDataError `http.charset`, `http.not-…`, `http.no-such-path` */
export function parseAnswer(answer: HttpAnswer, method: string, reading: Reading): Parsed {
  const name = nameOf(method, answer.url)
  const text = textOf(answer, name)
  const format = reading.format === 'auto' ? formatOf(answer, text, name) : reading.format
  switch (format) {
    case 'json': {
      const value = text.trim() === '' ? null : parseJson(text, name)
      reading.check?.(value, answer)
      return { format, value, rows: rowsAt(value, reading.recordsPath, name) }
    }
    case 'ndjson': {
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      const rows = lines.map((line) => asRow(parseJson(line, name)))
      return { format, value: undefined, rows }
    }
    case 'xml':
      return { format, value: undefined, rows: xmlRows(text, reading.recordsPath, name) }
    case 'csv':
      return { format, value: undefined, rows: csvRows(text, reading.delimiter, name) }
  }
}

function textOf({ body, headers }: HttpAnswer, name: string): string {
  const said = /charset\s*=\s*["']?([\w.:-]+)/i.exec(headers['content-type'] ?? '')?.[1]
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(
    body.subarray(0, 200).toString('latin1'),
  )?.[1]
  const marked =
    body[0] === 0xff && body[1] === 0xfe ? 'utf-16le' : body[0] === 0xfe && body[1] === 0xff ? 'utf-16be' : undefined
  const charset = marked ?? said ?? declared ?? 'utf-8'
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body)
  } catch (cause) {
    throw operationalError('http.charset', `${name} answered with bytes that are not ${charset} text.`, {
      hint: 'The API says the wrong character set, or answers with something that is no text.',
      cause,
    })
  }
}

function formatOf({ headers }: HttpAnswer, text: string, name: string): RowFormat {
  const type = headers['content-type'] ?? ''
  const start = text.trimStart().charAt(0)
  if (/ndjson|jsonl|json-seq|x-json-stream/i.test(type)) return 'ndjson'
  // What an answer is counts more than what it says it is.
  if (start === '{' || start === '[' || start === '') return 'json'
  if (/^\s*<(!doctype html|html)/i.test(text))
    throw operationalError('http.not-json', `${name} answered with a page for people.`, {
      hint: 'Often it is a page for logging in, or of a proxy. Check the path and who you are.',
    })
  if (start === '<') return 'xml'
  if (/csv/i.test(type)) return 'csv'
  return 'json'
}

function parseJson(text: string, name: string): unknown {
  try {
    return parseExactly(text)
  } catch (cause) {
    const found = jsonSyntaxError(text)
    const page = /^\s*</.test(text) ? 'a page for people or XML, no JSON' : undefined
    const reason = page ?? `no JSON: ${found ? `line ${found.line}: ${found.reason}` : 'it cannot be read'}`
    throw operationalError('http.not-json', `${name} answered with ${reason}.`, {
      hint: page ? 'Check the path and who you are.' : 'The answer may have been cut off on its way. Try again.',
      cause,
    })
  }
}

const isObject = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)

const asRow = (value: unknown): Row => (isObject(value) ? value : { value })

function rowsAt(value: unknown, path: string, name: string): Row[] {
  const found = valueAt(value, path)
  if (found === undefined && value !== null) {
    const names = namesAlong(value, path)
    throw userError('http.no-such-path', `There is no ${path} in the answer of ${name}.`, {
      field: ['records_path'],
      ...(names ? { hint: `There is ${names}.` } : {}),
    })
  }
  if (found === null || found === undefined) return []
  return (Array.isArray(found) ? found : [found]).map(asRow)
}

interface Open {
  readonly value: Row
  text: string
  children: number
}

/** Elements as objects: one of text alone is a text, one that repeats a list, an attribute a field that begins with `@`. */
function xmlRows(text: string, path: string, name: string): Row[] {
  const anywhere = path.startsWith('//')
  const steps = path.replace(/^\/+/, '').split('/').filter(Boolean)
  const names: string[] = []
  const open: Open[] = []
  const rows: Row[] = []
  let mistake: string | undefined
  const isRow = (): boolean => {
    if (steps.length === 0) return names.length === 2
    if (anywhere ? names.length < steps.length : names.length !== steps.length) return false
    return steps.every((step, at) => step === '*' || step === names[names.length - steps.length + at])
  }
  const parser = new SaxesParser()
  parser.on('error', (error) => {
    mistake ??= error.message.replace(/\.$/, '')
  })
  parser.on('opentag', ({ name: full, attributes }) => {
    names.push(full.slice(full.indexOf(':') + 1))
    if (names.length > 300) mistake ??= 'it is nested too deep'
    if (open.length === 0 && !isRow()) return
    const value: Row = {}
    for (const [key, given] of Object.entries(attributes as Record<string, string>))
      if (!/^xmlns(:|$)/.test(key)) put(value, `@${key}`, given)
    open.push({ value, text: '', children: 0 })
  })
  const add = (more: string) => {
    const last = open.at(-1)
    if (last) last.text += more
  }
  parser.on('text', add)
  parser.on('cdata', add)
  parser.on('closetag', () => {
    const own = names.pop() ?? ''
    const done = open.pop()
    if (!done) return
    const bare = Object.keys(done.value).length === 0
    const given = done.text.trim() === '' ? null : done.text
    if (!bare && given !== null) put(done.value, '#text', given.trim())
    const parent = open.at(-1)
    if (!parent) rows.push(bare ? { [own]: given } : done.value)
    else put(parent.value, own, bare ? given : done.value)
  })
  parser.write(text)
  if (mistake === undefined) parser.close()
  if (mistake !== undefined)
    throw operationalError('http.not-xml', `${name} answered with XML that is not well formed: ${mistake}.`, {
      hint: 'The answer may have been cut off on its way. Try again.',
    })
  return rows
}

function put(into: Row, key: string, value: unknown): void {
  const known = Object.hasOwn(into, key) ? into[key] : undefined
  const next = known === undefined ? value : Array.isArray(known) ? [...known, value] : [known, value]
  Object.defineProperty(into, key, { value: next, enumerable: true, writable: true, configurable: true })
}

function csvRows(text: string, delimiter: string, name: string): Row[] {
  const splitter = new RecordSplitter({ delimiter, quote: '"', escape: '"', comment: '', skip: 0 })
  const [header, ...records] = splitter.push(text.replace(/^\ufeff/, ''), true).filter(({ text }) => text !== '')
  if (!header) return []
  const names = header.fields.map(({ value }, index) => value || `column_${index + 1}`)
  const twin = names.find((one, index) => names.indexOf(one) < index)
  if (twin !== undefined) throw userError('column.duplicate', `${name} answered with two columns “${twin}”.`)
  return records.map(({ fields, line, problem }) => {
    if (problem || fields.length !== names.length)
      throw operationalError(
        'http.not-csv',
        `${name}, line ${line}: ${problem ? 'a quote is not closed' : `${fields.length} fields where the header has ${names.length}`}.`,
        { hint: `Is “${delimiter}” what separates the fields?` },
      )
    return Object.fromEntries(
      fields.map(({ value, quoted }, index) => [names[index] ?? '', value === '' && !quoted ? null : value]),
    )
  })
}
