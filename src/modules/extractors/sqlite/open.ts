import { open } from 'node:fs/promises'
import Sqlite from 'better-sqlite3'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import type { SqliteConfig } from './descriptor.ts'

const MAGIC = 'SQLite format 3\0'

/** A file from anybody, opened so that it is only read: no extension, no other file, no function that does something. */
export async function openSqlite(file: InputFile): Promise<Sqlite.Database> {
  const handle = await open(file.path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    if (bytesRead < 16 || buffer.toString('latin1') !== MAGIC) throw noDatabase(file)
  } finally {
    await handle.close()
  }
  return atFile(file, () => {
    const database = new Sqlite(file.path, { readonly: true, fileMustExist: true, timeout: 5000 })
    try {
      database.pragma('trusted_schema = OFF')
      database.pragma('cell_size_check = ON')
      database.pragma('query_only = ON')
      database.defaultSafeIntegers(true)
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      return database
    } catch (error) {
      database.close()
      throw error
    }
  })
}

/** The SELECT that the config asks for, ready to run. @throws LogiDataError `sqlite.…` */
export function selectionOf(database: Sqlite.Database, file: InputFile, config: SqliteConfig): Sqlite.Statement {
  if (config.table !== undefined && config.query !== undefined)
    throw userError('sqlite.table-and-query', 'Give a table or a query, not both.', { field: ['query'] })
  if (config.query !== undefined) return queryOf(database, file, config.query)
  const names = database
    .prepare(
      "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    )
    .pluck()
    .all() as string[]
  const table = config.table === undefined ? only(names, file) : found(names, config.table, file)
  return atFile(file, () => database.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`))
}

function only(names: readonly string[], file: InputFile): string {
  const [one, another] = names
  if (one !== undefined && another === undefined) return one
  throw userError('sqlite.which-table', `${file.name} holds ${names.length} tables and views: choose one.`, {
    ...(names.length > 0 ? { hint: `There are ${names.slice(0, 30).join(', ')}.` } : {}),
    field: ['table'],
  })
}

function found(names: readonly string[], wanted: string, file: InputFile): string {
  const name =
    names.find((each) => each === wanted) ?? names.find((each) => each.toLowerCase() === wanted.toLowerCase())
  if (name !== undefined) return name
  throw userError('sqlite.no-table', `There is no table or view ${wanted} in ${file.name}.`, {
    hint: didYouMean(wanted, names).hint ?? `There are ${names.slice(0, 30).join(', ')}.`,
    field: ['table'],
  })
}

function queryOf(database: Sqlite.Database, file: InputFile, query: string): Sqlite.Statement {
  const bare = query.replace(/^(\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*/, '')
  if (!/^(select|with|values)\b/i.test(bare))
    throw userError('sqlite.query', 'A query that reads starts with SELECT, WITH or VALUES.', { field: ['query'] })
  try {
    const statement = database.prepare(query)
    if (statement.reader && statement.readonly) return statement
  } catch (error) {
    if (/malformed|not a database|corrupt/i.test(String(error))) throw damaged(file, error)
    throw userError('sqlite.query', `SQLite says of the query: ${error instanceof Error ? error.message : error}.`, {
      field: ['query'],
      cause: error,
    })
  }
  throw userError('sqlite.query', 'The query would change the file; it may only read.', { field: ['query'] })
}

/** Runs `work`; what SQLite throws names the file. */
export function atFile<T>(file: InputFile, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof LogiDataError) throw error
    throw damaged(file, error)
  }
}

const noDatabase = (file: InputFile) =>
  userError('sqlite.not-a-database', `${file.name} is no SQLite file, or it is encrypted.`, {
    hint: 'Check the path; an encrypted file has to be decrypted first.',
    field: ['path'],
  })

const damaged = (file: InputFile, cause: unknown) =>
  userError('sqlite.unreadable', `${file.name} cannot be read: ${cause instanceof Error ? cause.message : cause}.`, {
    hint: 'If the file is complete, it may be in use: try again, or repair it with SQLite’s own “.recover”.',
    field: ['path'],
    cause,
  })
