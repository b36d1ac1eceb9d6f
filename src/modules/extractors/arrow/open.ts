import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import {
  type AsyncRecordBatchFileReader,
  type AsyncRecordBatchStreamReader,
  type RecordBatch,
  RecordBatchReader,
  type Schema,
} from 'apache-arrow'
import { LogiDataError, userError } from '../../../shared/errors.ts'
import type { InputFile } from '../../kit/contract.ts'
import { registerCodecs } from '../../kit/files/arrow/codecs.ts'

export interface OpenArrow {
  readonly schema: Schema
  readonly batches: AsyncIterable<RecordBatch>
  close(): Promise<void>
}

type AsyncReader = AsyncRecordBatchFileReader | AsyncRecordBatchStreamReader

const MAGIC = 'ARROW1'

/** @throws LogiDataError `arrow.unreadable`, `arrow.cut-off` */
export async function openArrow(file: InputFile, unfinished: 'fail' | 'accept'): Promise<OpenArrow> {
  registerCodecs()
  const handle = await open(file.path)
  let stream: Readable | undefined
  const close = async () => {
    stream?.destroy()
    await handle.close().catch(() => undefined)
  }
  try {
    const start = await bytesAt(handle, 0, 8)
    const isFile = start.subarray(0, 6).toString('latin1') === MAGIC
    if (!isFile) {
      if (start.length < 8) throw unreadable(file, 'it is too short to be one')
      const ending = await bytesAt(handle, Math.max(0, file.bytes - 8), 8)
      if (unfinished === 'fail' && ending.subarray(4).some((byte) => byte !== 0)) throw cutOff(file)
      stream = createReadStream(file.path)
    } else if ((await bytesAt(handle, Math.max(0, file.bytes - 6), 6)).toString('latin1') !== MAGIC)
      throw unreadable(file, 'its end is missing')
    const reader = stream ? await RecordBatchReader.from(stream) : await RecordBatchReader.from(handle)
    await reader.open()
    if (!reader.schema) throw unreadable(file, 'it names no columns')
    return { schema: reader.schema, batches: guarded(file, reader), close }
  } catch (error) {
    await close()
    throw error instanceof LogiDataError ? error : unreadable(file, messageOf(error))
  }
}

async function* guarded(file: InputFile, reader: RecordBatchReader | AsyncReader): AsyncGenerator<RecordBatch> {
  try {
    if (!('readRecordBatch' in reader) || !reader.isFile()) {
      yield* reader
      return
    }
    // One by one: iterated, the library goes round for ever where a batch should be and another message is, and ends early where none is.
    for (let index = 0; index < reader.numRecordBatches; index++) {
      const batch = await reader.readRecordBatch(index)
      if (!batch) throw new RangeError(`batch ${index + 1} of ${reader.numRecordBatches} is missing`)
      yield batch
    }
  } catch (error) {
    throw unreadable(file, messageOf(error))
  }
}

async function bytesAt(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 200)

export const unreadable = (file: InputFile, why: string) =>
  userError('arrow.unreadable', `${file.name} is no Arrow file that can be read: ${why}.`, {
    hint: 'It may be cut off or of another format. Write it again, as an Arrow IPC file, stream or Feather 2.',
    field: ['path'],
  })

const cutOff = (file: InputFile) =>
  userError('arrow.cut-off', `${file.name} does not end as an Arrow stream does: it may be cut off.`, {
    hint: 'Write it again, or set "unfinished" to accept to read it as far as it goes.',
    field: ['unfinished'],
  })
