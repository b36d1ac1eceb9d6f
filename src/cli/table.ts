import type { Style } from './terminal.ts'
import { cutText, textWidth, visibleText } from './text-width.ts'

export interface TableColumn {
  readonly title: string
  /** Under the title, dimmed. */
  readonly subtitle?: string
  readonly align?: 'left' | 'right'
}

export interface TableOptions {
  readonly style: Style
  /** Cells of the terminal; columns that do not fit are left out and counted. Absent: all of them. */
  readonly width?: number | undefined
  /** Longer values are cut. */
  readonly longest?: number
}

const GAP = '  '

/** Aligned text with a line break at the end. `null` is shown as NULL, dimmed, so that no text looks like it. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly (string | null)[])[],
  { style, width, longest = 40 }: TableOptions,
): string {
  const cells = rows.map((row) => columns.map((_, index) => cutText(visibleText(row[index] ?? 'NULL'), longest)))
  const heads = columns.map(({ title }) => cutText(visibleText(title), longest))
  const subs = columns.map(({ subtitle = '' }) => cutText(visibleText(subtitle), longest))
  const widths = columns.map((_, index) =>
    Math.max(...[heads[index], subs[index], ...cells.map((row) => row[index])].map((text) => textWidth(text ?? ''))),
  )
  const shown = countThatFit(widths, width)

  const line = (texts: readonly string[], dress: (text: string, index: number) => string) =>
    texts
      .slice(0, shown)
      .map((text, index) => {
        const padding = ' '.repeat((widths[index] ?? 0) - textWidth(text))
        const dressed = dress(text, index)
        return columns[index]?.align === 'right' ? padding + dressed : dressed + padding
      })
      .join(GAP)
      .trimEnd()

  const lines = [line(heads, (text) => style.bold(text))]
  if (subs.some((text) => text !== '')) lines.push(line(subs, (text) => style.dim(text)))
  cells.forEach((texts, row) => {
    lines.push(line(texts, (text, index) => (rows[row]?.[index] == null ? style.dim(text) : text)))
  })
  if (shown < columns.length) lines.push(style.dim(`… and ${columns.length - shown} more columns`))
  return `${lines.join('\n')}\n`
}

/** At least one, however narrow the terminal is. */
function countThatFit(widths: readonly number[], available: number | undefined): number {
  if (available === undefined) return widths.length
  let used = 0
  for (const [index, width] of widths.entries()) {
    used += width + (index === 0 ? 0 : GAP.length)
    if (used > available) return Math.max(1, index)
  }
  return widths.length
}
