import type { Cell } from '../shared/engine/types.ts'
import type { Difference, RowDifference, SchemaDifference } from '../shared/tests/result.ts'
import { isRightAligned } from './number-types.ts'
import type { Style } from './terminal.ts'
import { cutText, textWidth, visibleText } from './text-width.ts'

const LONGEST = 40
const GAP = '  '

interface Line {
  readonly sign: '-' | '+'
  readonly cells: readonly Cell[]
  /** Columns whose values the other line of the row has otherwise; undefined: the whole row is only here. */
  readonly changed: ReadonlySet<number> | undefined
}

/** What a difference is called on its two sides. */
export interface DifferenceWords {
  readonly removed: string
  readonly added: string
}
export const TEST_WORDS: DifferenceWords = { removed: 'expected', added: 'came' }
export const DIFF_WORDS: DifferenceWords = { removed: 'old', added: 'new' }

/**
 * A difference as lines of text: the columns first, then rows, `-` as they were expected and `+` as they came. Of a row that changed
 * both stand, with an `*` behind the values that differ where there is no colour.
 */
export function differenceLines(
  difference: Difference,
  words: DifferenceWords,
  {
    style,
    width,
    coloured,
  }: { readonly style: Style; readonly width?: number | undefined; readonly coloured: boolean },
): string[] {
  const lines = difference.schema.map((each) => schemaLine(each, words, style))
  const { columns, differing, order, more, keys } = difference
  if (order) lines.push(`The rows are the same and come in another order, from row ${order.row} on.`)
  if (differing.length === 0 || columns.length === 0) return lines
  const by = keys.length > 0 ? `, told apart by ${keys.join(', ')}` : ''
  lines.push(style.dim(`- ${words.removed}  + ${words.added}${by}`))
  const rows = differing.flatMap(linesOf)
  const text = (line: Line, index: number): string => {
    const value = cutText(visibleText(line.cells[index] ?? 'NULL'), LONGEST)
    return !coloured && line.changed?.has(index) ? `${value} *` : value
  }
  const heads = columns.map(({ name }) => cutText(visibleText(name), LONGEST))
  const widths = heads.map((head, index) =>
    Math.max(textWidth(head), ...rows.map((line) => textWidth(text(line, index)))),
  )
  const shown = shownColumns(widths, width, rows)
  const padded = (value: string, index: number, dress: (value: string) => string): string => {
    const space = ' '.repeat(Math.max(0, (widths[index] ?? 0) - textWidth(value)))
    return isRightAligned(columns[index]?.type ?? '') ? space + dress(value) : dress(value) + space
  }
  lines.push(`  ${shown.map((index) => padded(heads[index] ?? '', index, style.bold)).join(GAP)}`.trimEnd())
  for (const line of rows) {
    const colour = line.sign === '-' ? style.red : style.green
    const cells = shown.map((index) => {
      const same = line.changed !== undefined && !line.changed.has(index)
      const dress = same ? style.dim : line.changed ? (value: string) => style.bold(colour(value)) : colour
      return padded(text(line, index), index, dress)
    })
    lines.push(`${colour(line.sign)} ${cells.join(GAP)}`.trimEnd())
  }
  if (shown.length < columns.length) lines.push(style.dim(`… and ${columns.length - shown.length} more columns`))
  if (more) lines.push(style.dim('… and more rows'))
  return lines
}

function linesOf({ kind, before = [], after = [], changed = [] }: RowDifference): Line[] {
  const cells = kind === 'changed' ? new Set(changed) : undefined
  return [
    ...(kind === 'added' ? [] : [{ sign: '-', cells: before, changed: cells } as const]),
    ...(kind === 'removed' ? [] : [{ sign: '+', cells: after, changed: cells } as const]),
  ]
}

/** What fits; columns with changes come before those without. */
function shownColumns(widths: readonly number[], available: number | undefined, rows: readonly Line[]): number[] {
  const all = widths.map((_, index) => index)
  if (available === undefined) return all
  const hasChange = (index: number): boolean => rows.some((line) => line.changed?.has(index))
  const first = all[0] === undefined ? [] : [all[0]]
  const wanted = [...new Set([...first, ...all.filter(hasChange), ...all])]
  const chosen: number[] = []
  let used = 2
  for (const index of wanted) {
    used += (widths[index] ?? 0) + (chosen.length === 0 ? 0 : GAP.length)
    if (used > available && chosen.length > 0) break
    chosen.push(index)
  }
  return chosen.sort((a, b) => a - b)
}

function schemaLine(difference: SchemaDifference, words: DifferenceWords, style: Style): string {
  switch (difference.kind) {
    case 'removed':
      return style.red(`- column ${difference.column} ${difference.before}: only ${words.removed}`)
    case 'added':
      return style.green(`+ column ${difference.column} ${difference.after}: only ${words.added}`)
    case 'type':
      return `~ column ${difference.column}: ${style.red(difference.before)} ${words.removed}, ${style.green(difference.after)} ${words.added}`
    case 'order':
      return `~ order of columns: ${style.red(difference.before.join(', '))} ${words.removed}, ${style.green(difference.after.join(', '))} ${words.added}`
  }
}
