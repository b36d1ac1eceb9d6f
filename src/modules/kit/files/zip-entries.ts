import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { basename, join, matchesGlob } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import type { InputFile, ProjectFiles } from '../contract.ts'
import { markUsed } from './clean-project.ts'
import { writeError } from './replace-target.ts'
import { removeTemporary, temporaryPath } from './temporary-names.ts'
import { openZip, type ZipArchive, type ZipEntry } from './zip-archive.ts'

/** A text of real records compresses 5 to 50 times; an archive beyond both limits was made to fill the disk. */
const BOMB = { bytes: 2 ** 30, ratio: 200 }

/**
 * Unpacks files of an archive into the staging folder, once per state of the archive; they are named `ARCHIVE/ENTRY`.
 * @param pattern glob over the names inside; absent: every file that is not hidden
 * @throws LogiDataError `zip.bomb`, `zip.damaged`, `zip.encrypted`, `zip.no-entry`, `zip.method`
 */
export async function zipEntries(
  archive: InputFile,
  pattern: string | undefined,
  { staging }: Pick<ProjectFiles, 'staging'>,
  signal: AbortSignal,
): Promise<InputFile[]> {
  const zip = await openZip(archive.path, archive.name, { damaged, anyRatio: true })
  try {
    const { entries } = zip
    const wanted = entries.filter(({ name }) => (pattern === undefined ? !isHidden(name) : matchesGlob(name, pattern)))
    if (wanted.length === 0) {
      const names = entries.slice(0, 12).map((entry) => entry.name)
      throw userError('zip.no-entry', `No file in ${archive.name} matches ${pattern ?? '*'}.`, {
        hint: names.length > 0 ? `It holds ${names.join(', ')}${entries.length > 12 ? ', …' : ''}.` : 'It is empty.',
        field: ['archive_entries'],
      })
    }
    refuseBomb(archive, entries)
    const key = JSON.stringify([archive.path, archive.bytes, archive.modified])
    const id = createHash('sha256').update(key).digest('hex').slice(0, 32)
    const present = new Set(await readdir(staging))
    const files: InputFile[] = []
    for (const entry of wanted.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      signal.throwIfAborted()
      // The name inside never becomes a path: `..` and absolute names have no effect.
      const number = createHash('sha256').update(entry.name).digest('hex').slice(0, 12)
      const name = `zip-${id}-${number}`
      const path = join(staging, name)
      if (present.has(name)) await markUsed(path)
      else await unpack(zip, entry, archive, path, signal)
      const inner = `${archive.name}/${entry.name}`
      files.push({ path, name: inner, bytes: entry.bytes, modified: archive.modified })
    }
    return files
  } finally {
    zip.close()
  }
}

const isHidden = (name: string): boolean =>
  name.startsWith('__MACOSX/') || basename(name).startsWith('.') || basename(name).startsWith('~$')

function refuseBomb(archive: InputFile, entries: readonly ZipEntry[]): void {
  const total = entries.reduce((sum, entry) => sum + entry.bytes, 0)
  if (total <= BOMB.bytes || total <= archive.bytes * BOMB.ratio) return
  throw userError(
    'zip.bomb',
    `${archive.name} would grow from ${archive.bytes} to ${total} bytes: such archives are made to fill disks.`,
    { hint: 'If you trust it, unpack it yourself and read the files.', field: ['path'] },
  )
}

async function unpack(zip: ZipArchive, entry: ZipEntry, archive: InputFile, path: string, signal: AbortSignal) {
  const inner = `${archive.name}/${entry.name}`
  if (entry.encrypted)
    throw userError('zip.encrypted', `${inner} is protected by a password.`, {
      hint: 'Unpack it, or have it sent without a password.',
      field: ['path'],
    })
  if (entry.unknownMethod !== undefined)
    throw userError('zip.method', `${inner} is compressed in a way (${entry.unknownMethod}) that is not read.`, {
      hint: 'Pack it again with the usual “deflate” method.',
      field: ['path'],
    })
  const temporary = temporaryPath(path, 'new')
  try {
    const content = Readable.from(zip.read(entry, signal), { objectMode: false })
    await pipeline(content, createWriteStream(temporary), { signal })
    await rename(temporary, path)
  } catch (error) {
    if (error instanceof LogiDataError || signal.aborted) throw error
    throw writeError('the staging folder', error)
  } finally {
    await removeTemporary(temporary)
  }
}

const damaged = (shown: string, cause: unknown) =>
  operationalError('zip.damaged', `${shown} cannot be unpacked: it is damaged, cut off or no zip archive.`, {
    hint: 'Fetch the file again.',
    cause,
  })
