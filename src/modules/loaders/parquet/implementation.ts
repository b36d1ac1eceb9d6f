import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import type { LoadModule, LoadRequest } from '../../kit/contract.ts'
import { fileList } from '../../kit/files/input-files.ts'
import { requireSameColumns } from '../../kit/files/same-columns.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { writeFolderTarget } from '../../kit/files/write-folder.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { parquetLoadDescriptor } from './descriptor.ts'
import { checkParquetTypes, parquetColumns } from './parquet-types.ts'

type Config = Parameters<typeof parquetLoadDescriptor.describe>[0]

const isFolder = (config: Config) => config.partition_by.length > 0 || config.path.endsWith('/')

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
    const copy = async (query: Sql, to: string, more: readonly Sql[] = []) => {
      const options = joinSql([...formatOptions(config), ...more])
      return (await session.execute(sql`COPY (${query}) TO ${to} (${options})`)).rowsChanged
    }
    const { columns, select } = parquetColumns(input.columns)
    const all = sql`SELECT ${select} FROM ${input.name}`

    if (isFolder(config)) {
      if (config.mode === 'append') await checkFolderColumns(request)
      if (config.partition_by.length > 0) await checkPartitionValues(request)
      // A name of its own for every write: an append must never meet a name that is there.
      const part = `part-${randomUUID()}`
      return writeFolderTarget(request, config.path, config.mode, {
        extension: '.parquet',
        fill: (folder) =>
          config.partition_by.length === 0
            ? copy(all, join(folder, `${part}.parquet`))
            : copy(all, folder, [
                sql`PARTITION_BY (${joinSql(config.partition_by.map(identifier))})`,
                sql`FILENAME_PATTERN ${`${part}-{i}`}`,
                sql`OVERWRITE_OR_IGNORE TRUE`,
              ]),
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

function formatOptions(config: Config): Sql[] {
  return [
    sql`FORMAT parquet`,
    sql`COMPRESSION ${raw(config.compression)}`,
    sql`ROW_GROUP_SIZE ${config.row_group_size}`,
  ]
}

function checkPartitions(config: Config, columns: readonly Column[]): void {
  const seen = new Set<string>()
  for (const [index, name] of config.partition_by.entries()) {
    const field = ['partition_by', index]
    if (!columns.some((column) => column.name === name)) {
      throw userError('column.missing', `There is no column ${name} to partition by.`, {
        hint: `The columns are ${columns.map((column) => column.name).join(', ')}.`,
        field,
      })
    }
    if (seen.has(name.toLowerCase())) {
      throw userError('partition.duplicate', `Column ${name} is there twice in "Partition by".`, { field })
    }
    seen.add(name.toLowerCase())
  }
  if (columns.length > 0 && seen.size === columns.length) {
    throw userError('partition.all-columns', 'Partitioning by every column leaves nothing to write into the files.', {
      hint: 'Leave at least one column out of "Partition by".',
      field: ['partition_by'],
    })
  }
}

/** Values that differ in case only would be one folder on Windows and macOS, and one of them would be lost. */
async function checkPartitionValues({ config, input, session }: LoadRequest<Config>): Promise<void> {
  for (const [index, name] of config.partition_by.entries()) {
    const column = identifier(name)
    const { rows } = await session.query(
      sql`SELECT min(v), max(v) FROM (SELECT DISTINCT CAST(${column} AS VARCHAR) AS v FROM ${input.name}) GROUP BY lower(v) HAVING count(*) > 1 LIMIT 1`,
    )
    const [one, other] = rows[0] ?? []
    if (one === undefined) continue
    throw userError(
      'partition.case-collision',
      `Column ${name} holds "${one}" and "${other}": folders that differ in case only are one folder on some systems.`,
      { hint: `Make the values of ${name} lower or upper case before this step.`, field: ['partition_by', index] },
    )
  }
}

async function checkFolderColumns({ config, input, files, session }: LoadRequest<Config>): Promise<void> {
  const target = await files.output(config.path.replace(/\/+$/, ''))
  const info = await stat(target.path).catch(() => undefined)
  if (!info?.isDirectory()) return
  const found = await files.inputs(`${config.path.replace(/\/+$/, '')}/**/*.parquet`).catch(() => [])
  const [first] = found
  if (!first) return
  const existing = await session.query(
    sql`SELECT * FROM read_parquet(${fileList([first])}, hive_partitioning = FALSE) LIMIT 0`,
  )
  // Partition columns are in the names of the folders, not in the files.
  const folders = first.name
    .split('/')
    .flatMap((part) => (part.includes('=') ? [part.slice(0, part.indexOf('='))] : []))
  const wanted = config.partition_by
  if (folders.join('/') !== wanted.join('/')) {
    throw userError(
      'target.partitions-differ',
      `${target.name} is partitioned by ${folders.join(', ') || 'nothing'}, not by ${wanted.join(', ') || 'nothing'}.`,
      {
        hint: 'Partition by the same columns in the same order, or use the mode "overwrite".',
        field: ['partition_by'],
      },
    )
  }
  const given = parquetColumns(input.columns).columns.filter((column) => !wanted.includes(column.name))
  requireSameColumns(target.name, existing.columns, given, true)
}
