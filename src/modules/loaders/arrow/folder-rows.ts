import type { Cell, Column } from '../../../shared/engine/types.ts'
import type { LoadRequest } from '../../kit/contract.ts'
import { hiveFolder } from '../../kit/files/hive.ts'
import { freeName } from '../../kit/inputs.ts'
import { identifier, joinSql, sql } from '../../kit/sql.ts'
import type { ArrowLoadConfig } from './descriptor.ts'

type Batch = readonly (readonly Cell[])[]

/** The rows of one folder, which have to be taken before the next folder is. */
interface FolderRows {
  /** Below the target: `year=2024/month=1`, or nothing. */
  readonly name: string
  readonly rows: AsyncIterable<Batch>
}

/** All rows, folder by folder, and in the order of the input within each: what comes is sorted by DuckDB, which spills. */
export async function* folderRows(
  { config: { partition_by: keys }, input, session }: LoadRequest<ArrowLoadConfig>,
  columns: readonly Column[],
): AsyncGenerator<FolderRows> {
  if (keys.length === 0) {
    yield { name: '', rows: session.stream(sql`SELECT * FROM ${input.name}`) }
    return
  }
  const place = identifier(freeName('place', input.columns))
  const texts = keys.map((key) => sql`CAST(${identifier(key)} AS VARCHAR)`)
  const selected = joinSql([...columns.map(({ name }) => identifier(name)), ...texts])
  const order = joinSql([...texts, place])
  const query = sql`SELECT ${selected} FROM (SELECT *, row_number() OVER () AS ${place} FROM ${input.name}) ORDER BY ${order}`
  const batches = session.stream(query)[Symbol.asyncIterator]()
  // What was read of the stream and belongs to the next folder.
  let held: Batch = []
  const nameOf = (row: readonly Cell[]) =>
    keys.map((key, index) => hiveFolder(key, row[columns.length + index] ?? null)).join('/')
  async function next(): Promise<boolean> {
    while (held.length === 0) {
      const { done, value } = await batches.next()
      if (done) return false
      held = value
    }
    return true
  }
  async function* rowsOf(name: string): AsyncGenerator<Batch> {
    while (await next()) {
      const other = held.findIndex((row) => nameOf(row) !== name)
      const mine = other === -1 ? held : held.slice(0, other)
      held = other === -1 ? [] : held.slice(other)
      if (mine.length > 0) yield mine.map((row) => row.slice(0, columns.length))
      if (held.length > 0) return
    }
  }
  try {
    while (await next()) {
      const name = nameOf(held[0] ?? [])
      yield { name, rows: rowsOf(name) }
    }
  } finally {
    await batches.return?.()
  }
}
