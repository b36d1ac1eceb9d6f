import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { fileList, fileNameOf, inputFilesOf } from '../../kit/files/input-files.ts'
import { identifier, joinSql, literal, type Sql, sql } from '../../kit/sql.ts'
import { parquetExtractDescriptor } from './descriptor.ts'
import { hivePartitions, hiveType } from './hive.ts'

export interface ParquetFacts {
  readonly files: readonly { readonly path: string; readonly name: string }[]
  /** Columns that come from folder names, with their types. */
  readonly hive: Readonly<Record<string, string>>
  readonly bytes: number
  readonly rows: number
}

/** A column of ours, renamed or dropped before anybody sees it. */
const FILE = '__logidata_file'

export const parquetExtract: RelationModule<typeof parquetExtractDescriptor, ParquetFacts> = {
  kind: 'relation',
  descriptor: parquetExtractDescriptor,
  sources: (config) => [config.path.endsWith('/') ? `${config.path}**/*.parquet` : config.path],

  async prepare({ config, files, session }) {
    const found = await inputFilesOf(files, config.path, 'parquet')
    const partitions = config.hive_partitioning === 'no' ? new Map<string, Set<string>>() : hivePartitions(found)
    const hive = Object.fromEntries(
      [...partitions].map(([name, values]) => [name, config.hive_types?.[name] ?? hiveType(values)]),
    )
    let rows = 0
    for (const file of found) {
      try {
        const metadata = await session.query(sql`SELECT num_rows FROM parquet_file_metadata(${fileList([file])})`)
        rows += Number(metadata.rows[0]?.[0] ?? 0)
      } catch (error) {
        throw userError('parquet.unreadable', `${file.name} is not a readable Parquet file.`, {
          hint: 'Check that the file is complete and that its format is Parquet.',
          field: ['path'],
          cause: error,
        })
      }
    }
    return {
      files: found.map(({ path, name }) => ({ path, name })),
      hive,
      bytes: found.reduce((sum, file) => sum + file.bytes, 0),
      rows,
    }
  },

  compile({ config, facts }) {
    const hiveNames = Object.keys(facts.hive)
    const options: Sql[] = [
      fileList(facts.files),
      sql`union_by_name = ${config.union_by_name && facts.files.length > 1}`,
    ]
    options.push(sql`hive_partitioning = ${hiveNames.length > 0}`)
    if (hiveNames.length > 0) {
      const types = hiveNames.map((name) => sql`${literal(name)}: ${literal(facts.hive[name] ?? 'VARCHAR')}`)
      options.push(sql`hive_types = {${joinSql(types)}}`)
    }
    if (config.file_name_column) options.push(sql`filename = ${FILE}`)
    const source = sql`read_parquet(${joinSql(options)})`
    const columns: Sql[] = config.columns?.length
      ? config.columns.map(identifier)
      : [config.file_name_column ? sql`* EXCLUDE (${identifier(FILE)})` : sql`*`]
    if (config.file_name_column) {
      columns.push(sql`${fileNameOf(identifier(FILE), facts.files)} AS ${identifier(config.file_name_column)}`)
    }
    return { out: sql`SELECT ${joinSql(columns)} FROM ${source}` }
  },

  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows }),
}
