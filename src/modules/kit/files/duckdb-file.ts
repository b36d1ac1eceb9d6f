import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../sql.ts'

/** A database file of somebody, in a DuckDB of its own that reaches that file and the ones named, and nothing else. */
export interface DuckDbFile {
  run(statement: Sql): Promise<void>
  rows(query: Sql): Promise<unknown[][]>
  describe(query: Sql): Promise<Column[]>
  interrupt(): void
  close(): void
}

/** What DuckDB keeps beside a file while it writes or recovers it. */
export const LOGS = ['.wal', '.wal.checkpoint', '.wal.recovery']

/**
 * Views and macros of the file cannot reach outside: external access is off but for `others`, and the configuration locked. Unqualified
 * names mean the file's tables.
 */
export async function openDuckDbFile(path: string, readOnly: boolean, others: readonly string[]): Promise<DuckDbFile> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  let connection: DuckDBConnection | undefined
  try {
    const opened = await instance.connect()
    connection = opened
    const allowed = [path, ...LOGS.map((suffix) => path + suffix), ...others].map((each) => literal(each))
    for (const statement of [
      sql`SET TimeZone = 'UTC'`,
      sql`SET autoinstall_known_extensions = false`,
      sql`SET autoload_known_extensions = false`,
      sql`SET allow_community_extensions = false`,
      sql`SET allow_persistent_secrets = false`,
      sql`SET allowed_paths = [${joinSql(allowed)}]`,
      sql`SET enable_external_access = false`,
      sql`ATTACH ${literal(path)} AS ${identifier('file')} (${raw(readOnly ? 'READ_ONLY, ' : '')}TYPE duckdb)`,
      sql`USE ${identifier('file')}`,
      sql`SET lock_configuration = true`,
    ])
      await opened.run(statement.text)
    return {
      run: async (statement) => {
        await opened.run(statement.text)
      },
      rows: async (query) => (await opened.runAndReadAll(query.text)).getRowsJS() as unknown[][],
      describe: async (query) =>
        (await opened.runAndReadAll(`DESCRIBE ${query.text}`))
          .getRowsJS()
          .map((row) => ({ name: String(row[0]), type: String(row[1]) })),
      interrupt: () => opened.interrupt(),
      close() {
        opened.closeSync()
        instance.closeSync()
      },
    }
  } catch (error) {
    connection?.closeSync()
    instance.closeSync()
    throw error
  }
}

/** Parquet would change these; as text they travel whole. */
const AS_TEXT = /^(U?HUGEINT|BIGNUM|INTERVAL|TIME WITH TIME ZONE|TIME_NS|BIT)$/
const NO_PLACE = /\b(U?HUGEINT|BIGNUM|INTERVAL|TIME WITH TIME ZONE|TIME_NS|BIT|UNION|GEOMETRY|VARIANT)\b/

/** Columns as they travel in a Parquet file. @throws LogiDataError `duckdb.type` */
export function packed(columns: readonly Column[]): Sql {
  return joinSql(
    columns.map(({ name, type }) => {
      const column = identifier(name)
      if (AS_TEXT.test(type)) return sql`CAST(${column} AS VARCHAR) AS ${column}`
      if (NO_PLACE.test(type.replace(/"(?:[^"]|"")*"/g, '')))
        throw userError('duckdb.type', `Column ${name} of type ${type} cannot be carried over exactly.`, {
          hint: 'Cast it to VARCHAR or JSON.',
          field: ['table'],
        })
      return column
    }),
  )
}

/** And back. */
export function unpackedType(type: string): Sql | undefined {
  const plain = /^[A-Z_]+( WITH TIME ZONE)?(\(\d+(,\d+)?\))?$/.test(type) && !type.startsWith('ENUM')
  return plain ? raw(type) : undefined
}
