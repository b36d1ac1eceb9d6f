import type { Column } from '../../shared/engine/types.ts'
import { LogiDataError, operationalError, userError } from '../../shared/errors.ts'
import type { PrepareRequest, QuerySession, SourceRequest } from '../kit/contract.ts'
import { hivePartitions, hiveType } from '../kit/files/hive.ts'
import { checkSourceColumns, sourceColumns } from '../kit/files/source.ts'
import { nameKey } from '../kit/inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../kit/sql.ts'
import type { RemoteSourceConfig } from './config.ts'
import { FORMATS, type Format, formatOf } from './formats.ts'
import type { LocalCopies } from './local-copies.ts'
import { type Reader, readerOf } from './readers.ts'
import type { RemoteFile } from './store.ts'

/** A column of ours, which nobody sees. */
const FILE = '__logidata_file'

/** @throws LogiDataError `source.format` when the names do not tell it, or tell several */
export function formatOfFiles({ format }: RemoteSourceConfig, found: readonly RemoteFile[]): Format {
  if (format !== 'auto') return format
  const formats = new Set(found.map(({ name }) => formatOf(name)))
  const [only] = formats
  if (only !== undefined && formats.size === 1) return only
  const [first] = found
  const odd = found.find(({ name }) => formatOf(name) === undefined) ?? first
  throw userError(
    'source.format',
    formats.size > 1 && !formats.has(undefined)
      ? `The files are of several formats: ${[...formats].join(', ')}.`
      : `The name of ${odd?.name ?? 'the file'} does not tell its format.`,
    { field: ['format'], hint: `Choose one: ${FORMATS.join(', ')}; or write a pattern that only such files match.` },
  )
}

/** The columns that folders give, with their types: the same for every part of the files that is read. */
export function folderColumns(config: RemoteSourceConfig, found: readonly RemoteFile[]): Record<string, string> {
  // As of the project's files: one that is named has the columns that it holds.
  if (config.folder_columns === 'no' || (found.length === 1 && found[0]?.name === config.path)) return {}
  const partitions = hivePartitions(found)
  return Object.fromEntries(
    [...partitions].map(([name, values]) => [name, config.folder_types?.[name] ?? hiveType(values)]),
  )
}

/** A reader over local copies. */
export interface Opened {
  readonly out: Sql
  readonly reject: Sql | undefined
  /** What DuckDB said, as the reader explains it. */
  explain(thrown: unknown, session: QuerySession): Promise<unknown>
}

interface Over {
  readonly request: SourceRequest<RemoteSourceConfig>
  readonly format: Format
  readonly copies: LocalCopies
  readonly session: QuerySession
  readonly folders: Readonly<Record<string, string>>
  /** As `detect` has spelt them out. */
  readonly options?: Readonly<Record<string, unknown>> | undefined
}

/** What the step of the format would be asked. */
async function innerRequest({ request, format, copies, session, options }: Over) {
  const reader = await readerOf(format)
  const given = options ?? request.config[format] ?? {}
  const config: unknown = reader.descriptor.config.parse({
    ...given,
    path: request.config.path,
    file_name_column: FILE,
    ...(format === 'parquet' ? { hive_partitioning: 'no' } : { folder_columns: 'no' }),
  })
  const { nodeId, parameters, signal } = request
  const inner: PrepareRequest<unknown> = { nodeId, config, parameters, signal, files: copies.files, session }
  return { reader, inner }
}

/** Prepares and compiles the step of the format over the copies. @throws LogiDataError as that step does */
export async function openCopies(over: Over): Promise<Opened> {
  const { request, copies, folders } = over
  const { reader, inner } = await innerRequest({ ...over, options: await optionsOf(over) })
  const facts: unknown = await reader.prepare?.(inner)
  const { nodeId, parameters } = request
  const ports = reader.compile({ nodeId, config: inner.config, inputs: new Map(), parameters, facts })
  const source = { files: copies.copies, hive: folders }
  const { config } = request
  const file = identifier(FILE)
  const own = sourceColumns(
    { path: config.path, file_name_column: config.file_name_column, modified_column: config.modified_column },
    source,
    file,
    raw('NULL'),
  )
  const inside = await over.session.query(sql`SELECT * FROM (${ports.out ?? raw('')}) LIMIT 0`)
  const content = inside.columns.filter(({ name }) => name !== FILE).map(({ name }) => name)
  checkSourceColumns(
    { path: config.path, file_name_column: config.file_name_column, modified_column: config.modified_column },
    source,
    content,
  )
  const list = [sql`* EXCLUDE (${file})`, ...own]
  return {
    out: sql`SELECT ${joinSql(list)} FROM (${ports.out ?? raw('')})`,
    reject: ports.reject,
    explain: (thrown, session) => explained(reader, { ...inner, session }, facts, thrown),
  }
}

async function explained(
  reader: Reader,
  inner: PrepareRequest<unknown>,
  facts: unknown,
  thrown: unknown,
): Promise<unknown> {
  if (!(thrown instanceof LogiDataError) || thrown.info.kind === 'cancelled') return thrown
  return (await reader.explain?.({ ...inner, facts, error: thrown })) ?? thrown
}

/** Those found in the sample, of the columns that these files have: to name another one would be an error of the reader of CSV. */
async function optionsOf(over: Over): Promise<Over['options']> {
  const { options, format, request } = over
  if (options === undefined || format !== 'csv') return options
  const there = await detectOptions({ ...over, options: { ...request.config.csv, columns: undefined } })
  const present = new Set(Object.keys(there?.columns ?? {}).map(nameKey))
  const columns = Object.entries(options.columns ?? {}).filter(([name]) => present.has(nameKey(name)))
  return { ...options, columns: Object.fromEntries(columns) }
}

/** The reader's own options with types and formats of all columns spelt out, so that every part of the files has the same. */
export async function detectOptions(over: Over): Promise<Record<string, unknown> | undefined> {
  const { reader, inner } = await innerRequest(over)
  const given = over.request.config[over.format] ?? {}
  const { columns } = ((await reader.detect?.(inner)) ?? {}) as { columns?: unknown }
  return columns === undefined ? undefined : { ...given, columns }
}

/**
 * The rows with exactly the columns that were found: one that is missing is NULL.
 * @throws LogiDataError `source.changed` for a column that is new, or of another type
 */
export async function asDiscovered(
  out: Sql,
  wanted: readonly Column[],
  session: QuerySession,
  describe: (names: readonly string[]) => string,
): Promise<Sql> {
  const { columns } = await session.query(sql`SELECT * FROM (${out}) LIMIT 0`)
  const byName = new Map(columns.map((column) => [nameKey(column.name), column]))
  const known = new Set(wanted.map(({ name }) => nameKey(name)))
  const fresh = columns.filter(({ name }) => !known.has(nameKey(name)))
  if (fresh.length > 0)
    throw changed(
      `There are columns that were not there when the files were looked at: ${describe(fresh.map(({ name }) => name))}.`,
    )
  const list = wanted.map(({ name, type }) => {
    const found = byName.get(nameKey(name))
    if (!found) return sql`CAST(NULL AS ${raw(type)}) AS ${identifier(name)}`
    if (found.type !== type) throw changed(`The column “${name}” is ${found.type} now, and was ${type}.`)
    return identifier(found.name)
  })
  return sql`SELECT ${joinSql(list)} FROM (${out})`
}

const changed = (message: string) =>
  operationalError('source.changed', message, {
    hint: 'Refresh the source, so that its columns are found anew; set “Read for the columns” higher, or the types of the columns, if it happens again.',
  })
