import { type FileHandle, open } from 'node:fs/promises'
import {
  CompressionType,
  type Field,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Schema,
  Struct,
} from 'apache-arrow'
import type { Cell, Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { isNestedType } from '../../kit/cells.ts'
import { registerCodecs } from '../../kit/files/arrow/codecs.ts'
import { type ArrowWriter, arrowField, writerOf } from '../../kit/files/arrow/write-values.ts'
import { parseExactly } from '../../kit/files/json/shape.ts'
import type { ArrowLoadConfig } from './descriptor.ts'
import { refused } from './refused.ts'

/** A batch ends early when its texts are that long, so that memory stays bounded. */
const MOST_CHARACTERS = 32_000_000

/** The columns of a file: their types as Arrow says them. */
export async function arrowColumnsOf(path: string): Promise<Column[]> {
  registerCodecs()
  const handle = await open(path)
  try {
    const reader = await RecordBatchReader.from(handle)
    await reader.open()
    return reader.schema.fields.map(columnOf)
  } finally {
    await handle.close()
  }
}

/** The same of a file that is not written yet. @throws LogiDataError `arrow.type` */
export const asArrowColumns = (columns: readonly Column[]): Column[] =>
  columns.map((column) => columnOf(arrowField(column.name, writerFor(column))))

const columnOf = ({ name, type }: Field): Column => ({ name, type: String(type) })

function writerFor(column: Column): ArrowWriter {
  const writer = writerOf(column.type)
  if (!writer) throw refused(column)
  return writer
}

/** @returns rows @throws LogiDataError `arrow.type`, `arrow.value` */
export async function writeArrow(
  path: string,
  config: ArrowLoadConfig,
  given: readonly Column[],
  rows: AsyncIterable<readonly (readonly Cell[])[]>,
  signal: AbortSignal,
): Promise<bigint> {
  registerCodecs()
  const writers = given.map(writerFor)
  const nested = given.map(({ type }) => isNestedType(type))
  const schema = new Schema(writers.map((writer, index) => arrowField(given[index]?.name ?? '', writer)))
  const handle = await open(path, 'w')
  try {
    const sink = sinkOf(config, schema)
    let columns: unknown[][] = writers.map(() => [])
    let characters = 0
    let count = 0n
    const flush = async () => {
      const length = columns[0]?.length ?? 0
      const children = writers.map((writer, index) => dataOf(writer, columns[index] ?? [], given[index], count))
      sink.write(new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length, nullCount: 0, children })))
      count += BigInt(length)
      columns = writers.map(() => [])
      characters = 0
      await save(handle, sink.take())
    }
    for await (const batch of rows) {
      signal.throwIfAborted()
      for (const row of batch) {
        row.forEach((cell, index) => {
          characters += cell?.length ?? 0
          columns[index]?.push(cellValue(cell, nested[index]))
        })
        if ((columns[0]?.length ?? 0) >= config.batch_rows || characters >= MOST_CHARACTERS) await flush()
      }
    }
    if ((columns[0]?.length ?? 0) > 0) await flush()
    sink.end()
    await save(handle, sink.take())
    return count
  } finally {
    await handle.close()
  }
}

const cellValue = (cell: Cell, nested: boolean | undefined): unknown =>
  nested && cell !== null ? parseExactly(cell) : cell

function dataOf(writer: ArrowWriter, values: readonly unknown[], column: Column | undefined, before: bigint) {
  try {
    return writer.data(values)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // Once more, one by one, for its row.
    const index = values.findIndex((value) => {
      try {
        writer.data([value])
        return false
      } catch {
        return true
      }
    })
    throw userError(
      'arrow.value',
      `Row ${before + BigInt(index + 1)}, column ${column?.name}: ${error.message}, which Arrow does not hold.`,
      { hint: 'Replace it before this step, or cast the column to VARCHAR.' },
    )
  }
}

interface Sink {
  write(batch: RecordBatch): void
  end(): void
  /** What was written since the last time. */
  take(): Uint8Array[]
}

/** The library's writers queue without bound: here the bytes are taken out after each batch. */
function sinkOf({ format, compression }: ArrowLoadConfig, schema: Schema): Sink {
  let held: Uint8Array[] = []
  const keep = (chunk: ArrayBufferView) => {
    held.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
  }
  const options = {
    autoDestroy: false,
    ...(compression === 'zstd' ? { compressionType: CompressionType.ZSTD } : {}),
  }
  const Writer = format === 'file' ? RecordBatchFileWriter : RecordBatchStreamWriter
  const writer = new Writer(options)
  const queue = { write: keep, close: () => undefined, abort: () => undefined, closed: Promise.resolve() }
  Object.assign(writer, { _sink: queue })
  writer.reset(undefined, schema)
  return {
    write: (batch) => writer.write(batch),
    end: () => void writer.close(),
    take() {
      const taken = held
      held = []
      return taken
    },
  }
}

async function save(handle: FileHandle, pieces: readonly Uint8Array[]): Promise<void> {
  const bytes = Buffer.concat(pieces)
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at)).bytesWritten
}
