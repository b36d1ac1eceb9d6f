import { randomUUID } from 'node:crypto'
import { rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { cellText, isNestedType } from '../../kit/cells.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { appendBytes, copyWhole } from '../../kit/files/append-bytes.ts'
import { dateFormat } from '../../kit/files/date-format.ts'
import { fileList } from '../../kit/files/input-files.ts'
import {
  checkFolderColumns,
  checkPartitions,
  checkPartitionValues,
  columnsInFiles,
  isFolder,
  partitionOptions,
} from '../../kit/files/partitions.ts'
import { requireSameColumns } from '../../kit/files/same-columns.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { filesBelow, writeFolderTarget } from '../../kit/files/write-folder.ts'
import { identifier, joinSql, type Sql, sql } from '../../kit/sql.ts'
import { csvLoadDescriptor } from './descriptor.ts'

type Config = Parameters<typeof csvLoadDescriptor.describe>[0]

const BOM = '\ufeff'

export const csvLoad: LoadModule<typeof csvLoadDescriptor> = {
  kind: 'load',
  descriptor: csvLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check: checkPartitions,

  async write(request) {
    const { config, input, session } = request
    const compression = compressionOf(config)
    const copy = async (columns: readonly Column[], to: string, header: boolean, more: readonly Sql[] = []) => {
      // Folders are named by the values themselves.
      const texts = columns.map((column) =>
        config.partition_by.includes(column.name) ? identifier(column.name) : textOf(column, config),
      )
      const query = sql`SELECT ${joinSql(texts)} FROM ${input.name}`
      const options = joinSql([...csvOptions(config, compression), sql`HEADER ${header}`, ...more])
      return (await session.execute(sql`COPY (${query}) TO ${to} (${options})`)).rowsChanged
    }

    if (isFolder(config)) {
      const extension = `.csv${{ none: '', gzip: '.gz', zstd: '.zst' }[compression]}`
      const given = columnsInFiles(config, input)
      if (config.mode === 'append') {
        const columnsOf = async ({ path }: { path: string }) => {
          if (config.header) return layoutOf(path, true)
          await checkWidth(path, given)
          return given
        }
        await checkFolderColumns(request, { extension, columnsOf, given, compareTypes: false })
      }
      if (config.partition_by.length > 0) await checkPartitionValues(request)
      const part = `part-${randomUUID()}`
      return writeFolderTarget(request, config.path, config.mode, {
        extension,
        async fill(folder) {
          const rows =
            config.partition_by.length === 0
              ? await copy(input.columns, join(folder, part + extension), config.header)
              : await copy(input.columns, folder, config.header, partitionOptions(config, part, extension))
          if (config.bom) for (const file of await filesBelow(folder)) await prependBom(join(folder, file), compression)
          return rows
        },
      })
    }

    return writeFileTarget(request, config.path, config.mode, {
      ending: 'csv',
      async create(temporary, part) {
        if (!config.bom) return copy(input.columns, temporary, config.header)
        const rows = await copy(input.columns, part, config.header)
        // Both formats allow one compressed part after another.
        await writeFile(temporary, compression === 'none' ? BOM : packed(BOM, compression))
        await appendBytes(temporary, part)
        return rows
      },
      async append(temporary, existing, part) {
        const columns = config.header ? await columnsOf(existing) : input.columns
        if (!config.header) await checkWidth(existing, input.columns)
        const rows = await copy(columns, part, false)
        await copyWhole(existing, temporary)
        await appendBytes(temporary, part, compression === 'none' ? '\n' : undefined)
        return rows
      },
    })

    async function layoutOf(existing: string, header: boolean): Promise<readonly Column[]> {
      const options = joinSql([
        sql`header = ${header}`,
        sql`all_varchar = TRUE`,
        sql`hive_partitioning = FALSE`,
        sql`delim = ${config.delimiter}`,
        sql`quote = ${config.quote}`,
        sql`escape = ${config.quote}`,
        sql`compression = ${compression}`,
      ])
      const { columns } = await session.query(
        sql`SELECT * FROM read_csv(${fileList([{ path: existing }])}, ${options}) LIMIT 0`,
      )
      return columns
    }

    /** Without a header, the number of columns is all that can be compared. */
    async function checkWidth(existing: string, given: readonly Column[]): Promise<void> {
      if ((await stat(existing)).size === 0) return
      const { length } = await layoutOf(existing, false)
      if (length === given.length) return
      throw userError(
        'target.layout-differs',
        `The rows do not fit ${config.path}: its lines have ${length} columns, and these ${given.length}.`,
        {
          hint: 'Select the columns of the file before this step, check the delimiter, or replace it.',
          field: ['mode'],
        },
      )
    }

    /** The columns in the order of the file's header. */
    async function columnsOf(existing: string): Promise<readonly Column[]> {
      const columns = await layoutOf(existing, true)
      requireSameColumns(config.path, columns, input.columns, false)
      return columns.map((column) => input.columns.find((given) => given.name === column.name) ?? column)
    }
  },
}

function compressionOf(config: Config): 'none' | 'gzip' | 'zstd' {
  if (config.compression !== 'auto') return config.compression
  if (/\.gz$/i.test(config.path)) return 'gzip'
  return /\.zst$/i.test(config.path) ? 'zstd' : 'none'
}

function csvOptions(config: Config, compression: string): Sql[] {
  return [
    sql`FORMAT csv`,
    sql`DELIMITER ${config.delimiter}`,
    sql`QUOTE ${config.quote}`,
    sql`ESCAPE ${config.quote}`,
    sql`NULLSTR ${config.null_text}`,
    sql`COMPRESSION ${compression}`,
    ...(config.quote_all ? [sql`FORCE_QUOTE *`] : []),
  ]
}

/** One column as the text that the file gets. */
function textOf({ name, type }: Column, config: Config): Sql {
  const column = identifier(name)
  if (isNestedType(type) || type === 'BLOB') return sql`${cellText(column, type)} AS ${column}`
  if (type === 'DATE' && config.date_format) return formatted(column, config.date_format)
  if (type.startsWith('TIMESTAMP') && config.timestamp_format) return formatted(column, config.timestamp_format)
  if (type === 'VARCHAR' && config.spreadsheet_safe) {
    return sql`CASE WHEN regexp_matches(${column}, '^[=+@\\t\\r-]') THEN '''' || ${column} ELSE ${column} END AS ${column}`
  }
  return column
}

/** Both formats allow one compressed part after another. */
async function prependBom(file: string, compression: 'none' | 'gzip' | 'zstd'): Promise<void> {
  const whole = `${file}.part`
  await writeFile(whole, compression === 'none' ? BOM : packed(BOM, compression))
  await appendBytes(whole, file)
  await rename(whole, file)
}

const packed = (text: string, compression: 'gzip' | 'zstd'): Uint8Array =>
  compression === 'gzip' ? gzipSync(text) : zstdCompressSync(text)

const formatted = (column: Sql, format: string): Sql =>
  sql`strftime(${column}, ${dateFormat(format)?.strptime ?? format}) AS ${column}`
