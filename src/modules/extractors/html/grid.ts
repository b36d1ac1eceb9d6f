import { attributeOf, childrenOf, type Element, isElement, linksOf, textOf } from './find-tables.ts'

export interface GridCell {
  readonly text: string
  readonly links: string
  readonly header: boolean
  /** The cell stands here itself, and not by its spans. */
  readonly own: boolean
}

export interface GridRow {
  readonly cells: readonly (GridCell | undefined)[]
  readonly section: 'thead' | 'tbody' | 'tfoot'
  /** Of the file, from 1. */
  readonly line: number
}

/** A cell that spans further rows. */
interface Hanging {
  readonly cell: GridCell
  readonly rows: number
  readonly toEnd: boolean
}

/** As browsers have it. */
const MOST_COLUMNS = 1000
const MOST_ROWS = 65_534
/** A table that is wider is no table of data. */
export const WIDEST = 10_000

/**
 * The rows of a table with its spans laid out, after the algorithm of the HTML standard (4.9.12.1).
 * @returns undefined when it is wider than `WIDEST`
 */
export function gridOf(table: Element): GridRow[] | undefined {
  const rows: GridRow[] = []
  let hanging: (Hanging | undefined)[] = []
  for (const { section, trs } of groupsOf(table)) {
    // A span does not leave its group of rows.
    hanging = []
    for (const tr of trs) {
      const cells: (GridCell | undefined)[] = []
      const next: typeof hanging = []
      const hang = (column: number, cell: GridCell, left: number, toEnd: boolean) => {
        if (left > 0 || toEnd) next[column] ??= { cell, rows: left, toEnd }
      }
      for (const [column, above] of hanging.entries()) {
        if (!above) continue
        cells[column] = { ...above.cell, own: false }
        hang(column, above.cell, above.rows - 1, above.toEnd)
      }
      let column = 0
      for (const node of childrenOf(tr)) {
        if (!isElement(node) || (node.tagName !== 'td' && node.tagName !== 'th')) continue
        while (cells[column] !== undefined) column++
        const width = Math.max(1, Math.min(spanOf(node, 'colspan'), MOST_COLUMNS))
        const height = Math.min(spanOf(node, 'rowspan'), MOST_ROWS)
        const cell = { text: textOf(node), links: linksOf(node), header: node.tagName === 'th', own: true }
        for (let place = column; place < column + width; place++) {
          cells[place] = { ...cell, own: place === column }
          hang(place, cell, height - 1, height === 0)
        }
        column += width
        if (column > WIDEST) return undefined
      }
      hanging = next
      rows.push({ cells, section, line: tr.sourceCodeLocation?.startLine ?? 0 })
    }
  }
  return rows
}

/** The groups of rows in the order in which they are shown: a footer is last wherever it stands. */
function groupsOf(table: Element): { section: GridRow['section']; trs: Element[] }[] {
  const groups: { section: GridRow['section']; trs: Element[] }[] = []
  for (const node of childrenOf(table)) {
    if (!isElement(node)) continue
    const { tagName } = node
    if (tagName !== 'thead' && tagName !== 'tbody' && tagName !== 'tfoot') continue
    const trs = childrenOf(node).filter((child): child is Element => isElement(child) && child.tagName === 'tr')
    groups.push({ section: tagName, trs })
  }
  const order = { thead: 0, tbody: 1, tfoot: 2 }
  return groups.sort((a, b) => order[a.section] - order[b.section])
}

/** 0 stands for “to the end of the group”, in rows alone. */
function spanOf(cell: Element, name: string): number {
  const text = attributeOf(cell, name)?.trim() ?? ''
  return /^\d+/.test(text) ? Number.parseInt(text, 10) : 1
}
