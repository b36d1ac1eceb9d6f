import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { type LogiDataError, userError } from '../../../shared/errors.ts'

/** A part of an archive may unpack to this much whatever its ratio; beyond, it may not be more than `MOST_RATIO` times its packed size. */
const ALWAYS_ALLOWED = 64 * 2 ** 20
/** Sheets of one repeated number reach about 200; a bomb is at deflate's limit of 1,030. */
const MOST_RATIO = 500

/** A zip file, read entry by entry. Nothing is unpacked to disk, so that no name in it can lead anywhere. */
export interface ZipArchive {
  readonly names: readonly string[]
  has(name: string): boolean
  /**
   * The bytes of an entry, checked against size and CRC.
   * @throws LogiDataError `archive.corrupt`, `archive.too-large`
   */
  read(name: string, signal: AbortSignal): AsyncGenerator<Buffer>
  /** A small entry as a whole. @throws LogiDataError as above */
  readWhole(name: string, limit: number, signal: AbortSignal): Promise<Buffer>
  close(): void
}

/**
 * @param shown the file's name in errors
 * @throws LogiDataError `archive.corrupt`
 */
export async function openZip(path: string, shown: string): Promise<ZipArchive> {
  let zip: ZipFile
  const entries = new Map<string, Entry>()
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false })
  } catch (cause) {
    throw corrupt(shown, cause)
  }
  try {
    await new Promise<void>((resolve, reject) => {
      zip.on('entry', (entry: Entry) => {
        entries.set(entry.fileName, entry)
        zip.readEntry()
      })
      zip.once('end', resolve)
      zip.once('error', reject)
      zip.readEntry()
    })
  } catch (cause) {
    zip.close()
    throw corrupt(shown, cause)
  }

  async function* read(name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const entry = entries.get(name)
    if (!entry) throw corrupt(shown, new Error(`there is no part ${name}`))
    const most = Math.max(ALWAYS_ALLOWED, entry.compressedSize * MOST_RATIO)
    let bytes = 0
    let sum = 0
    try {
      const stream = await zip.openReadStreamPromise(entry)
      for await (const chunk of Readable.from(stream, { objectMode: false }) as AsyncIterable<Buffer>) {
        signal.throwIfAborted()
        bytes += chunk.length
        if (bytes > most) throw tooLarge(shown, name)
        sum = crc32(chunk, sum)
        yield chunk
      }
    } catch (error) {
      throw isOurs(error) ? error : corrupt(shown, error)
    }
    if (sum !== entry.crc32) throw corrupt(shown, new Error(`the checksum of ${name} is wrong`))
  }

  return {
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    read,
    async readWhole(name, limit, signal) {
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of read(name, signal)) {
        bytes += chunk.length
        if (bytes > limit) throw tooLarge(shown, name)
        chunks.push(chunk)
      }
      return Buffer.concat(chunks)
    },
    close: () => zip.close(),
  }
}

const isOurs = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'LogiDataError' || error.name === 'AbortError')

export const corrupt = (shown: string, cause: unknown): LogiDataError =>
  userError('archive.corrupt', `${shown} is damaged: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    hint: 'Open it in the program that made it and save it again, or fetch it once more.',
    field: ['path'],
    cause,
  })

const tooLarge = (shown: string, name: string): LogiDataError =>
  userError('archive.too-large', `${shown} unpacks to far more than its size allows (${name}): it is not read.`, {
    hint: 'Files like this are made to exhaust a computer. If it is yours, save it again as another file.',
    field: ['path'],
  })
