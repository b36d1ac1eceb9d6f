import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import type { LoadModule, LoadRequest } from '../../kit/contract.ts'
import { type DuckDbFile, LOGS, openDuckDbFile, packed, unpackedType } from '../../kit/files/duckdb-file.ts'
import { fileList } from '../../kit/files/input-files.ts'
import { KEYS_TABLE, KEYS_TABLE_COLUMNS, keyTimes } from '../../kit/files/load-keys.ts'
import { crashPoint, exists, makeFolder, writeError } from '../../kit/files/replace-target.ts'
import { checkKeys, checkTableTarget, matchColumns, oneWriter, tableExists } from '../../kit/files/table-target.ts'
import { removeTemporary, temporaryPath } from '../../kit/files/temporary-names.ts'
import { nameKey } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type DuckdbLoadConfig, duckdbLoadDescriptor } from './descriptor.ts'

export const duckdbLoad: LoadModule<typeof duckdbLoadDescriptor> = {
  kind: 'load',
  descriptor: duckdbLoadDescriptor,
  target: ({ path, table, mode }) => ({ path: `${path}#${table}`, mode }),
  check(config, columns) {
    checkTableTarget(config, columns)
    packed(columns)
  },

  async committed({ config, files, key }) {
    const target = await files.output(config.path)
    if (!(await exists(target.path))) return false
    let database: DuckDbFile | undefined
    try {
      // Not read-only: a log that a crash left is to be taken in.
      database = await openDuckDbFile(target.path, false, [])
      const tables = await database.rows(
        sql`SELECT 1 FROM duckdb_tables() WHERE database_name = 'file' AND schema_name = 'main' AND table_name = ${KEYS_TABLE}`,
      )
      if (tables.length === 0) return false
      return (await database.rows(sql`SELECT 1 FROM ${KEYS} WHERE load_key = ${key}`)).length > 0
    } catch (error) {
      throw loadError(target.name, target.path, error)
    } finally {
      database?.close()
    }
  },

  async write(request) {
    const { config, input, session, files, signal, commit } = request
    await checkKeys(request)
    const target = await files.output(config.path)
    return oneWriter(target.path, async () => {
      await makeFolder(dirname(target.path))
      const isNew = !(await exists(target.path))
      // The two databases have nothing in common but files.
      const carrier = temporaryPath(join(files.staging, `duckdb-${randomUUID()}`), 'part')
      let database: DuckDbFile | undefined
      let done = false
      const stop = () => database?.interrupt()
      try {
        const rows = (
          await session.execute(
            sql`COPY (SELECT ${packed(input.columns)} FROM ${input.name}) TO ${carrier} (FORMAT parquet, COMPRESSION zstd)`,
          )
        ).rowsChanged
        signal.throwIfAborted()
        database = await openDuckDbFile(target.path, false, [carrier])
        signal.addEventListener('abort', stop)
        await database.run(sql`BEGIN`)
        await writeTable(database, request, carrier)
        crashPoint('written')
        const result = { rows, written: [target.name] }
        if (commit) {
          await storeKey(database, commit.key)
          await commit.intend({ kind: 'key' }, result)
          crashPoint('intended')
        }
        await database.run(sql`COMMIT`)
        done = true
        crashPoint('published')
        // So that the one file is all there is; what is committed is safe without it.
        await database.run(sql`CHECKPOINT`).catch(() => undefined)
        return result
      } catch (error) {
        // Not known to have failed once COMMIT was asked for: `committed` will tell.
        signal.throwIfAborted()
        throw loadError(target.name, target.path, error)
      } finally {
        signal.removeEventListener('abort', stop)
        database?.close()
        await removeTemporary(carrier)
        if (isNew && !done) for (const suffix of ['', ...LOGS]) await rm(target.path + suffix, { force: true })
      }
    })
  },
}

const KEYS = sql`${identifier('file')}.main.${identifier(KEYS_TABLE)}`

async function storeKey(database: DuckDbFile, key: string): Promise<void> {
  const { at, forget } = keyTimes()
  await database.run(sql`CREATE TABLE IF NOT EXISTS ${KEYS} (${raw(KEYS_TABLE_COLUMNS)})`)
  await database.run(sql`DELETE FROM ${KEYS} WHERE loaded_at < CAST(${forget} AS TIMESTAMP)`)
  await database.run(sql`INSERT INTO ${KEYS} VALUES (${key}, CAST(${at} AS TIMESTAMP))`)
}

async function writeTable(
  database: DuckDbFile,
  { config, input }: LoadRequest<DuckdbLoadConfig>,
  carrier: string,
): Promise<void> {
  const columns = input.columns.map(({ name, type }) => {
    const back = unpackedType(type)
    return back ? sql`CAST(${identifier(name)} AS ${back}) AS ${identifier(name)}` : identifier(name)
  })
  const rows = sql`SELECT ${joinSql(columns)} FROM read_parquet(${fileList([{ path: carrier }])})`
  const found = await database.rows(
    sql`SELECT table_name, table_type FROM information_schema.tables WHERE table_catalog = 'file' AND table_schema = 'main' AND lower(table_name) = lower(${config.table})`,
  )
  const [existing] = found
  if (existing && existing[1] !== 'BASE TABLE')
    throw userError('target.view', `${config.table} is a view in ${config.path}.`, { field: ['table'] })
  if (existing && config.mode === 'create') throw tableExists(config.table, config.path)
  const table = sql`${identifier('file')}.main.${identifier(existing ? String(existing[0]) : config.table)}`
  if (!existing || config.mode === 'replace') {
    await create(database, table, rows, config, existing !== undefined)
    return
  }
  const names = await database.rows(
    sql`SELECT column_name FROM duckdb_columns() WHERE database_name = 'file' AND schema_name = 'main' AND table_name = ${String(existing[0])} ORDER BY column_index`,
  )
  const matched = matchColumns(
    config.table,
    names.map(([name]) => String(name)),
    input.columns,
  )
  if (config.mode === 'append') {
    await database.run(sql`INSERT INTO ${table} (${joinSql(matched.map(identifier))}) ${rows}`)
    return
  }
  const keys = new Set(config.key.map(nameKey))
  const on = matched
    .filter((name) => keys.has(nameKey(name)))
    .map((name) => sql`t.${identifier(name)} = s.${identifier(name)}`)
  const changed = matched.filter((name) => !keys.has(nameKey(name)))
  const update =
    changed.length === 0
      ? sql`DO NOTHING`
      : sql`UPDATE SET ${joinSql(changed.map((name) => sql`${identifier(name)} = s.${identifier(name)}`))}`
  const values = joinSql(matched.map((name) => sql`s.${identifier(name)}`))
  await database.run(
    sql`MERGE INTO ${table} AS t USING (${rows}) AS s ON (${joinSql(on, ' AND ')}) WHEN MATCHED THEN ${update} WHEN NOT MATCHED THEN INSERT (${joinSql(matched.map(identifier))}) VALUES (${values})`,
  )
}

async function create(
  database: DuckDbFile,
  table: Sql,
  rows: Sql,
  config: DuckdbLoadConfig,
  replaces: boolean,
): Promise<void> {
  if (replaces) await database.run(sql`DROP TABLE ${table}`)
  if (config.key.length === 0) {
    await database.run(sql`CREATE TABLE ${table} AS ${rows}`)
    return
  }
  const columns = await database.describe(rows)
  const lines = columns.map(({ name, type }) => sql`${identifier(name)} ${raw(type)}`)
  lines.push(sql`PRIMARY KEY (${joinSql(config.key.map(identifier))})`)
  await database.run(sql`CREATE TABLE ${table} (${joinSql(lines)})`)
  await database.run(sql`INSERT INTO ${table} ${rows}`)
}

function loadError(name: string, path: string, error: unknown): unknown {
  if (error instanceof LogiDataError) return error
  const said = error instanceof Error ? (error.message.split('\n')[0] ?? '').replaceAll(path, name) : String(error)
  if (/Could not set lock|Conflicting lock|Unique file handle conflict/.test(said))
    return operationalError('target.busy', `${name} is open in another program. It was not changed.`, {
      hint: 'Close that program, or try again.',
      cause: error,
    })
  if (/not a valid DuckDB database|Corrupt|Serialization Error|newer version/i.test(said))
    return userError(
      'duckdb.not-a-database',
      `${name} exists and is no DuckDB file that can be read. It was not changed.`,
      {
        field: ['path'],
        cause: error,
      },
    )
  if (/^(Constraint|Conversion) Error/.test(said))
    return userError('duckdb.refused', `DuckDB refused a row of ${name}: ${said}. Nothing was changed.`, {
      hint: 'The table has a rule or a type that the row breaks.',
      field: ['mode'],
      cause: error,
    })
  return writeError(name, error)
}
