import { userError } from '../../../shared/errors.ts'
import type { InputFile, PrepareRequest, RelationModule } from '../../kit/contract.ts'
import { driftWarnings, reconcileColumns } from '../../kit/files/drift.ts'
import { hivePartitions, hiveType } from '../../kit/files/hive.ts'
import { fileList, fileNameOf } from '../../kit/files/input-files.ts'
import { checkSourceColumns, patternOf, sourceColumns, sourceFilesOf } from '../../kit/files/source.ts'
import { identifier, joinSql, literal, type Sql, sql } from '../../kit/sql.ts'
import { parquetExtractDescriptor } from './descriptor.ts'

type Config = Parameters<typeof parquetExtractDescriptor.describe>[0]

export interface ParquetFacts {
  readonly files: readonly { readonly path: string; readonly name: string; readonly modified: number }[]
  /** Columns that come from folder names, with their types. */
  readonly hive: Readonly<Record<string, string>>
  readonly bytes: number
  readonly rows: number
  /** What all files have, where nothing else is wanted. */
  readonly common?: readonly string[]
  /** How the columns of several files differ. */
  readonly drift?: string
}

/** Columns of ours, renamed or dropped before anybody sees them. */
const FILE = '__logidata_file'
const ROW = 'file_row_number'
const ENDINGS = ['parquet', 'parq']

/** DuckDB's reader adds the columns of folders by itself, unless the files were unpacked from an archive. */
const foldersByReader = ({ files, hive }: ParquetFacts) =>
  Object.keys(hive).length > 0 && files.every(({ path, name }) => path.endsWith(name))

export const parquetExtract: RelationModule<typeof parquetExtractDescriptor, ParquetFacts> = {
  kind: 'relation',
  columnar: true,
  descriptor: parquetExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],

  async prepare(request) {
    const { config, session } = request
    const found = await sourceFilesOf(config, request, ENDINGS)
    const partitions = config.hive_partitioning === 'no' ? new Map<string, Set<string>>() : hivePartitions(found)
    const hive = Object.fromEntries(
      [...partitions].map(([name, values]) => [name, config.hive_types?.[name] ?? hiveType(values)]),
    )
    const { rows, columns } = await contentOf(found, session)
    const several = columns.length > 1 && config.union_by_name
    const { columns: all, drift } = reconcileColumns(
      several ? columns : columns.slice(0, 1),
      several ? config.when_columns_differ : 'fill',
    )
    const files = found.map(({ path, name, modified }) => ({ path, name, modified }))
    checkSourceColumns(config, { files, hive: {} }, [...new Set([...all, ...Object.keys(hive)])])
    return {
      files,
      hive,
      bytes: found.reduce((sum, file) => sum + file.bytes, 0),
      rows,
      ...(drift && config.when_columns_differ === 'common' ? { common: all } : {}),
      ...(drift ? { drift } : {}),
    }
  },

  compile({ config, facts }) {
    const hiveNames = Object.keys(facts.hive)
    const options: Sql[] = [
      fileList(facts.files),
      sql`union_by_name = ${config.union_by_name && facts.files.length > 1}`,
    ]
    const byReader = foldersByReader(facts)
    options.push(sql`hive_partitioning = ${byReader}`)
    if (byReader) {
      const types = hiveNames.map((name) => sql`${literal(name)}: ${literal(facts.hive[name] ?? 'VARCHAR')}`)
      options.push(sql`hive_types = {${joinSql(types)}}`)
    }
    const withFile =
      config.file_name_column !== undefined ||
      config.modified_column !== undefined ||
      (hiveNames.length > 0 && !byReader)
    const own = [...(withFile ? [FILE] : []), ...(config.row_number_column ? [ROW] : [])]
    if (withFile) options.push(sql`filename = ${FILE}`)
    if (config.row_number_column) options.push(sql`file_row_number = TRUE`)
    const source = sql`read_parquet(${joinSql(options)})`
    const folders = byReader ? hiveNames : []
    const chosen = config.columns?.length ? config.columns : facts.common && [...facts.common, ...folders]
    // The reader would put folder columns in the order of the alphabet.
    const last = [...own, ...(hiveNames.length > 1 ? folders : [])]
    const columns: Sql[] = chosen
      ? chosen.filter((name) => byReader || !hiveNames.includes(name)).map(identifier)
      : [
          last.length > 0 ? sql`* EXCLUDE (${joinSql(last.map(identifier))})` : sql`*`,
          ...(hiveNames.length > 1 ? folders.map(identifier) : []),
        ]
    const file = fileNameOf(identifier(FILE), facts.files)
    const unpacked = byReader
      ? []
      : hiveNames.filter((name) => !config.columns?.length || config.columns.includes(name))
    const hive = Object.fromEntries(unpacked.map((name) => [name, facts.hive[name] ?? 'VARCHAR']))
    columns.push(...sourceColumns(config, { files: facts.files, hive }, file, sql`${identifier(ROW)} + 1`))
    return { out: sql`SELECT ${joinSql(columns)} FROM ${source}` }
  },

  warnings: (facts, config) => driftWarnings(facts.drift, config.when_columns_differ),
  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows }),
}

async function contentOf(
  found: readonly InputFile[],
  session: PrepareRequest<Config>['session'],
): Promise<{ rows: number; columns: { name: string; columns: string[] }[] }> {
  let rows = 0
  const columns: { name: string; columns: string[] }[] = []
  for (const file of found) {
    try {
      const list = fileList([file])
      const metadata = await session.query(sql`SELECT num_rows FROM parquet_file_metadata(${list})`)
      rows += Number(metadata.rows[0]?.[0] ?? 0)
      const query = sql`SELECT * FROM read_parquet(${list}, hive_partitioning = FALSE) LIMIT 0`
      columns.push({ name: file.name, columns: (await session.query(query)).columns.map(({ name }) => name) })
    } catch (error) {
      throw userError('parquet.unreadable', `${file.name} is not a readable Parquet file.`, {
        hint: 'Check that the file is complete and that its format is Parquet.',
        field: ['path'],
        cause: error,
      })
    }
  }
  return { rows, columns }
}
