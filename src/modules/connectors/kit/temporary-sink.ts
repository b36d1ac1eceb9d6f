import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Cell, Column } from '../../../shared/engine/types.ts'
import { cancelledError } from '../../../shared/errors.ts'
import type { RowSink } from '../../kit/contract.ts'
import { sessionOver } from '../../kit/duckdb-session.ts'
import { joinSql, raw, type Sql, sql } from '../../kit/sql.ts'

export interface TemporarySink extends RowSink {
  /** Absolute folder; the sink's files are in it. */
  readonly root: string
  /** SELECTs that have not ended. */
  readonly running: number
  /** How many there are. */
  files(): number
  /** What is in the folder besides Parquet files. */
  leftovers(): string[]
  /** What was copied, in its order, as exact text. */
  rows(select?: (from: Sql) => Sql): Promise<{ readonly columns: Column[]; readonly rows: Cell[][] }>
  close(): void
}

/** For sources that need none. */
export const noSession = (): Promise<never> => Promise.reject(new TypeError('there is no session'))

/** A sink as the engine's, of its own folder and DuckDB, for tests of connectors: only `copy` takes rows. */
export async function temporarySink(
  columns: readonly Column[],
  signal: AbortSignal = new AbortController().signal,
): Promise<TemporarySink> {
  const root = mkdtempSync(join(tmpdir(), 'logidata-sink-'))
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const names = joinSql(columns.map((_, index) => raw(`c${index}`)))
  let files = 0
  let running = 0
  const connect = async () => {
    const connection = await instance.connect()
    await connection.run("SET TimeZone = 'UTC'; SET autoinstall_known_extensions = false")
    return connection
  }
  const none = () => Promise.reject(new TypeError('this sink only copies'))
  return {
    root,
    write: none,
    reject: none,
    get running() {
      return running
    },
    files: () => readdirSync(root).filter((name) => name.endsWith('.parquet')).length,
    leftovers: () => readdirSync(root).filter((name) => !name.endsWith('.parquet')),
    temporary: (ending) => join(root, `part-${files++}${ending}`),
    parquet: (write) => write(join(root, `out-${String(files++).padStart(6, '0')}.parquet`)),
    async copy(select) {
      if (signal.aborted) throw cancelledError()
      const path = join(root, `out-${String(files++).padStart(6, '0')}.parquet`)
      const connection = await connect()
      const interrupt = () => connection.interrupt()
      signal.addEventListener('abort', interrupt)
      running++
      try {
        const statement = sql`COPY (SELECT * FROM (${select}) AS k(${names})) TO ${path} (FORMAT parquet)`
        return (await sessionOver(connection).execute(statement)).rowsChanged
      } catch (thrown) {
        rmSync(path, { force: true })
        throw thrown
      } finally {
        running--
        signal.removeEventListener('abort', interrupt)
        connection.closeSync()
      }
    },
    async rows(select = (from) => sql`SELECT * FROM ${from}`) {
      const paths = readdirSync(root).filter((name) => name.endsWith('.parquet'))
      const connection = await connect()
      try {
        const list = joinSql(paths.sort().map((path) => sql`${join(root, basename(path))}`))
        return await sessionOver(connection).query(select(sql`read_parquet([${list}])`))
      } finally {
        connection.closeSync()
      }
    },
    close() {
      instance.closeSync()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
