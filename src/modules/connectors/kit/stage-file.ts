import { rm } from 'node:fs/promises'
import type { RowSink } from '../../kit/contract.ts'
import { joinSql, raw, type Sql, sql } from '../../kit/sql.ts'

/**
 * Gives a sink a Parquet file that is written as rows come: as it is, or by a SELECT where some columns are still to become what they are.
 * @param write writes the file at a path, with columns `c0`, `c1`, …, and gives its rows
 * @param values what becomes of each column; undefined: it is what it is to be
 */
export async function stageFile(
  sink: RowSink,
  write: (path: string) => Promise<bigint>,
  values: readonly (((cell: Sql) => Sql) | undefined)[],
): Promise<void> {
  if (values.every((value) => value === undefined)) {
    await sink.parquet(write)
    return
  }
  const path = sink.temporary('.parquet')
  try {
    await write(path)
    const cells = values.map((value, index) => {
      const cell = raw(`c${index}`)
      return value ? value(cell) : cell
    })
    await sink.copy(sql`SELECT ${joinSql(cells)} FROM read_parquet(${path})`)
  } finally {
    await rm(path, { force: true })
  }
}
