import { stat } from 'node:fs/promises'
import type Sqlite from 'better-sqlite3'
import { userError } from '../../../shared/errors.ts'
import type { CellValue, InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { canonicalType } from '../../kit/files/column-type.ts'
import { driftWarnings, reconcileColumns } from '../../kit/files/drift.ts'
import {
  checkSourceColumns,
  patternOf,
  type SourceFacts,
  sourceColumns,
  sourceFacts,
  sourceFilesOf,
} from '../../kit/files/source.ts'
import { type StagedTable, stage, stagedRelation, stateOf } from '../../kit/files/stage.ts'
import { checkDistinctNames, nameKey } from '../../kit/inputs.ts'
import { identifier, joinSql, raw, sql } from '../../kit/sql.ts'
import { type SqliteConfig, sqliteExtractDescriptor } from './descriptor.ts'
import { atFile, openSqlite, selectionOf } from './open.ts'
import { declaredType, type Reader, readerOf, type SqliteValue, stagedType } from './values.ts'

export interface SqliteFacts {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: StagedTable
  readonly rejects: StagedTable
  readonly bytes: number
  readonly source: SourceFacts
  readonly drift?: string
}

const ENDINGS = ['sqlite', 'sqlite3', 'db', 'db3']
const FILE = '__logidata_file'
const ROW = '__logidata_row'
const REJECTS = ['file', 'line', 'column', 'reason', 'raw'].map((name) => ({
  name,
  type: name === 'line' ? 'BIGINT' : 'VARCHAR',
}))
const BATCH = 2048

interface OpenFile {
  readonly file: InputFile
  readonly database: Sqlite.Database
  readonly statement: Sqlite.Statement
  readonly columns: readonly { readonly name: string; readonly type: string | undefined }[]
}

export const sqliteExtract: RelationModule<typeof sqliteExtractDescriptor, SqliteFacts> = {
  kind: 'relation',
  descriptor: sqliteExtractDescriptor,
  // Changes that another program has not merged yet are in a file of their own.
  sources: ({ path }) => (/[*?[\]{}]|\/$/.test(path) ? [patternOf(path, ENDINGS)] : [`${path}{,-wal}`]),
  prepare,

  compile({ config, facts }) {
    const columns = facts.columns.map(({ name, type }) =>
      stagedType(type) === type
        ? identifier(name)
        : sql`CAST(${identifier(name)} AS ${raw(type)}) AS ${identifier(name)}`,
    )
    columns.push(...sourceColumns(config, facts.source, identifier(FILE), identifier(ROW)))
    return {
      out: sql`SELECT ${joinSql(columns)} FROM ${stagedRelation(facts.rows)}`,
      reject: sql`SELECT * FROM ${stagedRelation(facts.rejects)}`,
    }
  },

  detect: async (request) => {
    const { columns } = await prepare(request)
    return { ...request.config, types: Object.fromEntries(columns.map(({ name, type }) => [name, type])) }
  },
  warnings: (facts, config) => driftWarnings(facts.drift, config.when_columns_differ),
  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows.rows }),
}

async function prepare(request: PrepareRequest<SqliteConfig>): Promise<SqliteFacts> {
  const { config } = request
  const found = await sourceFilesOf(config, request, ENDINGS)
  const logs = await Promise.all(found.map((file) => stat(`${file.path}-wal`).catch(() => undefined)))
  const key = [2, stateOf(found), logs.map((log) => [log?.size, log?.mtimeMs]), config]
  const { facts, tables } = await stage(request, 'sqlite', key, async (table) => {
    const opened: OpenFile[] = []
    try {
      for (const file of found) opened.push(await openFile(file, config))
      const files = opened.map(({ file, columns }) => ({ name: file.name, columns: columns.map(({ name }) => name) }))
      const { columns: names, drift } = reconcileColumns(files, config.when_columns_differ)
      const columns = names.map((name) => ({ name, type: typeOf(name, opened, config) }))
      checkTypes(columns, config)
      const source = sourceFacts(config, found)
      checkSourceColumns(config, source, names)
      const own = [
        { name: FILE, type: 'VARCHAR' },
        { name: ROW, type: 'BIGINT' },
      ]
      const rows = await table('rows', [...columns.map(({ name, type }) => ({ name, type: stagedType(type) })), ...own])
      const rejects = await table('rejects', REJECTS)
      for (const file of opened) {
        for (const batch of batches(file, columns, config)) {
          await rows.write(batch.good)
          await rejects.write(batch.bad)
        }
      }
      const bytes = found.reduce((sum, file) => sum + file.bytes, 0)
      return { columns, bytes, source, ...(drift ? { drift } : {}) }
    } finally {
      for (const { database } of opened) database.close()
    }
  })
  const { rows, rejects } = tables
  if (!rows || !rejects) throw new TypeError('rows and rejects are staged together')
  return { ...facts, rows, rejects }
}

async function openFile(file: InputFile, config: SqliteConfig): Promise<OpenFile> {
  const database = await openSqlite(file)
  try {
    const statement = selectionOf(database, file, config)
    const columns = statement.columns().map(({ name, type }) => ({ name, type: declaredType(type, config.dates) }))
    checkDistinctNames(columns, `The result of ${file.name}`, config.query === undefined ? ['table'] : ['query'])
    // Of several undeclared columns, all are looked at in one pass.
    const open = columns.filter(({ name, type }) => type === undefined && config.types?.[name] === undefined)
    const detected = open.length === 0 ? [] : detectTypes(file, statement.source, database, open)
    const types = new Map(open.map(({ name }, index) => [name, detected[index] ?? 'VARCHAR']))
    return {
      file,
      database,
      statement,
      columns: columns.map(({ name, type }) => ({ name, type: type ?? types.get(name) })),
    }
  } catch (error) {
    database.close()
    throw error
  }
}

function detectTypes(
  file: InputFile,
  source: string,
  database: Sqlite.Database,
  columns: readonly { readonly name: string }[],
): string[] {
  const wanted = columns.flatMap(({ name }) => {
    const column = `"${name.replaceAll('"', '""')}"`
    return ['integer', 'real', 'text', 'blob'].map((type) => `max(typeof(${column}) = '${type}')`)
  })
  const query = `SELECT ${wanted.join(', ')} FROM (${source.trim().replace(/;$/, '')}\n)`
  const flags = atFile(file, () => database.prepare(query).raw(true).get()) as unknown[]
  return columns.map((_, index) => {
    const [integer, real, text, blob] = flags.slice(index * 4, index * 4 + 4).map((flag) => flag === 1n || flag === 1)
    if (blob && !integer && !real && !text) return 'BLOB'
    if (integer && !real && !text && !blob) return 'BIGINT'
    return real && !text && !blob ? 'DOUBLE' : 'VARCHAR'
  })
}

/** The first file that declares or shows a type decides, text where they disagree. */
function typeOf(name: string, files: readonly OpenFile[], config: SqliteConfig): string {
  const given = config.types?.[name]
  if (given !== undefined) return canonicalType(given)
  const types = new Set(
    files.flatMap(({ columns }) => {
      const found = columns.find((column) => nameKey(column.name) === nameKey(name))
      return found?.type === undefined ? [] : [found.type]
    }),
  )
  const [type] = types
  if (types.size === 1 && type !== undefined) return type
  return types.size === 2 && types.has('BIGINT') && types.has('DOUBLE') ? 'DOUBLE' : 'VARCHAR'
}

function checkTypes(columns: SqliteFacts['columns'], config: SqliteConfig): void {
  for (const name of Object.keys(config.types ?? {})) {
    if (columns.some((column) => column.name === name)) continue
    throw userError('column.missing', `There is no column ${name} to set the type of.`, {
      hint: `The columns are ${columns.map((column) => column.name).join(', ')}.`,
      field: ['types', name],
    })
  }
  for (const { name, type } of columns) {
    if (readerOf(type, config.dates)) continue
    throw userError('sqlite.type', `Values of SQLite are not read as ${type}.`, {
      hint: 'Choose BOOLEAN, an integer from TINYINT to HUGEINT, DOUBLE, DECIMAL, VARCHAR, BLOB, DATE, TIME, TIMESTAMP, UUID or INTERVAL; cast to others in a later step.',
      field: ['types', name],
    })
  }
}

function* batches(
  { file, statement, columns }: OpenFile,
  wanted: SqliteFacts['columns'],
  config: SqliteConfig,
): Generator<{ good: CellValue[][]; bad: CellValue[][] }> {
  const places = wanted.map(({ name, type }) => ({
    name,
    type,
    at: columns.findIndex((column) => nameKey(column.name) === nameKey(name)),
    read: readerOf(type, config.dates) as Reader,
  }))
  let good: CellValue[][] = []
  let bad: CellValue[][] = []
  let number = 0n
  const rows = atFile(file, () => statement.raw(true).iterate()) as IterableIterator<SqliteValue[]>
  try {
    for (;;) {
      const next = atFile(file, () => rows.next())
      if (next.done) break
      number++
      const row: CellValue[] = []
      const reasons: { column: string; reason: string }[] = []
      for (const { name, type, at, read } of places) {
        const value = next.value[at] ?? null
        const cell = value === null ? null : read(value)
        if (cell === undefined && config.on_bad_value !== 'null')
          reasons.push({ column: name, reason: `${name}: ${shown(value)} is not exactly a ${type}` })
        row.push(cell ?? null)
      }
      const [first] = reasons
      if (first === undefined) good.push([...row, file.name, number])
      else if (config.on_bad_value === 'fail')
        throw userError('sqlite.bad-value', `${file.name}, row ${number}, column ${first.reason}.`, {
          hint: 'Let such rows go to the port "reject", such values become NULL, or give the column another type (VARCHAR takes all but BLOB).',
          field: ['on_bad_value'],
        })
      else {
        const raw = JSON.stringify(Object.fromEntries(columns.map(({ name }, at) => [name, plain(next.value[at])])))
        bad.push([file.name, number, first.column, reasons.map(({ reason }) => reason).join('; '), raw])
      }
      if (good.length + bad.length < BATCH) continue
      yield { good, bad }
      good = []
      bad = []
    }
    yield { good, bad }
  } finally {
    rows.return?.()
  }
}

const plain = (value: SqliteValue | undefined): unknown => {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Uint8Array ? `\\x${Buffer.from(value).toString('hex')}` : value
}

function shown(value: SqliteValue): string {
  const text = String(plain(value))
  return `"${text.length > 100 ? `${text.slice(0, 100)}…` : text}"`
}
