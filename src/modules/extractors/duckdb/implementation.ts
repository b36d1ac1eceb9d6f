import { createHash } from 'node:crypto'
import { readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Column } from '../../../shared/engine/types.ts'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { didYouMean } from '../../kit/did-you-mean.ts'
import { query } from '../../kit/expression.ts'
import { markUsed } from '../../kit/files/clean-project.ts'
import { driftWarnings, reconcileColumns } from '../../kit/files/drift.ts'
import { type DuckDbFile, openDuckDbFile, packed, unpackedType } from '../../kit/files/duckdb-file.ts'
import { fileList } from '../../kit/files/input-files.ts'
import { exists } from '../../kit/files/replace-target.ts'
import {
  checkSourceColumns,
  patternOf,
  type SourceFacts,
  sourceColumns,
  sourceFacts,
  sourceFilesOf,
} from '../../kit/files/source.ts'
import { removeTemporary, temporaryPath } from '../../kit/files/temporary-names.ts'
import { nameKey } from '../../kit/inputs.ts'
import { identifier, joinSql, type Sql, sql } from '../../kit/sql.ts'
import { type DuckdbConfig, duckdbExtractDescriptor } from './descriptor.ts'

interface StagedFile {
  readonly name: string
  readonly path: string
  readonly columns: readonly Column[]
  readonly rows: number
}

export interface DuckdbFacts {
  readonly files: readonly StagedFile[]
  readonly columns: readonly string[]
  readonly bytes: number
  readonly source: SourceFacts
  readonly drift?: string
}

const ENDINGS = ['duckdb', 'ddb']
const ROW = 'file_row_number'

export const duckdbExtract: RelationModule<typeof duckdbExtractDescriptor, DuckdbFacts> = {
  kind: 'relation',
  descriptor: duckdbExtractDescriptor,
  // Changes that are not merged yet are in a file of their own.
  sources: ({ path }) => (/[*?[\]{}]|\/$/.test(path) ? [patternOf(path, ENDINGS)] : [`${path}{,.wal}`]),

  async prepare(request) {
    const { config } = request
    const found = await sourceFilesOf(config, request, ENDINGS)
    const files: StagedFile[] = []
    for (const file of found) files.push(await stageFile(file, request))
    const named = files.map(({ name, columns }) => ({ name, columns: columns.map((column) => column.name) }))
    const { columns, drift } = reconcileColumns(named, config.when_columns_differ)
    const source = sourceFacts(config, found)
    checkSourceColumns(config, source, columns)
    const bytes = found.reduce((sum, file) => sum + file.bytes, 0)
    return { files, columns, bytes, source, ...(drift ? { drift } : {}) }
  },

  compile({ config, facts }) {
    const parts = facts.files.map((file) => {
      const columns = facts.columns.map((name) => valueIn(name, file.columns))
      columns.push(...sourceColumns(config, facts.source, sql`${file.name}`, sql`${identifier(ROW)} + 1`))
      const options: Sql[] = [fileList([file])]
      if (config.row_number_column) options.push(sql`file_row_number = TRUE`)
      return sql`SELECT ${joinSql(columns)} FROM read_parquet(${joinSql(options)})`
    })
    return { out: joinSql(parts, ' UNION ALL ') }
  },

  warnings: (facts, config) => driftWarnings(facts.drift, config.when_columns_differ),
  size: (facts) => ({ bytes: facts.bytes, rows: facts.files.reduce((sum, { rows }) => sum + rows, 0) }),
}

function valueIn(name: string, columns: readonly Column[]): Sql {
  const found = columns.find((column) => nameKey(column.name) === nameKey(name))
  if (!found) return sql`NULL AS ${identifier(name)}`
  const type = unpackedType(found.type)
  const column = identifier(found.name)
  return type ? sql`CAST(${column} AS ${type}) AS ${identifier(name)}` : sql`${column} AS ${identifier(name)}`
}

/** Brings one file's rows into Parquet, once per its state and the config. */
async function stageFile(file: InputFile, request: PrepareRequest<DuckdbConfig>): Promise<StagedFile> {
  const { config, files, signal } = request
  const log = await stat(`${file.path}.wal`).catch(() => undefined)
  const key = JSON.stringify([1, file, log?.size, log?.mtimeMs, config.table, config.query])
  const id = createHash('sha256').update(key).digest('hex').slice(0, 32)
  const path = join(files.staging, `duckdb-${id}.parquet`)
  const index = join(files.staging, `duckdb-${id}.json`)
  if ((await exists(path)) && (await exists(index))) {
    await markUsed(path, index)
    return JSON.parse(await readFile(index, 'utf8')) as StagedFile
  }
  const temporary = temporaryPath(path, 'new')
  const facts = temporaryPath(index, 'new')
  let database: DuckDbFile | undefined
  const stop = () => database?.interrupt()
  try {
    database = await openDuckDbFile(file.path, true, [temporary])
    signal.addEventListener('abort', stop)
    const relation = config.query === undefined ? await tableOf(database, file, config) : queryOf(config)
    const columns = await database.describe(sql`SELECT * FROM ${relation}`)
    await database.run(
      sql`COPY (SELECT ${packed(columns)} FROM ${relation}) TO ${temporary} (FORMAT parquet, COMPRESSION zstd)`,
    )
    const [row] = await database.rows(
      sql`SELECT num_rows FROM parquet_file_metadata(${fileList([{ path: temporary }])})`,
    )
    const staged = { name: file.name, path, columns, rows: Number(row?.[0] ?? 0) }
    await writeFile(facts, JSON.stringify(staged))
    await rename(temporary, path)
    await rename(facts, index)
    return staged
  } catch (error) {
    signal.throwIfAborted()
    throw unreadable(file, error, config)
  } finally {
    signal.removeEventListener('abort', stop)
    database?.close()
    await removeTemporary(temporary)
    await removeTemporary(facts)
  }
}

function queryOf(config: DuckdbConfig): Sql {
  if (config.table !== undefined)
    throw userError('duckdb.table-and-query', 'Give a table or a query, not both.', { field: ['query'] })
  return sql`(${query(config.query ?? '')})`
}

async function tableOf(database: DuckDbFile, file: InputFile, config: DuckdbConfig): Promise<Sql> {
  const found = await database.rows(
    sql`SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'file' UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = 'file' AND NOT internal ORDER BY ALL`,
  )
  const tables = found.map(([schema, name]) => ({ schema: String(schema), name: String(name) }))
  const shown = tables.map(({ schema, name }) => (schema === 'main' ? name : `${schema}.${name}`))
  const wanted = config.table
  const fits = tables.filter(
    ({ schema, name }) =>
      wanted === undefined || nameKey(name) === nameKey(wanted) || nameKey(`${schema}.${name}`) === nameKey(wanted),
  )
  const [one, another] = fits
  if (one && !another) return sql`${identifier('file')}.${identifier(one.schema)}.${identifier(one.name)}`
  const main = wanted === undefined ? undefined : fits.find(({ schema }) => schema === 'main')
  if (main) return sql`${identifier('file')}.main.${identifier(main.name)}`
  if (wanted !== undefined && fits.length === 0)
    throw userError('duckdb.no-table', `There is no table or view ${wanted} in ${file.name}.`, {
      hint: didYouMean(wanted, shown).hint ?? `There are ${shown.slice(0, 30).join(', ')}.`,
      field: ['table'],
    })
  throw userError('duckdb.which-table', `${file.name} holds ${fits.length} tables and views: choose one.`, {
    ...(shown.length > 0 ? { hint: `There are ${shown.slice(0, 30).join(', ')}.` } : {}),
    field: ['table'],
  })
}

function unreadable(file: InputFile, error: unknown, config: DuckdbConfig): unknown {
  if (error instanceof LogiDataError) return error
  const said =
    error instanceof Error ? (error.message.split('\n')[0] ?? '').replaceAll(file.path, file.name) : String(error)
  if (/Permission Error|disabled by configuration/.test(said))
    return userError('duckdb.outside', `What is read of ${file.name} names another file, which it may not reach.`, {
      hint: 'Read that file with a step of its own.',
      field: [config.query === undefined ? 'table' : 'query'],
      cause: error,
    })
  if (config.query !== undefined && /^(Binder|Catalog|Parser|Conversion|Invalid Input) Error/.test(said))
    return userError('duckdb.query', `DuckDB says of the query: ${said}`, { field: ['query'], cause: error })
  return userError('duckdb.unreadable', `${file.name} cannot be read as a DuckDB file: ${said}`, {
    hint: 'Check that it is complete, that no other program has it open, and that its DuckDB is not newer than this one.',
    field: ['path'],
    cause: error,
  })
}
