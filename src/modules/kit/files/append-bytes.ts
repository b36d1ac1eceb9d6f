import { constants, createReadStream, createWriteStream } from 'node:fs'
import { copyFile, open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'

/** Copies a file, without moving bytes where the file system can share them. */
export const copyWhole = (from: string, to: string) => copyFile(from, to, constants.COPYFILE_FICLONE)

/**
 * Adds the bytes of one file to the end of another.
 * @param separator is written between them unless `to` ends with it already or is empty
 */
export async function appendBytes(to: string, from: string, separator?: string): Promise<void> {
  if (separator !== undefined && !(await endsWith(to, separator))) await appendText(to, separator)
  await pipeline(createReadStream(from), createWriteStream(to, { flags: 'a' }))
}

async function endsWith(path: string, text: string): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    const wanted = Buffer.from(text)
    const { size } = await handle.stat()
    if (size === 0) return true
    if (size < wanted.length) return false
    const { buffer } = await handle.read(Buffer.alloc(wanted.length), 0, wanted.length, size - wanted.length)
    return buffer.equals(wanted)
  } finally {
    await handle.close()
  }
}

async function appendText(path: string, text: string): Promise<void> {
  const handle = await open(path, 'a')
  try {
    await handle.write(text)
  } finally {
    await handle.close()
  }
}
