import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Cell, Column } from '../../shared/engine/types.ts'
import { cellQuery } from './cells.ts'
import type { QuerySession } from './contract.ts'
import { fromDuckDbError } from './duckdb-error.ts'
import { openParquetWriter } from './parquet-writer.ts'
import type { Sql } from './sql.ts'
import { streamRows } from './stream-rows.ts'

/**
 * DuckDB 1.5 makes an aggregate of `row_number() OVER (ORDER BY …) = 1`, and so a row of NULLs of a table without rows. Every instance
 * that runs pipelines does without.
 */
export const WRONG_OPTIMIZERS = 'top_n_window_elimination'

export interface DuckDbSession extends QuerySession, AsyncDisposable {
  describe(sql: Sql): Promise<Column[]>
  readonly connection: DuckDBConnection
  close(): void
}

/** A DuckDB of its own in memory, with a `QuerySession` over it: what module tests run on. */
export async function openDuckDbSession(options: Readonly<Record<string, string>> = {}): Promise<DuckDbSession> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    ...options,
  })
  const connection = await instance.connect()
  await connection.run("SET TimeZone = 'UTC'")
  await connection.run(`SET disabled_optimizers = '${WRONG_OPTIMIZERS}'`)
  const close = () => {
    connection.closeSync()
    instance.closeSync()
  }
  return { ...sessionOver(connection), connection, close, [Symbol.asyncDispose]: async () => close() }
}

/** @param connection used by nobody else at the same time */
export function sessionOver(connection: DuckDBConnection): QuerySession & { describe(sql: Sql): Promise<Column[]> } {
  const describe = async (query: Sql): Promise<Column[]> => {
    const reader = await asking(() => connection.runAndReadAll(`DESCRIBE ${query.text}`))
    return reader.getRows().map((row) => ({ name: String(row[0]), type: String(row[1]) }))
  }
  return {
    describe,
    async query(query) {
      const columns = await describe(query)
      const reader = await asking(() => connection.runAndReadAll(cellQuery(query, columns).text))
      return { columns, rows: reader.getRows() as Cell[][] }
    },
    async execute(statement) {
      const result = await asking(() => connection.run(statement.text))
      return { rowsChanged: BigInt(result.rowsChanged) }
    },
    async *stream(query) {
      const columns = await describe(query)
      yield* streamRows(connection, query, columns, asking)
    },
    writer: (columns) => openParquetWriter(connection, columns, asking),
  }
}

async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    throw fromDuckDbError(thrown)
  }
}
