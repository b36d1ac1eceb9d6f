import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { TextDecoder } from 'node:util'
import { createGunzip } from 'node:zlib'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import type { InputFile } from '../contract.ts'
import { dosDecoder, dosEncoding } from './dos-encodings.ts'
import type { ReadBudget } from './read-budget.ts'
import { readZstd } from './zstd-frames.ts'

export type Compression = 'none' | 'gzip' | 'zstd'

export const compressionOf = (given: 'auto' | Compression, name: string): Compression => {
  if (given !== 'auto') return given
  if (/\.gz$/i.test(name)) return 'gzip'
  return /\.zst$/i.test(name) ? 'zstd' : 'none'
}

/** Text of real records compresses 5 to 50 times; what is beyond both limits was made to fill memory or a disk. */
const BOMB = { bytes: 2 ** 30, ratio: 200 }

/** A file's bytes, decompressed. @throws LogiDataError `file.damaged`, `file.unreadable`, `file.bomb` */
export async function* readBytes(
  file: Pick<InputFile, 'path' | 'name'>,
  compression: Compression,
  signal?: AbortSignal,
  budget?: ReadBudget,
): AsyncGenerator<Buffer> {
  const source = createReadStream(file.path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })
  let stream: Readable = source
  if (compression === 'zstd') stream = Readable.from(readZstd(source))
  else if (compression === 'gzip') {
    const unpack = createGunzip()
    source.on('error', (error) => unpack.destroy(error))
    stream = source.pipe(unpack)
  }
  try {
    let bytes = 0
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length
      if (bytes > BOMB.bytes && bytes > source.bytesRead * BOMB.ratio) throw bomb(file.name)
      if (budget && !budget.take((chunk as Buffer).length)) return
      yield chunk as Buffer
    }
  } catch (error) {
    if ((error as Error).name === 'AbortError' || error instanceof LogiDataError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (/^Z_|^ZSTD|ERR_ZLIB/.test(code)) {
      throw userError(
        'file.damaged',
        `${file.name} cannot be decompressed: it is damaged, cut off or no ${compression} file.`,
        {
          hint: 'Fetch the file again, or set "compression".',
          cause: error,
        },
      )
    }
    throw operationalError('file.unreadable', `${file.name} cannot be read.`, { cause: error })
  } finally {
    stream.destroy()
    source.destroy()
  }
}

const bomb = (name: string) =>
  userError(
    'file.bomb',
    `${name} grows more than ${BOMB.ratio} times when it is decompressed: such files are made to fill disks.`,
    {
      hint: 'If you trust it, decompress it yourself and read the result.',
      field: ['path'],
    },
  )

export interface Encoding {
  /** Of the WHATWG standard, lower case. */
  readonly name: string
  readonly bom: boolean
}

/** From the byte order mark, or the zero bytes of UTF-16 text; UTF-8 otherwise. */
export function encodingOf(start: Uint8Array): Encoding {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return { name: 'utf-8', bom: true }
  if (start[0] === 0xff && start[1] === 0xfe) return { name: 'utf-16le', bom: true }
  if (start[0] === 0xfe && start[1] === 0xff) return { name: 'utf-16be', bom: true }
  const zeros = [0, 0]
  const length = Math.min(start.length, 512) & ~1
  for (let at = 0; at < length; at++) if (start[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  if ((zeros[1] ?? 0) > length / 4 && zeros[0] === 0) return { name: 'utf-16le', bom: false }
  if ((zeros[0] ?? 0) > length / 4 && zeros[1] === 0) return { name: 'utf-16be', bom: false }
  return { name: 'utf-8', bom: false }
}

interface Decoder {
  decode(bytes: Buffer, options?: { stream?: boolean }): string
}

/** @throws LogiDataError `encoding.unknown` */
export function canonicalEncoding(name: string): string {
  const dos = dosEncoding(name)
  if (dos !== undefined) return dos
  const alias = /^latin-?1$/i.test(name) ? 'iso-8859-1' : name
  try {
    return new TextDecoder(alias).encoding
  } catch {
    throw userError('encoding.unknown', `There is no encoding "${name}".`, {
      hint: 'Examples: utf-8, utf-16le, windows-1252, iso-8859-15, cp850, shift_jis.',
      field: ['encoding'],
    })
  }
}

export interface TextOptions {
  readonly compression: Compression
  /** `auto`, or a name. */
  readonly encoding: string
  readonly invalid: 'fail' | 'replace'
  readonly signal?: AbortSignal
  /** Told the encoding before the first piece. */
  readonly onEncoding?: (name: string) => void
  /** Where the first rows are enough. */
  readonly budget?: ReadBudget | undefined
}

/**
 * A file's text, in pieces. The byte order mark is left out.
 * @throws LogiDataError `encoding.invalid-bytes` naming file and line
 */
export async function* readText(file: Pick<InputFile, 'path' | 'name'>, options: TextOptions): AsyncGenerator<string> {
  let decoder: Decoder | undefined
  let encoding = ''
  let line = 1
  let pending: Buffer | undefined
  for await (const chunk of readBytes(file, options.compression, options.signal, options.budget)) {
    if (!decoder) {
      encoding = options.encoding === 'auto' ? encodingOf(chunk).name : canonicalEncoding(options.encoding)
      options.onEncoding?.(encoding)
      decoder =
        dosEncoding(encoding) === undefined
          ? new TextDecoder(encoding, { fatal: options.invalid === 'fail' })
          : dosDecoder(encoding)
    }
    // In UTF-8 a piece ends at a line break, so that the line of an invalid byte can be told from its piece alone.
    let bytes: Buffer = pending ? Buffer.concat([pending, chunk]) : chunk
    pending = undefined
    if (encoding === 'utf-8') {
      const end = bytes.lastIndexOf(10) + 1
      if (end === 0 && bytes.length < 1 << 26) {
        pending = bytes
        continue
      }
      if (end > 0) {
        pending = bytes.subarray(end)
        bytes = bytes.subarray(0, end)
      }
    }
    yield decode(decoder, bytes)
  }
  // Where it was cut, a character may be too.
  if (decoder) yield decode(decoder, pending ?? Buffer.alloc(0), !options.budget?.cut)

  function decode(decoding: Decoder, bytes: Buffer, last = false): string {
    try {
      const text = decoding.decode(bytes, { stream: !last })
      if (options.invalid === 'fail' && encoding !== 'utf-8') line += countBreaks(text)
      else if (options.invalid === 'fail') line += countByte(bytes, 10)
      return text
    } catch (error) {
      throw userError(
        'encoding.invalid-bytes',
        `${file.name}, line ${line + linesBefore(bytes, encoding)}: these bytes are not ${encoding} text.`,
        {
          hint: 'Set "encoding" to what the file is written in (often windows-1252), or let invalid bytes be replaced.',
          field: ['encoding'],
          cause: error,
        },
      )
    }
  }
}

/** Complete lines before the first invalid one. */
function linesBefore(bytes: Buffer, encoding: string): number {
  if (encoding !== 'utf-8') return 0
  let from = 0
  for (let line = 0; ; line++) {
    const end = bytes.indexOf(10, from)
    if (!isUtf8(bytes.subarray(from, end === -1 ? bytes.length : end)) || end === -1) return line
    from = end + 1
  }
}

function countByte(bytes: Buffer, byte: number): number {
  let count = 0
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) count++
  return count
}

const countBreaks = (text: string): number => text.split(/\r\n|\r|\n/).length - 1
