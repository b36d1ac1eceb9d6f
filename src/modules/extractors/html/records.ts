import { isUtf8 } from 'node:buffer'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import { nearest } from '../../kit/did-you-mean.ts'
import type { ReadBudget } from '../../kit/files/read-budget.ts'
import type { StagedRecord } from '../../kit/files/records/stage.ts'
import { compressionOf, readBytes } from '../../kit/files/text-stream.ts'
import { nameKey } from '../../kit/inputs.ts'
import type { HtmlConfig } from './descriptor.ts'
import { attributeOf, childrenOf, type FoundTable, findTables, isElement, textOf } from './find-tables.ts'
import { type GridCell, type GridRow, gridOf, WIDEST } from './grid.ts'

/** A page is held in memory as a tree, many times its size. */
const LARGEST = 200_000_000

/** The rows of the chosen tables of a page. @param found gets the names of their columns, which a table without rows has too */
export async function* htmlRecords(
  file: InputFile,
  config: HtmlConfig,
  found: Set<string>,
  signal: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<StagedRecord> {
  const tables = findTables(await pageOf(file, config, signal, budget))
  for (const table of chooseTables(tables, file, config, budget?.cut)) {
    const rows = gridOf(table.element)
    if (!rows)
      throw userError('html.too-wide', `A table of ${file.name} has more than ${WIDEST} columns.`, { field: ['path'] })
    // A table without its end was cut in its last row.
    yield* recordsOf(budget?.cut && !table.element.sourceCodeLocation?.endTag ? rows.slice(0, -1) : rows, config, found)
  }
}

async function pageOf(
  file: InputFile,
  config: HtmlConfig,
  signal: AbortSignal,
  budget: ReadBudget | undefined,
): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of readBytes(file, compressionOf('auto', file.name), signal, budget)) {
    bytes += chunk.length
    if (bytes > LARGEST)
      throw userError('html.too-large', `${file.name} is larger than ${LARGEST / 1e6} MB.`, {
        hint: 'Cut the page into several files.',
        field: ['path'],
      })
    chunks.push(chunk)
  }
  const read = Buffer.concat(chunks)
  // Not within a character, which would be taken for another encoding.
  const content = budget?.cut ? read.subarray(0, read.lastIndexOf('<')) : read
  const encoding = config.encoding === 'auto' ? encodingOf(content) : config.encoding
  try {
    return new TextDecoder(encoding).decode(content)
  } catch {
    throw userError('html.encoding', `There is no encoding “${encoding}”.`, {
      hint: 'Name one such as utf-8 or windows-1252.',
      field: ['encoding'],
    })
  }
}

/** Byte order mark, then what the page says, then what its bytes allow. */
function encodingOf(content: Buffer): string {
  if (content[0] === 0xff && content[1] === 0xfe) return 'utf-16le'
  if (content[0] === 0xfe && content[1] === 0xff) return 'utf-16be'
  if (content[0] === 0xef && content[1] === 0xbb) return 'utf-8'
  const said = /<meta[^>]+charset\s*=\s*["']?([a-z0-9_:-]+)/i.exec(content.subarray(0, 4096).toString('latin1'))?.[1]
  if (said !== undefined && isKnown(said)) return /^utf-16/i.test(said) ? 'utf-8' : said
  return isUtf8(content) ? 'utf-8' : 'windows-1252'
}

function isKnown(encoding: string): boolean {
  try {
    new TextDecoder(encoding)
    return true
  } catch {
    return false
  }
}

/** @param cut there is more of the page, where the table may be */
function chooseTables(
  tables: readonly FoundTable[],
  file: InputFile,
  config: HtmlConfig,
  cut = false,
): readonly FoundTable[] {
  if (tables.length === 0 && cut) return []
  if (tables.length === 0) throw userError('html.no-table', `${file.name} has no table.`, { field: ['path'] })
  if (config.choose === 'number') {
    const table = tables[config.table_number - 1]
    if (table) return [table]
    if (cut) return []
    throw userError(
      'html.table-not-found',
      `${file.name} has no table number ${config.table_number}: it has ${tables.length}.`,
      {
        hint: listed(tables),
        field: ['table_number'],
      },
    )
  }
  const wanted = config.table_name?.trim()
  if (!wanted) throw userError('config.invalid', 'Say which table.', { field: ['table_name'] })
  const found = tables.filter((table) => isMeant(table, wanted, config.choose))
  if (found.length > 0) return config.matches === 'all' ? found : found.slice(0, 1)
  if (cut) return []
  throw notFound(tables, file, wanted, config.choose)
}

function isMeant({ element, heading }: FoundTable, wanted: string, choose: HtmlConfig['choose']): boolean {
  if (choose === 'id') return attributeOf(element, 'id') === wanted
  if (choose === 'class') return classesOf(element).includes(wanted)
  const header =
    gridOf(element)?.[0]
      ?.cells.map((cell) => cell?.text ?? '')
      .join(' ') ?? ''
  return [captionOf(element), heading, header].some((text) => text.toLowerCase().includes(wanted.toLowerCase()))
}

const classesOf = (element: FoundTable['element']): string[] =>
  (attributeOf(element, 'class') ?? '').split(/\s+/).filter(Boolean)

function captionOf(element: FoundTable['element']): string {
  const caption = childrenOf(element).find((node) => isElement(node) && node.tagName === 'caption')
  return caption && isElement(caption) ? textOf(caption) : ''
}

function notFound(
  tables: readonly FoundTable[],
  file: InputFile,
  wanted: string,
  choose: 'id' | 'class' | 'text',
): LogiDataError {
  const names = tables.flatMap(({ element }) =>
    choose === 'class' ? classesOf(element) : [attributeOf(element, 'id') ?? ''],
  )
  const near = choose === 'text' ? undefined : nearest(wanted, names.filter(Boolean))
  const what = choose === 'text' ? `with “${wanted}” in its caption, title or header` : `with the ${choose} “${wanted}”`
  return userError('html.table-not-found', `${file.name} has no table ${what}.`, {
    hint: near === undefined ? listed(tables) : `Did you mean “${near}”?`,
    field: ['table_name'],
  })
}

const listed = (tables: readonly FoundTable[]): string =>
  `Its tables are ${tables
    .slice(0, 5)
    .map(
      ({ element, heading }, index) =>
        `${index + 1} (${(captionOf(element) || heading || attributeOf(element, 'id') || 'no title').slice(0, 40)})`,
    )
    .join(', ')}${tables.length > 5 ? ` and ${tables.length - 5} more` : ''}.`

function* recordsOf(all: readonly GridRow[], config: HtmlConfig, found: Set<string>): Generator<StagedRecord> {
  const rows = all.filter((row) => row.cells.some((cell) => cell !== undefined))
  const count = headerCount(rows, config)
  const width = rows.reduce((most, { cells }) => Math.max(most, cells.length), 0)
  const names = namesOf(rows.slice(0, count), width, config)
  for (const { text, link } of names) for (const name of link === undefined ? [text] : [text, link]) found.add(name)
  const textOfCell = (cell: GridCell | undefined, pick: 'text' | 'links'): string | null => {
    const text = cell && (cell.own || config.spans === 'repeat') ? cell[pick] : ''
    return text === '' || config.null_values.includes(text) ? null : text
  }
  for (const { cells, section, line } of rows.slice(count)) {
    if (section === 'tfoot' && config.footer === 'drop') continue
    const value: Record<string, unknown> = {}
    for (const [index, { text, link }] of names.entries()) {
      const cell = cells[index]
      value[text] = textOfCell(cell, config.links === 'href' && cell?.links ? 'links' : 'text')
      if (link !== undefined) value[link] = textOfCell(cell, 'links')
    }
    yield { line, value }
  }
}

function headerCount(rows: readonly GridRow[], config: HtmlConfig): number {
  if (config.header_rows !== 'auto') return Math.min(config.header_rows, rows.length)
  const inHead = rows.findIndex(({ section }) => section !== 'thead')
  if (inHead !== 0) return inHead === -1 ? Math.min(1, rows.length) : inHead
  const ofHeaders = rows.findIndex(({ cells }) => cells.some((cell) => cell !== undefined && !cell.header))
  return Math.max(1, Math.min(ofHeaders === -1 ? 1 : ofHeaders, rows.length))
}

interface ColumnName {
  readonly text: string
  readonly link?: string
}

function namesOf(header: readonly GridRow[], width: number, config: HtmlConfig): ColumnName[] {
  const used = new Set<string>()
  const free = (wanted: string): string => {
    let name = wanted
    for (let copy = 2; used.has(nameKey(name)); copy++) name = `${wanted}_${copy}`
    used.add(nameKey(name))
    return name
  }
  return Array.from({ length: width }, (_, index) => {
    const texts = header.map(({ cells }) => (cells[index]?.text ?? '').replaceAll('\n', ' '))
    const joined = texts.filter((text, at) => text !== '' && text !== texts[at - 1]).join(config.header_separator)
    const name = free(joined === '' ? `column_${index + 1}` : joined)
    return config.links === 'columns' ? { text: name, link: free(`${name} link`) } : { text: name }
  })
}
