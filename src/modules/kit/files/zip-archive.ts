import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { type LogiDataError, userError } from '../../../shared/errors.ts'

/** A part of an archive may unpack to this much whatever its ratio; beyond, it may not be more than `MOST_RATIO` times its packed size. */
const ALWAYS_ALLOWED = 64 * 2 ** 20
/** Sheets of one repeated number reach about 200; a bomb is at deflate's limit of 1,030. */
const MOST_RATIO = 500
const MOST_ENTRIES = 100_000

/** One file in an archive, as its directory has it. */
export interface ZipEntry {
  readonly name: string
  /** Unpacked, as it says itself. */
  readonly bytes: number
  readonly encrypted: boolean
  /** How it is packed, where that is not known here. */
  readonly unknownMethod?: number
}

/** A zip file, read entry by entry. Nothing is unpacked to disk, so that no name in it can lead anywhere. */
export interface ZipArchive {
  /** Without folders. Names may come twice. */
  readonly entries: readonly ZipEntry[]
  readonly names: readonly string[]
  has(name: string): boolean
  /**
   * The bytes of an entry, or of the last one of a name, checked against size and CRC.
   * @throws LogiDataError what `damaged` makes of it; `archive.too-large`
   */
  read(entry: ZipEntry | string, signal: AbortSignal): AsyncGenerator<Buffer>
  /** A small entry as a whole. @throws LogiDataError as above */
  readWhole(name: string, limit: number, signal: AbortSignal): Promise<Buffer>
  close(): void
}

export interface ZipOptions {
  /** The error for what is no archive, cut off or does not agree with its checksums. */
  readonly damaged?: (shown: string, cause: unknown) => LogiDataError
  /** Whether an entry may unpack to more than its size usually allows: the whole was looked at before. */
  readonly anyRatio?: boolean
}

/**
 * @param shown the file's name in errors
 * @throws LogiDataError `archive.corrupt`, or what `damaged` makes of it; `archive.too-large`
 */
export async function openZip(
  path: string,
  shown: string,
  { damaged = corrupt, anyRatio = false }: ZipOptions = {},
): Promise<ZipArchive> {
  let zip: ZipFile
  try {
    zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: false })
  } catch (cause) {
    throw damaged(shown, cause)
  }
  const found = new Map<ZipEntry, Entry>()
  try {
    if (zip.entryCount > MOST_ENTRIES) throw tooMany(shown, zip.entryCount)
    for (const entry of await entriesOf(zip)) {
      if (entry.fileName.endsWith('/')) continue
      const { fileName: name, uncompressedSize: bytes, compressionMethod } = entry
      const unknown = entry.canDecodeFileData() ? {} : { unknownMethod: compressionMethod }
      found.set({ name, bytes, encrypted: entry.isEncrypted(), ...unknown }, entry)
    }
  } catch (cause) {
    zip.close()
    throw isOurs(cause) ? cause : damaged(shown, cause)
  }
  const byName = new Map([...found.keys()].map((entry) => [entry.name, entry]))

  async function* read(wanted: ZipEntry | string, signal: AbortSignal): AsyncGenerator<Buffer> {
    const named = typeof wanted === 'string' ? byName.get(wanted) : wanted
    const entry = named && found.get(named)
    if (!entry) throw damaged(shown, new Error(`there is no part ${String(wanted)}`))
    const { fileName: name } = entry
    const most = anyRatio ? entry.uncompressedSize : Math.max(ALWAYS_ALLOWED, entry.compressedSize * MOST_RATIO)
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
      throw isOurs(error) ? error : damaged(shown, error)
    }
    if (sum !== entry.crc32) throw damaged(shown, new Error(`the checksum of ${name} is wrong`))
  }

  return {
    entries: [...found.keys()],
    names: [...byName.keys()],
    has: (name) => byName.has(name),
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

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = []
    zip.on('entry', (entry: Entry) => {
      entries.push(entry)
      zip.readEntry()
    })
    zip.once('end', () => resolve(entries))
    zip.once('error', reject)
    zip.readEntry()
  })
}

const isOurs = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'LogiDataError' || error.name === 'AbortError')

export const corrupt = (shown: string, cause: unknown): LogiDataError =>
  userError('archive.corrupt', `${shown} is damaged: ${cause instanceof Error ? cause.message : String(cause)}.`, {
    hint: 'Open it in the program that made it and save it again, or fetch it once more.',
    field: ['path'],
    cause,
  })

const tooMany = (shown: string, count: number): LogiDataError =>
  userError('zip.bomb', `${shown} holds ${count} files; ${MOST_ENTRIES} is the most.`, { field: ['path'] })

const tooLarge = (shown: string, name: string): LogiDataError =>
  userError('archive.too-large', `${shown} unpacks to far more than its size allows (${name}): it is not read.`, {
    hint: 'Files like this are made to exhaust a computer. If it is yours, save it again as another file.',
    field: ['path'],
  })
