import type { Cell, Column } from '../../shared/engine/types.ts'
import type { KeptPage, Repair, RowRange } from '../../shared/runs/rejects.ts'

/** Rows that came so far, and what was changed in them. Columns that say why come first. */
export interface RejectedRows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly total: number
  /** Positions among `columns` that can be repaired. */
  readonly editable: ReadonlySet<number>
  /** Of the columns that the step names as at fault in a row: where it says so. */
  readonly fault: number
  /** Rows that a run has read again, or is about to. */
  readonly replayed: ReadonlySet<number>
  /** Why the rows go through the pipeline as it was. */
  readonly changed?: string | undefined
}

/** What the page before had, and one page more. */
export function withPage(before: RejectedRows | undefined, page: KeptPage): RejectedRows {
  const own = new Set(page.editable.map(({ name }) => name))
  const types = new Map(page.editable.map(({ name, type }) => [name, type]))
  const indices = page.columns.map((_, index) => index)
  const isOwn = (index: number) => own.has(page.columns[index]?.name ?? '')
  // Where nothing can be repaired, the columns of the rows are not known from those that say why.
  const first = own.size === 0 ? [] : indices.filter((index) => !isOwn(index)).reverse()
  const order = [...first, ...indices.filter((index) => !first.includes(index))]
  const columns = order.flatMap((index) => {
    const column = page.columns[index]
    return column ? [{ name: column.name, type: types.get(column.name) ?? column.type }] : []
  })
  const rows = page.rows.map((row) => order.map((index) => row[index] ?? null))
  return {
    columns,
    rows: [...(before?.rows ?? []), ...rows],
    total: page.total,
    editable: new Set(columns.flatMap(({ name }, index) => (own.has(name) ? [index] : []))),
    fault: columns.findIndex(({ name }, index) => name.startsWith('_column') && index < first.length),
    replayed: new Set(page.replayed.flatMap(rowsOf)),
    changed: page.changed,
  }
}

const rowsOf = ({ first, last }: RowRange): number[] => Array.from({ length: last - first + 1 }, (_, at) => first + at)

const keyOf = (row: number, column: string): string => `${row} ${column}`

/** Row and column -> what is there now. */
export type Changes = ReadonlyMap<string, Repair>

export function withChange(changes: Changes, repair: Repair, was: Cell): Changes {
  const next = new Map(changes)
  if (repair.value === was) next.delete(keyOf(repair.row, repair.column))
  else next.set(keyOf(repair.row, repair.column), repair)
  return next
}

export const changeOf = (changes: Changes, row: number, column: string): Repair | undefined =>
  changes.get(keyOf(row, column))

/** The rows as they would be replayed. */
export function repairedRows({ rows, columns }: RejectedRows, changes: Changes): readonly (readonly Cell[])[] {
  if (changes.size === 0) return rows
  const touched = new Set([...changes.values()].map(({ row }) => row))
  return rows.map((row, index) =>
    touched.has(index)
      ? row.map((cell, at) => {
          const change = changeOf(changes, index, columns[at]?.name ?? '')
          return change ? change.value : cell
        })
      : row,
  )
}
