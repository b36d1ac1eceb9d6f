import type { Mode } from '../../faults/targets/target.ts'

interface Row {
  readonly id: number
  readonly part: number
  readonly name: string
  readonly over?: boolean
}

const OLD: readonly Row[] = [
  ...Array.from({ length: 10 }, (_, i) => ({ id: i * 3, part: (i * 3) % 4, name: `old${i * 3}` })),
  // Of a key and a part that no new row has.
  { id: 900, part: 9, name: 'gone' },
]
const NEW: readonly Row[] = Array.from({ length: 20 }, (_, id) => ({
  id,
  part: id % 4,
  name: `${id < 10 ? 'new' : 'old'}${id}`,
}))
/** `merge` of tables deletes the keys of these. */
const isGone = ({ id }: Row) => id % 10 === 0

/** Both as the query that a pipeline loads. */
export function queryOf(which: 'old' | 'new', mode: Mode): string {
  const rows = (which === 'old' ? OLD : NEW).map((row) =>
    [row.id, row.part, `'${row.name}'`, which === 'new' && isGone(row)].join(', '),
  )
  const columns = mode.says === 'gone' ? '*' : '* EXCLUDE (gone)'
  return `SELECT ${columns} FROM (VALUES ${rows.map((row) => `(${row})`).join(', ')}) t(id, part, name, gone)`
}

/** What a mode does, row by row. Lines are `id|name|over`. */
export function referenceOf(mode: Mode): string[] {
  const lines = (rows: readonly Row[]) => rows.map(({ id, name, over }) => `${id}|${name}|${over ? 1 : 0}`).sort()
  const fresh = (row: Row) => NEW.find(({ id }) => id === row.id)
  const others = OLD.filter((row) => !fresh(row))
  const elsewhere = OLD.filter(({ part }) => !NEW.some((row) => row.part === part))
  if (mode.isNew) return lines(NEW)
  switch (String(mode.config.mode)) {
    case 'append':
      return lines([...OLD, ...NEW])
    case 'delete_insert':
    case 'overwrite_partitions':
      return lines([...elsewhere, ...NEW])
    case 'upsert':
      return lines([...others, ...NEW])
    case 'merge':
      // Rows say that they are gone, or what is in no row is.
      return lines(mode.says === 'gone' ? [...others, ...NEW.filter((row) => !isGone(row))] : NEW)
    case 'soft_delete':
      return lines([...others.map((row) => ({ ...row, over: true })), ...NEW])
    case 'history': {
      const ended = OLD.filter((row) => fresh(row)?.name !== row.name)
      return lines([...ended.map((row) => ({ ...row, over: true })), ...NEW])
    }
    default:
      return lines(NEW)
  }
}

/** The same of what a target holds: of a table, or of the CSV files of a folder. */
export function plainLine(line: string): string {
  const cells = line.split('|')
  if (cells.length === 4) return `${cells[0]}|${cells[2]}|${cells[3]}`
  const values = (cells[1] ?? '').split(',')
  return `${values[0]}|${values.at(-1)}|0`
}
