import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Column } from '../../../shared/engine/types.ts'
import type { LoadRequest, LoadResult } from '../../kit/contract.ts'
import {
  checkFolderColumns,
  checkPartitionValues,
  columnsInFiles,
  partitionOptions,
} from '../../kit/files/partitions.ts'
import { writeFolderTarget } from '../../kit/files/write-folder.ts'
import { freeName } from '../../kit/inputs.ts'
import { jsonColumns } from '../../kit/json-decimals.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import type { JsonLoadConfig } from './descriptor.ts'

/**
 * DuckDB partitions no JSON; but it writes JSON as CSV of one column that is never quoted, and so do we.
 * @param columnsOf a file of the folder, to which rows are added
 * @throws LogiDataError
 */
export async function writeFolder(
  request: LoadRequest<JsonLoadConfig>,
  compression: 'none' | 'gzip' | 'zstd',
  columnsOf: (file: string) => Promise<readonly Column[]>,
): Promise<LoadResult> {
  const { config, input, session } = request
  const extension = `${config.format === 'array' ? '.json' : '.ndjson'}${{ none: '', gzip: '.gz', zstd: '.zst' }[compression]}`
  const given = columnsInFiles(config, input)
  if (config.mode === 'append')
    await checkFolderColumns(request, {
      extension,
      columnsOf: ({ path }) => columnsOf(path),
      given,
      compareTypes: false,
    })
  const parted = config.partition_by.length > 0
  if (parted) await checkPartitionValues(request)
  const record = identifier(freeName('record', input.columns))
  const fields = joinSql(given.map(({ name }) => sql`${identifier(name)} := ${identifier(name)}`))
  const folders = config.partition_by.map(identifier)
  const query = sql`SELECT ${joinSql([sql`to_json(struct_pack(${fields})) AS ${record}`, ...folders])} FROM (SELECT ${joinSql([...jsonColumns(given), ...folders])} FROM ${input.name})`
  const part = `part-${randomUUID()}`
  return writeFolderTarget(request, config.path, config.mode, {
    extension,
    async fill(folder) {
      const to = parted ? folder : join(folder, part + extension)
      const more = parted ? partitionOptions(config, part, extension) : []
      const options = joinSql([...lines(config), sql`COMPRESSION ${raw(compression)}`, ...more])
      return (await session.execute(sql`COPY (${query}) TO ${to} (${options})`)).rowsChanged
    },
  })
}

const lines = ({ format }: JsonLoadConfig): readonly Sql[] => [
  sql`FORMAT csv`,
  sql`HEADER FALSE`,
  sql`QUOTE ''`,
  sql`ESCAPE ''`,
  sql`DELIMITER ${'\n'}`,
  ...(format === 'array' ? [sql`PREFIX ${'[\n\t'}`, sql`SUFFIX ${'\n]\n'}`, sql`NEW_LINE ${',\n\t'}`] : []),
]
