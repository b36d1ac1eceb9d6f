import type { JsonValue } from '../../shared/pipeline/document.ts'
import { isRecord } from './form-model.ts'

export interface TypedColumn {
  readonly name: string
  readonly type: string | undefined
}

export interface TypedRows {
  readonly columns: readonly TypedColumn[]
  /** As many cells in each row as there are columns; null is NULL. */
  readonly rows: readonly (readonly (string | null)[])[]
}

/** Reads what a config holds; rows that are too short or too long are made to fit. */
export function readTypedRows(columns: JsonValue | undefined, rows: JsonValue | undefined): TypedRows {
  const read = (Array.isArray(columns) ? columns : []).map((column) => ({
    name: isRecord(column) ? String(column.name ?? '') : String(column),
    type: isRecord(column) && typeof column.type === 'string' ? column.type : undefined,
  }))
  const cells = (Array.isArray(rows) ? rows : []).map((row) =>
    (Array.isArray(row) ? row : []).map((cell) => (cell === null ? null : String(cell))),
  )
  const width = Math.max(read.length, ...cells.map((row) => row.length), 0)
  const named = [...read]
  while (named.length < width) named.push({ name: freeName(named), type: undefined })
  return { columns: named, rows: cells.map((row) => padded(row, width)) }
}

/** The two keys as the file keeps them. */
export function writeTypedRows({ columns, rows }: TypedRows): { columns: JsonValue; rows: JsonValue } {
  return {
    columns: columns.map(({ name, type }) => (type === undefined || type === '' ? { name } : { name, type })),
    rows: rows.map((row) => [...row]),
  }
}

/** Cells copied from a spreadsheet, put where the caret is; the table grows where they do not fit. Empty cells are NULL. */
export function pasteRows(table: TypedRows, at: { row: number; column: number }, pasted: string[][]): TypedRows {
  const width = Math.max(table.columns.length, at.column + Math.max(...pasted.map((row) => row.length)))
  const columns = [...table.columns]
  while (columns.length < width) columns.push({ name: freeName(columns), type: undefined })
  const rows = table.rows.map((row) => padded(row, width))
  pasted.forEach((cells, index) => {
    const row = rows[at.row + index] ?? padded([], width)
    cells.forEach((cell, offset) => {
      row[at.column + offset] = cell === '' ? null : cell
    })
    rows[at.row + index] = row
  })
  return { columns, rows }
}

export function addColumn(table: TypedRows): TypedRows {
  return {
    columns: [...table.columns, { name: freeName(table.columns), type: undefined }],
    rows: table.rows.map((row) => [...row, null]),
  }
}

export function removeColumn(table: TypedRows, index: number): TypedRows {
  const keep = (_: unknown, at: number) => at !== index
  return { columns: table.columns.filter(keep), rows: table.rows.map((row) => row.filter(keep)) }
}

const padded = (row: readonly (string | null)[], width: number): (string | null)[] =>
  Array.from({ length: width }, (_, index) => row[index] ?? null)

function freeName(columns: readonly TypedColumn[]): string {
  for (let number = columns.length + 1; ; number += 1) {
    const name = `column_${number}`
    if (!columns.some((column) => column.name.toLowerCase() === name)) return name
  }
}
