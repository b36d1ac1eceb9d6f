import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { constants, createGzip, createZstdCompress } from 'node:zlib'
import type { Compression } from './text-stream.ts'

/** Writes text as it comes; memory stays bounded. The same text gives the same bytes. */
export async function writeText(
  path: string,
  compression: Compression,
  pieces: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const file = createWriteStream(path)
  const packer =
    compression === 'none'
      ? undefined
      : compression === 'gzip'
        ? createGzip({ level: constants.Z_DEFAULT_COMPRESSION })
        : createZstdCompress()
  if (packer) packer.pipe(file)
  const first = packer ?? file
  const done = finished(file)
  done.catch(() => undefined)
  packer?.on('error', (error) => file.destroy(error))
  try {
    for await (const piece of pieces) {
      if (file.errored) throw file.errored
      if (piece.length > 0 && !first.write(piece)) await Promise.race([once(first, 'drain'), done])
    }
    first.end()
    await done
  } catch (error) {
    first.destroy()
    file.destroy()
    throw error
  }
}
