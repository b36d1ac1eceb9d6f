import { readFileSync } from 'node:fs'
import { TextDecoder } from 'node:util'

export type Row = Readonly<Record<string, string>>

/** A small reader of CSV, apart from the application's own: quotes, any delimiter, no types. */
export function readCsv(path: string, options: { delimiter?: string; encoding?: string } = {}): Row[] {
  const { delimiter = ',', encoding = 'utf-8' } = options
  const text = new TextDecoder(encoding).decode(readFileSync(path))
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const character = text[at]
    const row = rows[rows.length - 1] ?? []
    if (quoted) {
      if (character !== '"') cell += character
      else if (text[at + 1] === '"') cell += text[at++]
      else quoted = false
    } else if (character === '"') quoted = true
    else if (character === delimiter || character === '\n') {
      row.push(cell.replace(/\r$/, ''))
      cell = ''
      if (character === '\n') rows.push([])
    } else cell += character
  }
  if (cell !== '') rows[rows.length - 1]?.push(cell)
  const [head = [], ...body] = rows.filter((row) => row.length > 0)
  return body.map((row) => Object.fromEntries(head.map((name, index) => [name, row[index] ?? ''])))
}

export function groupBy<T>(rows: readonly T[], key: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}

export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
export const round = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits
