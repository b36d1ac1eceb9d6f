import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Column } from '../../../shared/engine/types.ts'
import type { LoadModule, LoadRequest } from '../../kit/contract.ts'
import { fileList } from '../../kit/files/input-files.ts'
import {
  checkFolderColumns,
  checkPartitions,
  checkPartitionValues,
  isFolder,
  partitionOptions,
} from '../../kit/files/partitions.ts'
import { rowsPerGroup } from '../../kit/files/row-groups.ts'
import { requireSameColumns } from '../../kit/files/same-columns.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { writeFolderTarget } from '../../kit/files/write-folder.ts'
import { joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { parquetLoadDescriptor } from './descriptor.ts'
import { checkParquetTypes, parquetColumns } from './parquet-types.ts'

type Config = Parameters<typeof parquetLoadDescriptor.describe>[0]

const EXTENSION = '.parquet'

export const parquetLoad: LoadModule<typeof parquetLoadDescriptor> = {
  kind: 'load',
  descriptor: parquetLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check(config, columns) {
    checkPartitions(config, columns)
    checkParquetTypes(columns)
  },

  async write(request) {
    const { config, input, session } = request
    const { columns, select } = parquetColumns(input.columns)
    const copy = async (query: Sql, to: string, more: readonly Sql[] = []) => {
      const options = joinSql([...formatOptions(config, columns), ...more])
      return (await session.execute(sql`COPY (${query}) TO ${to} (${options})`)).rowsChanged
    }
    const all = sql`SELECT ${select} FROM ${input.name}`

    if (isFolder(config)) {
      if (config.mode === 'append') await checkFolder(request)
      if (config.partition_by.length > 0) await checkPartitionValues(request)
      const part = `part-${randomUUID()}`
      return writeFolderTarget(request, config.path, config.mode, {
        extension: EXTENSION,
        fill: (folder) =>
          config.partition_by.length === 0
            ? copy(all, join(folder, part + EXTENSION))
            : copy(all, folder, partitionOptions(config, part, EXTENSION)),
      })
    }

    return writeFileTarget(request, config.path, config.mode, {
      create: (temporary) => copy(all, temporary),
      async append(temporary, existing) {
        const old = sql`SELECT * FROM read_parquet(${fileList([{ path: existing }])})`
        requireSameColumns(config.path, (await session.query(sql`${old} LIMIT 0`)).columns, columns, true)
        const total = await copy(sql`(${old}) UNION ALL BY NAME (${all})`, temporary)
        const before = await session.query(sql`SELECT count(*) FROM (${old})`)
        return total - BigInt(before.rows[0]?.[0] ?? '0')
      },
    })
  },
}

function formatOptions(config: Config, columns: readonly Column[]): Sql[] {
  return [
    sql`FORMAT parquet`,
    sql`COMPRESSION ${raw(config.compression)}`,
    sql`ROW_GROUP_SIZE ${config.row_group_size ?? rowsPerGroup(columns)}`,
  ]
}

/** @throws LogiDataError what keeps these rows from being added to the folder */
const checkFolder = (request: LoadRequest<Config>): Promise<void> =>
  checkFolderColumns(request, {
    extension: EXTENSION,
    columnsOf: async (file) =>
      (
        await request.session.query(
          sql`SELECT * FROM read_parquet(${fileList([file])}, hive_partitioning = FALSE) LIMIT 0`,
        )
      ).columns,
    given: parquetColumns(request.input.columns).columns,
    compareTypes: true,
  })
