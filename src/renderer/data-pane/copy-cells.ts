import type { Cell, Column } from '../../shared/engine/types.ts'
import type { GridRange } from './grid-position.ts'
import { writeTsv } from './tsv.ts'

/** The cells of a range as tab-separated text, with the columns' names above them when asked for. */
export function textOfRange(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  range: GridRange,
  withHeads: boolean,
): string {
  const cells = rows
    .slice(range.top, range.bottom + 1)
    .map((row) => Array.from({ length: range.right - range.left + 1 }, (_, at) => row[range.left + at] ?? null))
  const heads = columns.slice(range.left, range.right + 1).map((column) => column.name)
  return writeTsv(withHeads ? [heads, ...cells] : cells)
}

export async function copyRange(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  range: GridRange,
  withHeads: boolean,
): Promise<void> {
  await copyText(textOfRange(columns, rows, range, withHeads))
}

/** Where the page may not use the clipboard (no permission), nothing is copied and nothing breaks. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return false
  }
}
