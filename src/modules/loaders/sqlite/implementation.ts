import { rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import Sqlite from 'better-sqlite3'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import type { LoadModule, LoadRequest, LoadResult } from '../../kit/contract.ts'
import { KEYS_TABLE, KEYS_TABLE_COLUMNS, keyTimes } from '../../kit/files/load-keys.ts'
import { crashPoint, exists, makeFolder, writeError } from '../../kit/files/replace-target.ts'
import { checkKeys, checkTableTarget, matchColumns, oneWriter, tableExists } from '../../kit/files/table-target.ts'
import { nameKey } from '../../kit/inputs.ts'
import { joinSql, sql } from '../../kit/sql.ts'
import { type SqliteLoadConfig, sqliteLoadDescriptor } from './descriptor.ts'
import { type SqliteColumn, sqliteColumn } from './types.ts'

export const sqliteLoad: LoadModule<typeof sqliteLoadDescriptor> = {
  kind: 'load',
  descriptor: sqliteLoadDescriptor,
  target: ({ path, table, mode }) => ({ path: `${path}#${table}`, mode }),
  check: checkTableTarget,

  async committed({ config, files, key }) {
    const target = await files.output(config.path)
    if (!(await exists(target.path))) return false
    const database = open(target.path)
    try {
      const table = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(KEYS_TABLE)
      return !!table && !!database.prepare(`SELECT 1 FROM ${KEYS_TABLE} WHERE load_key = ?`).get(key)
    } catch (error) {
      throw sqliteError(target.name, error)
    } finally {
      database.close()
    }
  },

  async write(request) {
    const { config, files } = request
    await checkKeys(request)
    const target = await files.output(config.path)
    return oneWriter(target.path, async () => {
      await makeFolder(dirname(target.path))
      const isNew = !(await exists(target.path)) || (await stat(target.path)).size === 0
      let database: Sqlite.Database | undefined
      let done = false
      try {
        database = open(target.path)
        const result = await write(request, database, target.name)
        done = true
        return result
      } catch (error) {
        throw sqliteError(target.name, error)
      } finally {
        database?.close()
        if (isNew && !done)
          for (const suffix of ['', '-journal', '-wal', '-shm']) await rm(target.path + suffix, { force: true })
      }
    })
  },
}

function open(path: string): Sqlite.Database {
  const database = new Sqlite(path, { timeout: 30_000 })
  try {
    database.pragma('trusted_schema = OFF')
    database.pragma('synchronous = FULL')
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

async function write(
  request: LoadRequest<SqliteLoadConfig>,
  database: Sqlite.Database,
  name: string,
): Promise<LoadResult> {
  const { config, input, session, signal, commit } = request
  const columns = input.columns.map((column) => sqliteColumn(column, config.dates))
  const query = sql`SELECT ${joinSql(columns.map(({ value }) => value))} FROM ${input.name}`
  database.exec('BEGIN IMMEDIATE')
  try {
    const insert = database.prepare(prepareTable(database, config, columns, request))
    let rows = 0n
    for await (const batch of session.stream(query)) {
      signal.throwIfAborted()
      for (const row of batch) {
        insert.run(row.map((cell, index) => (cell === null ? null : columns[index]?.bind(cell))))
        rows++
      }
    }
    crashPoint('written')
    const result = { rows, written: [name] }
    if (commit) {
      storeKey(database, commit.key)
      await commit.intend({ kind: 'key' }, result)
      crashPoint('intended')
    }
    database.exec('COMMIT')
    crashPoint('published')
    return result
  } catch (error) {
    if (database.inTransaction) {
      database.exec('ROLLBACK')
      await commit?.withdraw()
    }
    throw error
  }
}

function storeKey(database: Sqlite.Database, key: string): void {
  const { at, forget } = keyTimes()
  database.exec(`CREATE TABLE IF NOT EXISTS ${KEYS_TABLE} (${KEYS_TABLE_COLUMNS})`)
  database.prepare(`DELETE FROM ${KEYS_TABLE} WHERE loaded_at < ?`).run(forget)
  database.prepare(`INSERT INTO ${KEYS_TABLE} VALUES (?, ?)`).run(key, at)
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Makes the table where there is none. Gives the INSERT. */
function prepareTable(
  database: Sqlite.Database,
  config: SqliteLoadConfig,
  columns: readonly SqliteColumn[],
  { input }: LoadRequest<SqliteLoadConfig>,
): string {
  const found = database
    .prepare("SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND lower(name) = lower(?)")
    .get(config.table) as { type: string; name: string } | undefined
  if (found?.type === 'view')
    throw userError('target.view', `${config.table} is a view in ${config.path}.`, { field: ['table'] })
  if (found && config.mode === 'create') throw tableExists(config.table, config.path)
  const table = quoted(found?.name ?? config.table)
  const keep = found && (config.mode === 'append' || config.mode === 'upsert')
  let names = columns.map(({ name }) => name)
  if (keep) {
    const existing = database
      .prepare(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0`)
      .pluck()
      .all(found.name) as string[]
    names = matchColumns(config.table, existing, input.columns)
    if (config.mode === 'upsert') requireUnique(database, found.name, config)
  } else {
    if (found) database.exec(`DROP TABLE ${table}`)
    const lines = columns.map(({ name, declared, strict }) => `${quoted(name)} ${config.strict ? strict : declared}`)
    if (config.key.length > 0) lines.push(`PRIMARY KEY (${config.key.map(quoted).join(', ')})`)
    database.exec(`CREATE TABLE ${table} (${lines.join(', ')})${config.strict ? ' STRICT' : ''}`)
  }
  const insert = `INSERT INTO ${table} (${names.map(quoted).join(', ')}) VALUES (${names.map(() => '?').join(', ')})`
  if (config.mode !== 'upsert') return insert
  const keys = new Set(config.key.map(nameKey))
  const changed = names.filter((name) => !keys.has(nameKey(name)))
  const action =
    changed.length === 0
      ? 'NOTHING'
      : `UPDATE SET ${changed.map((name) => `${quoted(name)} = excluded.${quoted(name)}`).join(', ')}`
  return `${insert} ON CONFLICT (${config.key.map(quoted).join(', ')}) DO ${action}`
}

function requireUnique(database: Sqlite.Database, table: string, config: SqliteLoadConfig): void {
  const wanted = config.key.map(nameKey).sort().join('\0')
  const columnsOf = (query: string, name: string) =>
    (database.prepare(query).pluck().all(name) as string[]).map(nameKey).sort().join('\0')
  if (columnsOf('SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0', table) === wanted) return
  const indexes = database
    .prepare('SELECT name FROM pragma_index_list(?) WHERE "unique" AND NOT partial')
    .pluck()
    .all(table) as string[]
  if (indexes.some((index) => columnsOf('SELECT name FROM pragma_index_info(?)', index) === wanted)) return
  throw userError(
    'key.no-index',
    `The table ${table} has no primary key or unique index over ${config.key.join(', ')}.`,
    {
      hint: 'Choose the columns of its key, or replace the table once.',
      field: ['key'],
    },
  )
}

function sqliteError(name: string, error: unknown): unknown {
  const code = error instanceof Sqlite.SqliteError ? error.code : ''
  if (error instanceof LogiDataError || code === '') return writeError(name, error)
  const said = error instanceof Error ? error.message : String(error)
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code))
    return userError('sqlite.not-a-database', `${name} exists and is no readable SQLite file. It was not changed.`, {
      field: ['path'],
      cause: error,
    })
  if (/^SQLITE_(BUSY|LOCKED)/.test(code))
    return operationalError('target.busy', `${name} is being written to by another program. It was not changed.`, {
      hint: 'Close that program, or try again.',
      cause: error,
    })
  if (/^SQLITE_FULL/.test(code)) return writeError(name, new Error('No space left', { cause: error }))
  if (/^SQLITE_(READONLY|PERM|CANTOPEN)/.test(code))
    return writeError(name, new Error('Permission denied', { cause: error }))
  return userError('sqlite.refused', `SQLite refused a row of ${name}: ${said}. Nothing was changed.`, {
    hint: 'The table has a rule (NOT NULL, UNIQUE, CHECK, a type or a trigger) that the row breaks.',
    field: ['mode'],
    cause: error,
  })
}
