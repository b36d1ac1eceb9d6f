import { open } from 'node:fs/promises'
import { userError } from '../../../shared/errors.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { appendBytes, copyWhole } from '../../kit/files/append-bytes.ts'
import { fileList } from '../../kit/files/input-files.ts'
import { checkPartitions, isFolder } from '../../kit/files/partitions.ts'
import { requireSameColumns } from '../../kit/files/same-columns.ts'
import { compressionOf } from '../../kit/files/text-stream.ts'
import { writeFileTarget } from '../../kit/files/write-file.ts'
import { jsonColumns } from '../../kit/json-decimals.ts'
import { joinSql, raw, sql } from '../../kit/sql.ts'
import { jsonLoadDescriptor } from './descriptor.ts'
import { writeFolder } from './write-folder.ts'

export const jsonLoad: LoadModule<typeof jsonLoadDescriptor> = {
  kind: 'load',
  descriptor: jsonLoadDescriptor,
  target: ({ path, mode }) => ({ path, mode }),
  check: checkPartitions,

  async write(request) {
    const { config, input, session } = request
    const compression = compressionOf(config.compression, config.path)
    const packing = raw(compression === 'none' ? 'uncompressed' : compression)
    const reading = (file: string) =>
      sql`SELECT * FROM read_json(${fileList([{ path: file }])}, format = ${config.format === 'array' ? 'array' : 'newline_delimited'}, compression = ${packing.text}, hive_partitioning = FALSE) LIMIT 0`
    if (isFolder(config))
      return writeFolder(request, compression, async (file) => (await session.query(reading(file))).columns)
    const columns = joinSql(jsonColumns(input.columns))
    const copy = async (to: string) => {
      const options = sql`FORMAT json, ARRAY ${config.format === 'array'}, COMPRESSION ${packing}`
      return (await session.execute(sql`COPY (SELECT ${columns} FROM ${input.name}) TO ${to} (${options})`)).rowsChanged
    }
    return writeFileTarget(request, config.path, config.mode, {
      ending: 'json',
      create: copy,
      async append(temporary, existing, part) {
        if (config.format === 'array' && compression !== 'none') {
          throw userError('target.cannot-append', `Rows cannot be added to the compressed array ${config.path}.`, {
            hint: 'Use the format "ndjson", or no compression.',
            field: ['mode'],
          })
        }
        const { columns } = await session.query(reading(existing))
        const empty = columns.length === 1 && columns[0]?.name === 'json'
        if (!empty) requireSameColumns(config.path, columns, input.columns, false)
        const rows = await copy(part)
        await copyWhole(existing, temporary)
        if (config.format === 'array') await joinArrays(temporary, part, config.path)
        else await appendBytes(temporary, part, compression === 'none' ? '\n' : undefined)
        return rows
      },
    })
  },
}

/** Makes `[a]` and `[b]` into `[a,b]`, touching the ends of the first file and of the second only. */
async function joinArrays(to: string, from: string, name: string): Promise<void> {
  const handle = await open(to, 'r+')
  const added = await open(from, 'r+')
  try {
    const { size } = await handle.stat()
    const length = Math.min(size, 4096)
    const tail = Buffer.alloc(length)
    await handle.read(tail, 0, length, size - length)
    const close = tail.lastIndexOf(']')
    if (
      close === -1 ||
      tail
        .subarray(close + 1)
        .toString()
        .trim() !== ''
    ) {
      throw userError('target.not-an-array', `${name} does not end as a JSON array does.`, { field: ['mode'] })
    }
    const hasRows = /[^\s[]\s*$/.test(tail.subarray(0, close).toString()) || length < size
    await handle.truncate(size - length + close)
    const start = Buffer.alloc(Math.min(16, (await added.stat()).size))
    await added.read(start, 0, start.length, 0)
    const isEmpty = /^\[\s*\]/.test(start.toString())
    await added.write(hasRows && !isEmpty ? ',' : ' ', start.indexOf('['))
  } finally {
    await handle.close()
    await added.close()
  }
  await appendBytes(to, from)
}
