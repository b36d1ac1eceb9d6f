import type { CellValue, InputFile, PrepareRequest } from '../../kit/contract.ts'
import { columnLetters } from '../../kit/files/spreadsheet-columns.ts'
import { type Staged, type StageWriter, stage, stateOf } from '../../kit/files/stage.ts'
import { nameKey } from '../../kit/inputs.ts'
import { readSharedTexts } from './cells.ts'
import { chooseSheets, type SheetChoice } from './choose-sheets.ts'
import type { ExcelConfig } from './descriptor.ts'
import { countCell, type KindCounts, newCounts } from './kind-counts.ts'
import { type SharedTexts, TextStore } from './shared-texts.ts'
import { ColumnPlaces, type DataRow, readRows } from './sheet-rows.ts'
import { openWorkbook, type Workbook } from './workbook.ts'

export interface StagedColumn {
  readonly name: string
  readonly letters: string
  /** Which of the staged columns `c0`, `c1`, … it is. */
  readonly index: number
  readonly kinds: KindCounts
}

export interface StagedSheet {
  readonly name: string
  /** Of `Staged.tables`; its first column is the row's number. */
  readonly table: string
  readonly columns: readonly StagedColumn[]
}

/** Row of the sheet, which stands beside its columns. */
export const ROW = 'r'

/** Rows that are looked at before the number of columns is decided. */
const LOOKAHEAD = 1000
const BATCH = 1024

/**
 * Brings the chosen sheets of one workbook into Parquet: every cell as a text that begins with its kind, so that types, and what does
 * not fit them, are decided afterwards, from all of them.
 */
export async function stageWorkbook(
  request: PrepareRequest<ExcelConfig>,
  file: InputFile,
): Promise<Staged<readonly StagedSheet[]>> {
  const { config, signal } = request
  const { sheets, sheet_name, sheet_number, range, header_rows, merged, hidden, skip_rows, skip_footer } = config
  const { blank_rows, header_separator, sample_rows } = config
  const reading = [sheets, sheet_name, sheet_number, range, header_rows, merged, hidden, skip_rows, skip_footer]
  const key = [3, stateOf([file]), reading, blank_rows, header_separator, sample_rows]
  // A column may begin after all the rows that were looked at: then all columns are known, and it is done once more.
  const known = new Map<string, Slots>()
  for (;;) {
    try {
      return await stage(request, 'excel', key, async (table) => {
        const workbook = await openWorkbook(file, signal)
        const strings = new TextStore(request.files.staging)
        try {
          const choices = chooseSheets(workbook, config)
          await readSharedTexts(workbook, strings, signal)
          const staged: StagedSheet[] = []
          for (const [index, choice] of choices.entries()) {
            const name = `s${index}`
            const open = (width: number) =>
              table(name, [
                { name: ROW, type: 'INTEGER' },
                ...Array.from({ length: width }, (_, column) => ({ name: `c${column}`, type: 'VARCHAR' })),
              ])
            const sheet = new SheetStage(config, choice, open, known.get(name) ?? new Map())
            const columns = await sheet.read(workbook, strings, signal)
            if (sheet.tooWide) {
              known.set(name, sheet.slots)
              throw new WiderThanSeen()
            }
            staged.push({ name: choice.sheet.name, table: name, columns })
          }
          return staged
        } finally {
          workbook.archive.close()
          await strings.close()
        }
      })
    } catch (error) {
      if (!(error instanceof WiderThanSeen)) throw error
    }
  }
}

class WiderThanSeen extends Error {}

/** Which staged column holds a column of the sheet, by its place: only those that hold something have one. */
type Slots = Map<number, number>

class SheetStage {
  readonly slots: Slots
  readonly #config: ExcelConfig
  readonly #choice: SheetChoice
  readonly #open: (width: number) => Promise<StageWriter>
  readonly #places: ColumnPlaces
  readonly #kinds = new Map<number, KindCounts>()
  #waiting: CellValue[][] = []
  #header: readonly DataRow[] = []
  #writer: StageWriter | undefined
  #width = 0
  #seen = 0

  constructor(config: ExcelConfig, choice: SheetChoice, open: (width: number) => Promise<StageWriter>, slots: Slots) {
    this.#config = config
    this.#choice = choice
    this.#open = open
    this.slots = slots
    this.#places = new ColumnPlaces(choice.area)
  }

  get tooWide(): boolean {
    return this.#writer !== undefined && this.slots.size > this.#width
  }

  async read(workbook: Workbook, strings: SharedTexts, signal: AbortSignal): Promise<StagedColumn[]> {
    const sink = {
      header: (rows: readonly DataRow[]) => {
        this.#header = rows
        for (const { cells } of rows)
          for (const [place, cell] of cells.entries()) if (cell !== null) this.#slotOf(place)
      },
      row: (row: DataRow) => this.#take(row),
    }
    const each = async () => {
      if (this.#waiting.length >= (this.#writer ? BATCH : LOOKAHEAD)) await this.#flush()
      return true
    }
    await readRows(workbook, this.#choice, this.#config, strings, this.#places, sink, signal, each)
    await this.#flush()
    return this.#columns()
  }

  #slotOf(place: number): number {
    let slot = this.slots.get(place)
    if (slot === undefined) {
      slot = this.slots.size
      this.slots.set(place, slot)
    }
    return slot
  }

  #take({ number, cells }: DataRow): void {
    const row: CellValue[] = [number]
    const counts = this.#config.sample_rows === 'all' || this.#seen < this.#config.sample_rows
    this.#seen++
    for (let place = 0; place < cells.length; place++) {
      const cell = cells[place]
      if (cell === null || cell === undefined) continue
      row[this.#slotOf(place) + 1] = cell
      if (!counts) continue
      let kinds = this.#kinds.get(place)
      if (!kinds) {
        kinds = newCounts()
        this.#kinds.set(place, kinds)
      }
      countCell(kinds, cell, number)
    }
    this.#waiting.push(row)
  }

  async #flush(): Promise<void> {
    if (!this.#writer) {
      this.#width = this.slots.size
      this.#writer = await this.#open(this.#width)
    }
    const waiting = this.#waiting
    this.#waiting = []
    if (!this.tooWide) await this.#writer.write(waiting)
  }

  #columns(): StagedColumn[] {
    const columns: StagedColumn[] = []
    const used = new Set<string>()
    for (const place of [...this.slots.keys()].sort((a, b) => a - b)) {
      const letters = columnLetters(this.#places.numberOf(place))
      const header = headerText(this.#header, place, this.#config.header_separator)
      let name = header === '' ? letters : header
      for (let copy = 2; used.has(nameKey(name)); copy++) name = `${header === '' ? letters : header}_${copy}`
      used.add(nameKey(name))
      columns.push({ name, letters, index: this.slots.get(place) ?? 0, kinds: this.#kinds.get(place) ?? newCounts() })
    }
    return columns
  }
}

/** The texts above a column, joined; one that is repeated below itself, being merged, counts once. */
function headerText(rows: readonly DataRow[], index: number, separator: string): string {
  const texts: string[] = []
  for (const { cells } of rows) {
    const text = (cells[index] ?? '').slice(1).replace(/\s+/g, ' ').trim()
    if (text !== '' && texts.at(-1) !== text) texts.push(text)
  }
  return texts.join(separator)
}
