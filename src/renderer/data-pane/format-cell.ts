import type { Cell } from '../../shared/engine/types.ts'
import { isNumeric, typeClass } from './column-types.ts'

/** Beyond this a cell is cut: the grid shows what fits, the cell inspector shows it all. */
const shownCharacters = 300

/** A value on one line. Exact: digits, zeros and zones stay as the engine wrote them. */
export function formatCell(cell: Cell): string {
  if (cell === null) return 'null'
  const cut = cell.length > shownCharacters ? `${cell.slice(0, shownCharacters)}…` : cell
  return cut.replace(/\r\n|\r|\n/g, '⏎').replaceAll('\t', '⇥')
}

/** A value in full, lists and structs indented. */
export function formatWhole(cell: Cell, type: string): string {
  if (cell === null) return 'null'
  return ['struct', 'list', 'json'].includes(typeClass(type)) ? indentJson(cell) : cell
}

/**
 * Lays out JSON text without reading its numbers, since `JSON.parse` would round the long ones.
 * Text that is not JSON comes back with odd line breaks but no character lost.
 */
export function indentJson(text: string): string {
  let out = ''
  let depth = 0
  const line = () => `\n${'  '.repeat(depth)}`
  const token = /"(?:[^"\\]|\\.)*"?|[[{]\s*[\]}]|[[{]|[\]}]|,\s*|:\s*|\s+|[^\s"[\]{},:]+/g
  for (const [piece] of text.matchAll(token)) {
    const first = piece[0]
    if (/^[[{]\s*[\]}]$/.test(piece)) out += piece.replace(/\s/g, '')
    else if (first === '{' || first === '[') {
      depth += 1
      out += piece + line()
    } else if (first === '}' || first === ']') {
      depth = Math.max(0, depth - 1)
      out += line() + piece
    } else if (first === ',') out += `,${line()}`
    else if (first === ':') out += ': '
    else if (piece.trim() !== '') out += piece
  }
  return out
}

const widthOfCharacter = 7.4
const padding = 24

/** A first width in pixels that fits the head and the rows seen so far, within reason. */
export function estimateWidth(name: string, type: string, cells: readonly Cell[]): number {
  const head = name.length * widthOfCharacter + 62
  let longest = 0
  for (const cell of cells) longest = Math.max(longest, Math.min(60, cell?.length ?? 4))
  const body = longest * widthOfCharacter + padding
  // A head shows the range of dates in full.
  const least = isNumeric(type) ? 104 : ['date', 'timestamp'].includes(typeClass(type)) ? 186 : 116
  return Math.round(Math.min(320, Math.max(least, Math.min(head, 240), body)))
}

/** A number for a head: short, with the reader's separators. */
export function formatShort(value: string, locale: string): string {
  const number = Number(value)
  if (value.trim() === '' || !Number.isFinite(number)) return value
  if (number !== 0 && (Math.abs(number) >= 1e9 || Math.abs(number) < 1e-3)) {
    return new Intl.NumberFormat(locale, { notation: 'compact', maximumSignificantDigits: 3 }).format(number)
  }
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2, useGrouping: Math.abs(number) >= 10_000 }).format(
    number,
  )
}
