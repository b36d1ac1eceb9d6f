import { randomUUID } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { userError } from '../../../shared/errors.ts'
import type { LoadModule, LoadRequest, LoadResult } from '../../kit/contract.ts'
import { arrowHolds } from '../../kit/files/arrow/holds.ts'
import {
  checkFolderColumns,
  checkPartitions,
  checkPartitionValues,
  columnsInFiles,
  isFolder,
} from '../../kit/files/partitions.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { writeFolderTarget } from '../../kit/files/write-folder.ts'
import { sql } from '../../kit/sql.ts'
import { type ArrowLoadConfig, arrowLoadDescriptor } from './descriptor.ts'
import { folderRows } from './folder-rows.ts'
import { refused } from './refused.ts'

// The library takes a sixth of the time that loading the whole catalogue takes: it comes when a file is written.
const library = () => import('./write-arrow.ts')

export const arrowLoad: LoadModule<typeof arrowLoadDescriptor> = {
  kind: 'load',
  descriptor: arrowLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check(config, columns) {
    if (config.mode === 'append' && !isFolder(config)) {
      throw userError('arrow.append', 'An Arrow file is never added to.', {
        hint: 'Name a folder (a path that ends with /), to which each run adds a file.',
        field: ['mode'],
      })
    }
    checkPartitions(config, columns)
    for (const column of columnsInFiles(config, { columns })) if (!arrowHolds(column.type)) throw refused(column)
  },
  write(request) {
    const { config, input, session, signal } = request
    if (isFolder(config)) return writeFolder(request)
    return writeFileTarget(request, config.path, config.mode, {
      create: async (temporary) =>
        (await library()).writeArrow(
          temporary,
          config,
          input.columns,
          session.stream(sql`SELECT * FROM ${input.name}`),
          signal,
        ),
      append: () => Promise.reject(new TypeError('Arrow files are never appended to')),
    })
  },
}

async function writeFolder(request: LoadRequest<ArrowLoadConfig>): Promise<LoadResult> {
  const { config, input, signal } = request
  const { writeArrow, arrowColumnsOf, asArrowColumns } = await library()
  const extension = config.format === 'file' ? '.arrow' : '.arrows'
  const columns = columnsInFiles(config, input)
  if (config.mode === 'append')
    await checkFolderColumns(request, {
      extension,
      columnsOf: ({ path }) => arrowColumnsOf(path),
      given: asArrowColumns(columns),
      compareTypes: true,
    })
  if (config.partition_by.length > 0) await checkPartitionValues(request)
  const part = `part-${randomUUID()}`
  return writeFolderTarget(request, config.path, config.mode, {
    extension,
    async fill(folder) {
      let total = 0n
      for await (const { name, rows } of folderRows(request, columns)) {
        const file = join(folder, name, `${part}${extension}`)
        await mkdir(dirname(file), { recursive: true })
        total += await writeArrow(file, config, columns, rows, signal)
      }
      return total
    },
  })
}
