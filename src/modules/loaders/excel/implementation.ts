import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { Column } from '../../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import { cellText } from '../../kit/cells.ts'
import type { LoadModule, LoadRequest } from '../../kit/contract.ts'
import { SheetNames } from '../../kit/files/sheet-names.ts'
import { columnLetters } from '../../kit/files/spreadsheet-columns.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { requireColumn } from '../../kit/inputs.ts'
import { joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { cellXml, formatOf } from './cell-xml.ts'
import { type ExcelLoadConfig, excelLoadDescriptor } from './descriptor.ts'
import { HEADER_STYLE, packageParts, type SheetFrame, sheetEnd, sheetStart, xmlText } from './package-parts.ts'
import { widthsOf } from './widths.ts'

const MOST_ROWS = 1_048_576
const MOST_COLUMNS = 16_384
/** The oldest date of a zip file: with the time of writing, the same rows would not be the same bytes. */
const NO_DATE = new Date(1980, 0, 1)
const ENTRY = { mtime: NO_DATE, forceDosTimestamp: true, compressionLevel: 4 }

/** @param mostRows of a sheet, with its header; fewer than Excel's for tests */
export const excelLoadWith = (mostRows: number): LoadModule<typeof excelLoadDescriptor> => ({
  kind: 'load',
  descriptor: excelLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),

  check(config, columns) {
    const written = writtenColumns(config, columns)
    if (written.length > MOST_COLUMNS)
      throw userError(
        'excel.too-many-columns',
        `A sheet has ${MOST_COLUMNS} columns, and there are ${written.length}.`,
        { hint: 'Drop some, or turn columns into rows before.' },
      )
    for (const name of Object.keys(config.columns ?? {})) requireColumn(columns, name, ['columns', name])
  },

  write(request) {
    const create = (temporary: string) => writeWorkbook(request, temporary, mostRows)
    const append = () => Promise.reject(new TypeError('a workbook is not appended to'))
    return writeFileTarget(request, request.config.path, request.config.mode, { create, append })
  },
})

export const excelLoad = excelLoadWith(MOST_ROWS)

function writtenColumns(config: ExcelLoadConfig, columns: readonly Column[]): readonly Column[] {
  if (config.sheet_by === undefined) return columns
  const by = requireColumn(columns, config.sheet_by, ['sheet_by'])
  return columns.filter((column) => column !== by)
}

async function writeWorkbook(request: LoadRequest<ExcelLoadConfig>, to: string, mostRows: number): Promise<bigint> {
  const { config, input, session, signal } = request
  const columns = writtenColumns(config, input.columns)
  const formats = new Map<string, number>()
  const styles = columns.map((column) => {
    const format = config.columns?.[column.name]?.format ?? formatOf(column, config)
    if (format === undefined) return 0
    if (!formats.has(format)) formats.set(format, formats.size + HEADER_STYLE + 1)
    return formats.get(format) ?? 0
  })
  const sheets = new SheetNames()
  const names: string[] = []
  const zip = new ZipFile()
  // What a sheet's stream throws comes out of `produce`.
  zip.on('error', () => undefined)
  let current: Readable | undefined
  let rows = 0n

  const produce = async () => {
    const batches = session.stream(rowQuery(request, columns, styles, mostRows))[Symbol.asyncIterator]()
    try {
      let pending = await nextRows(batches)
      do {
        signal.throwIfAborted()
        // All rows of one sheet follow each other; `key` changes with the next.
        const key = pending?.[0]?.[0] ?? null
        const part = pending?.[0]?.[1] ?? '0'
        if (part !== '0' && config.too_many_rows === 'fail') throw tooManyRows(config)
        names.push(sheets.take(config.sheet_by === undefined ? config.sheet : key))
        const frame = frameOf(config, columns, pending)
        let count = 0n
        const xml = async function* () {
          yield Buffer.from(sheetStart(frame))
          while (pending && pending.length > 0) {
            const change = pending.findIndex((row) => row[0] !== key || row[1] !== part)
            const own = change === -1 ? pending : pending.slice(0, change)
            count += BigInt(own.length)
            if (own.length > 0) yield Buffer.from(own.map((row) => row[2]).join(''))
            pending = change === -1 ? await nextRows(batches) : pending.slice(change)
            if (change !== -1) break
          }
          yield Buffer.from(sheetEnd(filterArea(config, columns, count)))
        }
        const stream = Readable.from(xml(), { objectMode: false })
        current = stream
        // Closed before its end: the file could not be written.
        const ended = new Promise<void>((resolve, reject) => {
          stream
            .once('end', resolve)
            .once('error', reject)
            .once('close', () => reject(new Error('not written')))
        })
        zip.addReadStream(stream, `xl/worksheets/sheet${names.length}.xml`, ENTRY)
        await ended
        rows += count
      } while (pending && pending.length > 0)
      for (const [name, xml] of packageParts(names, [...formats.keys()], config.header_style))
        zip.addBuffer(Buffer.from(xml), name, ENTRY)
      zip.end()
    } finally {
      await batches.return?.()
    }
  }
  const abort = new AbortController()
  const written = pipeline(zip.outputStream, createWriteStream(to), { signal: abort.signal })
  const produced = produce().catch((error: unknown) => {
    abort.abort()
    throw error
  })
  // When the disk is full no sheet is ever read to its end: the file's own error must not wait for the rows.
  written.catch(() => current?.destroy())
  await Promise.race([produced, written.then(() => produced)])
  await written
  return rows
}

type Row = readonly (string | null)[]

async function nextRows(batches: AsyncIterator<readonly Row[]>): Promise<readonly Row[] | undefined> {
  const next = await batches.next()
  return next.done ? undefined : next.value
}

/** Each row as its sheet's value, the number of the sheet for that value, and its XML. Columns go by position: names may be anything. */
function rowQuery(
  request: LoadRequest<ExcelLoadConfig>,
  columns: readonly Column[],
  styles: readonly number[],
  mostRows: number,
): Sql {
  const { config, input } = request
  const room = mostRows - (config.header ? 1 : 0)
  const first = config.header ? 2 : 1
  const nameOf = (column: Column) => raw(`c${input.columns.indexOf(column)}`)
  const by = config.sheet_by === undefined ? undefined : requireColumn(input.columns, config.sheet_by, ['sheet_by'])
  const names = joinSql(input.columns.map(nameOf))
  const given = sql`(SELECT * FROM ${input.name}) AS given(${names})`
  const numbered = by
    ? sql`SELECT *, row_number() OVER (PARTITION BY ${nameOf(by)} ORDER BY nr) - 1 AS place FROM (SELECT *, row_number() OVER () AS nr FROM ${given})`
    : sql`SELECT *, row_number() OVER () - 1 AS place FROM ${given}`
  const cells = columns.map((column, index) =>
    cellXml({
      column,
      letters: columnLetters(index + 1),
      value: nameOf(column),
      row: raw('nth'),
      style: styles[index] ?? 0,
      config,
    }),
  )
  const xml = sql`concat('<row r="', nth, '">', ${joinSql(cells.length > 0 ? cells : [literal('')])}, '</row>')`
  const key = by ? cellText(nameOf(by), by.type) : raw('NULL::VARCHAR')
  const order = by ? sql` ORDER BY ${nameOf(by)} NULLS LAST, place` : sql``
  return sql`SELECT ${key} AS sheet, CAST(place // ${room} AS VARCHAR) AS part, ${xml} AS xml FROM (SELECT *, CAST(place % ${room} + ${first} AS VARCHAR) AS nth FROM (${numbered}))${order}`
}

function frameOf(config: ExcelLoadConfig, columns: readonly Column[], rows: readonly Row[] | undefined): SheetFrame {
  const cells = columns.map(
    ({ name }, index) =>
      `<c r="${columnLetters(index + 1)}1" s="${HEADER_STYLE}" t="inlineStr"><is><t xml:space="preserve">${xmlText(name)}</t></is></c>`,
  )
  return {
    widths: widthsOf(config, columns, rows ?? []),
    freeze: config.header && config.freeze_header,
    header: config.header ? `<row r="1">${cells.join('')}</row>` : '',
  }
}

function filterArea(config: ExcelLoadConfig, columns: readonly Column[], rows: bigint): string | undefined {
  if (!config.header || !config.filter_buttons || columns.length === 0) return undefined
  return `A1:${columnLetters(columns.length)}${rows + 1n}`
}

const tooManyRows = (config: ExcelLoadConfig): LogiDataError =>
  userError(
    'excel.too-many-rows',
    `${config.path}: a sheet has ${MOST_ROWS.toLocaleString('en')} rows, and there are more.`,
    {
      hint: 'Choose in too_many_rows to go on in further sheets, or write CSV or Parquet.',
      field: ['too_many_rows'],
    },
  )
