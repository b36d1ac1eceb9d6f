import type { DuckDBConnection } from '@duckdb/node-api'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { operationalError } from '../../shared/errors.ts'
import { cellQuery } from './cells.ts'
import { joinSql, raw, type Sql, sql } from './sql.ts'

/** Does one piece of DuckDB's work: can be interrupted, and throws in our words. */
export type Asking = <T>(work: () => Promise<T>, text: string) => Promise<T>

/**
 * The cells of a query, chunk by chunk. DuckDB computes a little ahead and then waits until more is asked for.
 *
 * When a row fails after the first few thousand, node-api 1.5 ends the stream as if that were all (24,576 of 90,000 rows, no error). So a
 * last row of ours is added: where it does not come, the rest is computed once more in a way that says what is wrong.
 * @param connection used by nobody else until the stream has ended
 */
export async function* streamRows(
  connection: DuckDBConnection,
  query: Sql,
  columns: readonly Column[],
  asking: Asking,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const cells = cellQuery(query, columns).text
  const nulls = joinSql(columns.map(() => raw('NULL')))
  const text = `SELECT *, NULL FROM (${cells}) UNION ALL SELECT ${nulls.text}, 'end'`
  const result = await asking(() => connection.stream(text), text)
  for (;;) {
    const chunk = await asking(() => result.fetchChunk(), text)
    if (!chunk || chunk.rowCount === 0) break
    const values = chunk.getColumns() as Cell[][]
    const ended = values[columns.length]?.[chunk.rowCount - 1] === 'end'
    const rows: Cell[][] = []
    for (let row = 0; row < chunk.rowCount - (ended ? 1 : 0); row++) {
      const cellsOfRow: Cell[] = []
      for (let column = 0; column < columns.length; column++) cellsOfRow.push(values[column]?.[row] ?? null)
      rows.push(cellsOfRow)
    }
    if (rows.length > 0) yield rows
    if (ended) {
      // Ends the query: what was measured in it is written then.
      await asking(() => result.fetchChunk(), text)
      return
    }
  }
  const names = joinSql(columns.map((_, index) => raw(`c${index}`)))
  const again = sql`SELECT max(hash(${names})) FROM (${raw(cells)}) AS t(${names})`.text
  await asking(() => connection.run(again), again)
  throw operationalError('query.failed', 'The rows stopped coming before the last one.', { hint: 'Run it again.' })
}
