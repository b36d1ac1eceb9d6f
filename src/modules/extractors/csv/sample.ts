import { userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import { signature } from '../../kit/files/detect-type.ts'
import { type CsvRecord, RecordSplitter } from '../../kit/files/record-splitter.ts'
import { compressionOf, readText } from '../../kit/files/text-stream.ts'
import type { CsvConfig } from './descriptor.ts'
import { detectDialect } from './detect-dialect.ts'
import { columnNames, hasHeader } from './detect-header.ts'
import type { CsvFile } from './facts.ts'

export interface CsvSample {
  readonly file: CsvFile
  /** Column -> values that stand for all of the sample; see `signature`. */
  readonly values: ReadonlyMap<string, readonly string[]>
  /** Its line breaks are of one kind, and it is in UTF-8: DuckDB reads it as it is. */
  readonly plain: boolean
}

const HEADER_ROWS = 100

/** Reads the start of a file: dialect, header and what its values look like. @throws LogiDataError */
export async function sampleFile(
  file: InputFile,
  config: CsvConfig,
  rows: number,
  signal: AbortSignal,
): Promise<CsvSample> {
  const compression = compressionOf(config.compression, file.name)
  let encoding = 'utf-8'
  const onEncoding = (name: string) => {
    encoding = name
  }
  const options = { compression, encoding: config.encoding, invalid: config.on_invalid_bytes, signal, onEncoding }
  const pieces = readText(file, options)
  let start = ''
  let ended = false
  while (start.length < 65_536 && !ended) {
    const { value, done } = await pieces.next()
    if (done) ended = true
    else start += value
  }
  const dialect = detectDialect(start, ended, config)
  const splitter = new RecordSplitter(dialect)
  const first: CsvRecord[] = []
  const values: Map<string, string>[] = []
  let header: boolean | undefined
  let names: string[] = []
  let count = 0
  let plain = uniformBreaks(start)

  const take = (records: readonly CsvRecord[], last: boolean) => {
    for (const record of records) {
      if (header === undefined) {
        first.push(record)
        continue
      }
      count++
      if (count <= rows) collect(record)
    }
    if (header === undefined && (last || first.length >= HEADER_ROWS || first.length >= rows + 1)) {
      const content = first.filter((record) => record.text !== '')
      header = config.header === 'auto' ? hasHeader(content) : config.header === 'yes'
      const head = content[0]?.fields.map((field) => field.value) ?? []
      names = columnNames(header ? head : head.map(() => ''))
      const from = header ? first.indexOf(content[0] as CsvRecord) + 1 : 0
      const rest = first.splice(0).slice(from)
      take(rest, false)
    }
  }
  const collect = (record: CsvRecord) => {
    if (record.fields.length !== names.length) return
    record.fields.forEach((field, index) => {
      const value = field.value.trim()
      if (value === '' || config.null_values.includes(field.value)) return
      let seen = values[index]
      if (!seen) {
        seen = new Map()
        values[index] = seen
      }
      const key = signature(value)
      if (!seen.has(key)) seen.set(key, value)
    })
  }

  take(splitter.push(start, ended), ended)
  while (!ended && count < rows) {
    const { value, done } = await pieces.next()
    if (done) {
      ended = true
      take(splitter.push('', true), true)
    } else {
      plain &&= uniformBreaks(value)
      take(splitter.push(value), false)
    }
  }
  if (header === undefined) take([], true)
  await pieces.return(undefined)
  if (names.length === 0) {
    throw userError('csv.empty', `${file.name} is empty: there is no header and no row in it.`, {
      hint: 'Check the path, and "skip" if it is set.',
      field: ['path'],
    })
  }
  const { path, name } = file
  return {
    file: { path, name, compression, dialect, header: header ?? false, newline: newlineOf(start), columns: names },
    values: new Map(names.map((column, index) => [column, [...(values[index]?.values() ?? [])]])),
    plain: plain && encoding === 'utf-8' && dialect.comment === '',
  }
}

/** DuckDB reads one kind of line break per file, and loses rows of the other kinds. */
function uniformBreaks(text: string): boolean {
  const crlf = text.includes('\r\n')
  const lf = /(^|[^\r])\n/.test(text)
  const cr = /\r[^\n]/.test(text)
  return Number(crlf) + Number(lf) + Number(cr) <= 1
}

function newlineOf(text: string): string {
  if (text.includes('\r\n')) return '\\r\\n'
  return text.includes('\n') || !text.includes('\r') ? '\\n' : '\\r'
}
