import { columnNumber } from '../../kit/files/spreadsheet-columns.ts'
import { attributeOf, type XmlSink } from '../../kit/files/xml-scanner.ts'
import { corrupt } from '../../kit/files/zip-archive.ts'
import { type Area, LAST_COLUMN, LAST_ROW, parseArea } from './addresses.ts'
import { dateText, durationText, type NumberKind, numberText, timeText } from './serials.ts'
import type { SharedTexts, TextStore } from './shared-texts.ts'
import type { Workbook } from './workbook.ts'
import { readXmlPart } from './xml-part.ts'

/**
 * A cell as it is staged: one letter for what it is, and its text.
 * `n` number, `s` text, `b` true or false, `d` date, `m` date and time, `t` time, `i` duration, `e` error such as #N/A,
 * `x` a number formatted as a date that no calendar has, `f` a formula that was never computed.
 */
export type StagedCell = string | null

export interface SheetRow {
  readonly number: number
  readonly hidden: boolean
  /** By column number; index 0 is not used. Shorter than the sheet is wide. */
  readonly cells: StagedCell[]
}

/** `_x000D_` stands for a character that XML cannot hold. */
const decodeEscapes = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text

/** All characters of the table of shared texts: more was made to fill a disk. */
const MOST_CHARACTERS = 1_500_000_000

export async function readSharedTexts(workbook: Workbook, texts: TextStore, signal: AbortSignal): Promise<void> {
  if (workbook.sharedStrings === undefined) return
  let current = ''
  let taking = false
  let phonetic = false
  let characters = 0
  const sink: XmlSink = {
    open(name, _attributes, empty) {
      if (name === 'si') current = ''
      else if (name === 'rPh') phonetic = true
      else if (name === 't') taking = !phonetic && !empty
    },
    close(name) {
      if (name === 't') taking = false
      else if (name === 'rPh') phonetic = false
      else if (name === 'si') {
        characters += current.length
        if (characters > MOST_CHARACTERS) throw corrupt(workbook.shown, new Error('its texts are too large'))
        texts.add(`s${decodeEscapes(current)}`)
      }
    },
    text(text) {
      if (taking) current += text
    },
  }
  await readXmlPart(workbook.archive, workbook.sharedStrings, workbook.shown, sink, signal)
}

export interface SheetSink {
  /** Columns hidden in the sheet, before the first row. */
  hiddenColumns?(columns: ReadonlySet<number>): void
  row?(row: SheetRow): void
  merged?(area: Area): void
}

/**
 * Reads a sheet's rows in their order; rows without any cell do not come.
 * @param each between pieces of the file; `false` ends the reading
 */
export async function readSheet(
  workbook: Workbook,
  part: string,
  strings: SharedTexts,
  sink: SheetSink,
  signal: AbortSignal,
  each?: () => Promise<boolean>,
): Promise<void> {
  if (!workbook.archive.has(part)) throw corrupt(workbook.shown, new Error(`there is no part ${part}`))
  await readXmlPart(workbook.archive, part, workbook.shown, new CellReader(workbook, strings, sink), signal, each)
}

class CellReader implements XmlSink {
  readonly #workbook: Workbook
  readonly #strings: SharedTexts
  readonly #sink: SheetSink
  readonly #hidden = new Set<number>()
  #row = 0
  #rowHidden = false
  #cells: StagedCell[] = []
  #column = 0
  #type = 'n'
  #style = 0
  #value = ''
  #hasValue = false
  #formula = false
  #taking = false
  #phonetic = false
  #inCell = false

  constructor(workbook: Workbook, strings: SharedTexts, sink: SheetSink) {
    this.#workbook = workbook
    this.#strings = strings
    this.#sink = sink
  }

  open(name: string, attributes: string, empty: boolean): void {
    switch (name) {
      case 'c':
        this.#openCell(attributes)
        return
      case 'v':
        this.#taking = this.#inCell && !empty
        this.#hasValue = true
        return
      case 't':
        this.#taking = this.#inCell && !empty && !this.#phonetic
        this.#hasValue = true
        return
      case 'rPh':
        this.#phonetic = true
        return
      case 'f':
        this.#formula = true
        return
      case 'row':
        this.#openRow(attributes)
        return
      case 'col':
        if (/^(1|true)$/.test(attributeOf(attributes, 'hidden') ?? '')) {
          const last = Math.min(Number(attributeOf(attributes, 'max')), LAST_COLUMN)
          for (let column = Number(attributeOf(attributes, 'min')); column <= last; column++) this.#hidden.add(column)
        }
        return
      case 'sheetData':
        this.#sink.hiddenColumns?.(this.#hidden)
        return
      case 'mergeCell': {
        const area = parseArea(attributeOf(attributes, 'ref') ?? '')
        if (area) this.#sink.merged?.(area)
      }
    }
  }

  close(name: string): void {
    switch (name) {
      case 'v':
      case 't':
        this.#taking = false
        return
      case 'rPh':
        this.#phonetic = false
        return
      case 'c':
        this.#inCell = false
        this.#cells[this.#column] = this.#staged()
        return
      case 'row':
        if (this.#cells.length > 0) {
          this.#sink.row?.({ number: this.#row, hidden: this.#rowHidden, cells: this.#cells })
          this.#cells = []
        }
    }
  }

  text(text: string): void {
    if (this.#taking) this.#value += text
  }

  #openRow(attributes: string): void {
    const number = attributeOf(attributes, 'r')
    const row = number === undefined ? this.#row + 1 : Number(number)
    // Backwards would put two rows in one place: no program writes that.
    if (!Number.isInteger(row) || row <= this.#row || row > LAST_ROW) throw this.#broken(`row ${number ?? row}`)
    this.#row = row
    this.#column = 0
    this.#rowHidden = attributes.includes('hidden') && /^(1|true)$/.test(attributeOf(attributes, 'hidden') ?? '')
    this.#cells = []
  }

  #openCell(attributes: string): void {
    const match = CELL.exec(attributes)
    let reference = match?.[1]
    let style = match?.[2]
    let type = match?.[3]
    if (!match) {
      reference = attributeOf(attributes, 'r')
      style = attributeOf(attributes, 's')
      type = attributeOf(attributes, 't')
    }
    if (reference === undefined) this.#column++
    else {
      let end = 0
      while (end < reference.length && reference.charCodeAt(end) > 57) end++
      this.#column = columnNumber(reference.slice(0, end))
    }
    if (!(this.#column >= 1 && this.#column <= LAST_COLUMN)) throw this.#broken(`cell ${reference}`)
    this.#type = type ?? 'n'
    this.#style = style === undefined ? 0 : Number(style)
    this.#value = ''
    this.#hasValue = false
    this.#formula = false
    this.#taking = false
    this.#phonetic = false
    this.#inCell = true
  }

  #staged(): StagedCell {
    const value = this.#value
    if (!this.#hasValue) return this.#formula ? 'f' : null
    switch (this.#type) {
      case 's': {
        if (value === '') return null
        const text = this.#strings.at(Number(value))
        if (text === undefined) throw this.#broken(`shared text ${value}`)
        return text
      }
      case 'inlineStr':
      case 'str':
        return `s${decodeEscapes(value)}`
      case 'b':
        return value === '' ? null : /^(1|true)$/i.test(value.trim()) ? 'btrue' : 'bfalse'
      case 'e':
        return `e${value}`
      case 'd':
        return isoDate(value.trim())
      default:
        // Some programs write an empty value beside a formula that they did not compute.
        if (value === '') return this.#formula ? 'f' : null
        return numberCell(value.trim(), this.#workbook.kinds[this.#style] ?? 'number', this.#workbook.system1904)
    }
  }

  #broken(what: string): Error {
    return corrupt(this.#workbook.shown, new Error(`${what} after row ${this.#row} makes no sense`))
  }
}

/** What nearly every cell looks like; the others take the long way. */
const CELL = /^ r="([A-Z]{1,3}\d{1,7})"(?: s="(\d+)")?(?: t="([A-Za-z]+)")?\s*$/

function numberCell(value: string, kind: NumberKind, system1904: boolean): StagedCell {
  const text = numberText(value)
  // Not what the format allows, but other programs write NaN so.
  if (text === undefined) return `s${value}`
  if (kind === 'number') return `n${text}`
  const serial = Number(value)
  if (kind === 'duration') return `i${durationText(serial)}`
  if (kind === 'time' && serial >= 0 && serial < 1 && Math.round(serial * 86_400_000) < 86_400_000)
    return `t${timeText(serial)}`
  const date = dateText(serial, system1904)
  if (date === undefined) return `x${text}`
  return date.length === 10 ? `d${date}` : `m${date}`
}

/** The cells of type `d` that the strict variant of the format has. */
function isoDate(value: string): StagedCell {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d(?:\.\d{1,6})?)Z?)?$/.exec(value)
  if (match?.[1]) return match[2] && !/^[0:.]+$/.test(match[2]) ? `m${match[1]} ${match[2]}` : `d${match[1]}`
  return /^T?\d\d:\d\d:\d\d(\.\d+)?Z?$/.test(value) ? `t${value.replace(/[TZ]/g, '')}` : `s${value}`
}
