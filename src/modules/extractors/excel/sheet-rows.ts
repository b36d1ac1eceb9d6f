import type { Area } from './addresses.ts'
import { readSheet, type SheetRow, type StagedCell } from './cells.ts'
import type { SheetChoice } from './choose-sheets.ts'
import type { ExcelConfig } from './descriptor.ts'
import { NO_TEXTS, type SharedTexts } from './shared-texts.ts'
import type { Workbook } from './workbook.ts'

export interface DataRow {
  readonly number: number
  /** By column of `columns`; may be shorter. */
  readonly cells: readonly StagedCell[]
}

export interface RowSink {
  /** Once, before the first row: the texts above each column, from left to right. */
  header(rows: readonly DataRow[]): void
  row(row: DataRow): void
}

type Given = Pick<ExcelConfig, 'skip_rows' | 'skip_footer' | 'merged' | 'hidden' | 'blank_rows'>

/** The numbers of the sheet's columns that are read, as far as they are known: `place` 0 is the first one. */
export class ColumnPlaces {
  readonly #left: number
  readonly #right: number
  #hidden: ReadonlySet<number> = new Set()

  constructor(area: Area) {
    this.#left = area.left
    this.#right = area.right
  }

  hide(hidden: ReadonlySet<number>): void {
    this.#hidden = hidden
  }

  pick(cells: readonly StagedCell[]): StagedCell[] {
    const last = Math.min(this.#right, cells.length - 1)
    if (this.#hidden.size === 0) {
      const picked: StagedCell[] = []
      for (let column = this.#left; column <= last; column++) picked.push(cells[column] ?? null)
      return picked
    }
    const picked: StagedCell[] = []
    for (let column = this.#left; column <= last; column++)
      if (!this.#hidden.has(column)) picked.push(cells[column] ?? null)
    return picked
  }

  /** The sheet's column at a place. */
  numberOf(place: number): number {
    let column = this.#left
    for (let left = place; ; column++) {
      if (this.#hidden.has(column)) continue
      if (left-- === 0) return column
    }
  }
}

/**
 * Reads the rows of one choice, in order: what is merged is filled, what is hidden or blank or a footer left out as the config says.
 * @param each between pieces of the file; `false` ends the reading
 */
export async function readRows(
  workbook: Workbook,
  choice: SheetChoice,
  config: Given,
  strings: SharedTexts,
  places: ColumnPlaces,
  sink: RowSink,
  signal: AbortSignal,
  each: () => Promise<boolean>,
): Promise<void> {
  const merges = await mergesOf(workbook, choice, config, signal)
  const reader = new RowReader(choice, config, merges, places, sink)
  const sheet = {
    hiddenColumns: (hidden: ReadonlySet<number>) => {
      if (!config.hidden.includes('columns')) places.hide(hidden)
    },
    row: (row: SheetRow) => reader.take(row),
  }
  await readSheet(workbook, choice.sheet.part, strings, sheet, signal, async () => (await each()) && !reader.done)
  reader.end()
  await each()
}

/** They stand behind the cells: the sheet is read once for them where they matter. */
async function mergesOf(workbook: Workbook, choice: SheetChoice, config: Given, signal: AbortSignal): Promise<Area[]> {
  if (config.merged === 'first' && choice.headerRows < 2) return []
  const merges: Area[] = []
  // Cells are not looked up here: the texts are not needed.
  await readSheet(workbook, choice.sheet.part, NO_TEXTS, { merged: (area) => merges.push(area) }, signal)
  return merges.sort((a, b) => a.top - b.top || a.left - b.left)
}

class RowReader {
  readonly #choice: SheetChoice
  readonly #config: Given
  readonly #merges: Area[]
  readonly #places: ColumnPlaces
  readonly #sink: RowSink
  #active: { area: Area; value: StagedCell }[] = []
  #last: number
  #headerFrom: number | undefined
  readonly #header: DataRow[] = []
  #headerGiven = false
  #blanks: DataRow[] = []
  readonly #footer: DataRow[] = []
  done = false

  constructor(choice: SheetChoice, config: Given, merges: Area[], places: ColumnPlaces, sink: RowSink) {
    this.#choice = choice
    this.#config = config
    this.#merges = merges
    this.#places = places
    this.#sink = sink
    this.#last = choice.area.top + config.skip_rows - 1
  }

  take(row: SheetRow): void {
    if (row.number > this.#choice.area.bottom) {
      this.done = true
      return
    }
    this.#startMerges(row)
    if (row.number <= this.#last) return
    this.#gap(row.number)
    this.#last = row.number
    if (row.hidden && !this.#config.hidden.includes('rows')) return
    this.#one(row.number, row.cells)
  }

  end(): void {
    this.#giveHeader()
  }

  /** Rows that the file leaves out, being blank: they count only where blanks are kept or something is merged into them. */
  #gap(next: number): void {
    const started = this.#headerFrom !== undefined
    if (!started) return
    const merged = this.#active.length > 0 || this.#pendingHeader()
    if (this.#config.blank_rows === 'skip' && !merged) return
    for (let number = this.#last + 1; number < next; number++) this.#one(number, [])
  }

  #pendingHeader(): boolean {
    return this.#headerFrom !== undefined && !this.#headerGiven
  }

  #one(number: number, cells: StagedCell[]): void {
    const isHeader = this.#headerFrom === undefined || number < this.#headerFrom + this.#choice.headerRows
    const filled = this.#config.merged === 'repeat' || isHeader ? this.#fill(number, cells) : cells
    const picked = this.#places.pick(filled)
    const blank = picked.every((cell) => cell === null)
    if (this.#headerFrom === undefined) {
      if (blank && !this.#choice.table) return
      this.#headerFrom = number
    }
    if (number < this.#headerFrom + this.#choice.headerRows) {
      this.#header.push({ number, cells: picked })
      return
    }
    this.#giveHeader()
    if (blank) {
      if (this.#config.blank_rows === 'keep') this.#blanks.push({ number, cells: [] })
      return
    }
    for (const kept of this.#blanks) this.#emit(kept)
    this.#blanks = []
    this.#emit({ number, cells: picked })
  }

  #emit(row: DataRow): void {
    if (this.#config.skip_footer === 0) {
      this.#sink.row(row)
      return
    }
    this.#footer.push(row)
    if (this.#footer.length <= this.#config.skip_footer) return
    const first = this.#footer.shift()
    if (first) this.#sink.row(first)
  }

  #giveHeader(): void {
    if (this.#headerGiven) return
    this.#headerGiven = true
    this.#sink.header(this.#header)
  }

  #startMerges(row: SheetRow): void {
    if (this.#active.length > 0) this.#active = this.#active.filter(({ area }) => area.bottom >= row.number)
    for (let next = this.#merges[0]; next && next.top <= row.number; next = this.#merges[0]) {
      this.#merges.shift()
      if (next.top === row.number) this.#active.push({ area: next, value: row.cells[next.left] ?? null })
    }
  }

  #fill(number: number, cells: StagedCell[]): StagedCell[] {
    if (this.#active.length === 0) return cells
    const filled = [...cells]
    for (const { area, value } of this.#active) {
      if (number < area.top || number > area.bottom || value === null) continue
      for (let column = area.left; column <= area.right; column++) filled[column] = value
    }
    return filled
  }
}
