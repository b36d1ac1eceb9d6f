import type { Cell } from '../../shared/engine/types.ts'

/** Rows as spreadsheets exchange them: tab-separated, quoted only where needed. NULL becomes an empty cell. */
export function writeTsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => row.map(writeCell).join('\t')).join('\n')
}

function writeCell(cell: Cell): string {
  if (cell === null) return ''
  return /["\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}

/** Rows of a text copied from a spreadsheet. Every row gets as many cells as the longest one. */
export function readTsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\r|\n|$)/y
  const source = text.replace(/(\r\n|\r|\n)$/, '')
  let at = 0
  while (at <= source.length) {
    cell.lastIndex = at
    const match = cell.exec(source)
    if (!match) {
      // A quote that nobody closed, or text after one: taken as it stands.
      const end = source.slice(at).search(/[\t\r\n]|$/) + at
      row.push(source.slice(at, end))
      at = end
      if (at >= source.length) break
      if (source[at] !== '\t') {
        rows.push(row)
        row = []
      }
      at += source.startsWith('\r\n', at) ? 2 : 1
      continue
    }
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
    at += match[0].length
    if (match[3] === '') break
    if (match[3] !== '\t') {
      rows.push(row)
      row = []
    }
  }
  rows.push(row)
  const width = Math.max(...rows.map((each) => each.length))
  return rows.map((each) => [...each, ...Array<string>(width - each.length).fill('')])
}
