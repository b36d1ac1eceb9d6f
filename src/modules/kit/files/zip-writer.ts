import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { ZipFile } from 'yazl'

/** The oldest date of a zip file: with the time of writing, the same rows would not be the same bytes. */
const NO_DATE = new Date(1980, 0, 1)

/** What every entry is written with. */
export const ZIP_ENTRY = { mtime: NO_DATE, forceDosTimestamp: true }

/** An archive of one file, streamed. The same file gives the same bytes. */
export async function packIntoZip(file: string, name: string, to: string, signal: AbortSignal): Promise<void> {
  const zip = new ZipFile()
  zip.addFile(file, name, { ...ZIP_ENTRY, mode: 0o100644 })
  zip.end()
  const failed = new Promise<never>((_resolve, reject) => zip.once('error', reject))
  await Promise.race([failed, pipeline(zip.outputStream, createWriteStream(to), { signal })])
}
