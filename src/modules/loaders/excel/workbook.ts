import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import type { Column } from '../../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import type { LoadRequest } from '../../kit/contract.ts'
import { SheetNames } from '../../kit/files/sheet-names.ts'
import { columnLetters } from '../../kit/files/spreadsheet-columns.ts'
import { ZIP_ENTRY } from '../../kit/files/zip-writer.ts'
import { formatOf } from './cell-xml.ts'
import type { ExcelLoadConfig } from './descriptor.ts'
import { type SheetFrame, sheetEnd, sheetStart, type WorkbookPackage, xmlText } from './package-parts.ts'
import { rowQuery } from './row-query.ts'
import { columnOptions, type PlannedSheet } from './sheets.ts'
import { widthsOf } from './widths.ts'

export const MOST_ROWS = 1_048_576
/** Rows that are written together. */
const AT_ONCE = 64
const ENTRY = { ...ZIP_ENTRY, compressionLevel: 4 }

/**
 * Writes the sheets of all inputs, one after the other, as their rows are computed, and what is around them.
 * @returns the rows by input
 */
export async function writeWorkbook(
  request: LoadRequest<ExcelLoadConfig>,
  planned: readonly PlannedSheet[],
  to: string,
  mostRows: number,
  around: WorkbookPackage,
): Promise<Map<string, bigint>> {
  const { config, inputs, session, signal } = request
  // A chosen name is kept for its sheet, whatever the values before it are.
  const names = new SheetNames(planned.flatMap(({ name, by }) => (name === undefined || by ? [] : [name])))
  const zip = new ZipFile()
  // What a sheet's stream throws comes out of `produce`.
  zip.on('error', () => undefined)
  let current: Readable | undefined
  const rows = new Map<string, bigint>()

  /** Adds one part; what the rows of a sheet are is only known when they come. */
  const addPart = async (part: string, xml: AsyncIterable<Buffer>): Promise<void> => {
    const stream = Readable.from(xml, { objectMode: false })
    current = stream
    // Closed before its end: the file could not be written.
    const ended = new Promise<void>((resolve, reject) => {
      stream
        .once('end', resolve)
        .once('error', reject)
        .once('close', () => reject(new Error('not written')))
    })
    zip.addReadStream(stream, part, ENTRY)
    await ended
  }

  const addInput = async (sheet: PlannedSheet): Promise<void> => {
    const input = inputs.get(sheet.input)
    if (!input) throw new TypeError(`no input ${sheet.input}`)
    const { columns } = sheet
    const styles = stylesOf(config, columns, around)
    const query = rowQuery({ config, input, sheet, styles, mostRows })
    const batches = session.stream(query)[Symbol.asyncIterator]()
    let all = 0n
    try {
      let pending = await nextRows(batches)
      do {
        signal.throwIfAborted()
        // All rows of one sheet follow each other; `key` changes with the next.
        const key = pending?.[0]?.[0] ?? null
        const part = pending?.[0]?.[1] ?? '0'
        if (part !== '0' && config.too_many_rows === 'fail') throw tooManyRows(config, sheet)
        const frame = frameOf(config, columns, pending, around)
        let count = 0n
        const xml = async function* () {
          yield Buffer.from(sheetStart(frame))
          while (pending && pending.length > 0) {
            const change = pending.findIndex((row) => row[0] !== key || row[1] !== part)
            const own = change === -1 ? pending : pending.slice(0, change)
            count += BigInt(own.length)
            // Large pieces would outlive the collector's first rounds, and wait for its last.
            for (let at = 0; at < own.length; at += AT_ONCE)
              yield Buffer.from(
                own
                  .slice(at, at + AT_ONCE)
                  .map((row) => row[2])
                  .join(''),
              )
            pending = change === -1 ? await nextRows(batches) : pending.slice(change)
            if (change !== -1) break
          }
          yield Buffer.from(sheetEnd(filterArea(config, columns, count)))
        }
        await addPart(around.place(nameOf(sheet, key, part, input.source, names)), xml())
        all += count
      } while (pending && pending.length > 0)
    } finally {
      await batches.return?.()
    }
    rows.set(sheet.input, all)
  }

  const produce = async () => {
    for (const sheet of planned) await addInput(sheet)
    for await (const [name, content] of around.rest()) {
      if (Buffer.isBuffer(content)) zip.addBuffer(content, name, ENTRY)
      else await addPart(name, content)
    }
    zip.end()
  }
  const abort = new AbortController()
  const file = pipeline(zip.outputStream, createWriteStream(to), { signal: abort.signal })
  const produced = produce().catch((error: unknown) => {
    abort.abort()
    throw error
  })
  // When the disk is full no sheet is ever read to its end: the file's own error must not wait for the rows.
  file.catch(() => current?.destroy())
  await Promise.race([produced, file.then(() => produced)])
  await file
  return rows
}

type Row = readonly (string | null)[]

async function nextRows(batches: AsyncIterator<readonly Row[]>): Promise<readonly Row[] | undefined> {
  const next = await batches.next()
  return next.done ? undefined : next.value
}

/** Number formats are numbered over all sheets, which share one list of styles. */
function stylesOf(config: ExcelLoadConfig, columns: readonly Column[], around: WorkbookPackage): number[] {
  return columns.map((column) => {
    const format = columnOptions(config, column)?.format ?? formatOf(column, config)
    return format === undefined ? 0 : around.styleOf(format)
  })
}

function nameOf(
  { name, by, input }: PlannedSheet,
  key: string | null,
  part: string,
  source: string | undefined,
  names: SheetNames,
): string {
  if (by) return names.take(key)
  if (name === undefined) return names.take(source ?? input)
  return part === '0' ? name : names.take(name)
}

function frameOf(
  config: ExcelLoadConfig,
  columns: readonly Column[],
  rows: readonly Row[] | undefined,
  around: WorkbookPackage,
): SheetFrame {
  const style = config.header ? around.headerStyle() : 0
  const cells = columns.map(
    ({ name }, index) =>
      `<c r="${columnLetters(index + 1)}1" s="${style}" t="inlineStr"><is><t xml:space="preserve">${xmlText(name)}</t></is></c>`,
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

const tooManyRows = (config: ExcelLoadConfig, { name, input }: PlannedSheet): LogiDataError =>
  userError(
    'excel.too-many-rows',
    `${config.path}, “${name ?? input}”: a sheet has ${MOST_ROWS.toLocaleString('en')} rows, and there are more.`,
    {
      hint: 'Choose in too_many_rows to go on in further sheets, or write CSV or Parquet.',
      field: ['too_many_rows'],
    },
  )
