import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { basename, join, matchesGlob } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, open, type ZipFile } from 'yauzl'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import type { InputFile, ProjectFiles } from '../contract.ts'
import { markUsed } from './clean-project.ts'
import { writeError } from './replace-target.ts'
import { removeTemporary, temporaryPath } from './temporary-names.ts'

const MOST_ENTRIES = 100_000
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
  const zip = await openArchive(archive)
  try {
    const entries = await listEntries(zip, archive)
    const wanted = entries.filter(({ fileName }) =>
      pattern === undefined ? !isHidden(fileName) : matchesGlob(fileName, pattern),
    )
    if (wanted.length === 0) {
      const names = entries.slice(0, 12).map((entry) => entry.fileName)
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
    for (const entry of wanted.sort((a, b) => (a.fileName < b.fileName ? -1 : 1))) {
      signal.throwIfAborted()
      // The name inside never becomes a path: `..` and absolute names have no effect.
      const number = createHash('sha256').update(entry.fileName).digest('hex').slice(0, 12)
      const name = `zip-${id}-${number}`
      const path = join(staging, name)
      if (present.has(name)) await markUsed(path)
      else await unpack(zip, entry, archive, path, signal)
      const inner = `${archive.name}/${entry.fileName}`
      files.push({ path, name: inner, bytes: entry.uncompressedSize, modified: archive.modified })
    }
    return files
  } finally {
    zip.close()
  }
}

const isHidden = (name: string): boolean =>
  name.startsWith('__MACOSX/') || basename(name).startsWith('.') || basename(name).startsWith('~$')

function refuseBomb(archive: InputFile, entries: readonly Entry[]): void {
  const total = entries.reduce((sum, entry) => sum + entry.uncompressedSize, 0)
  if (total <= BOMB.bytes || total <= archive.bytes * BOMB.ratio) return
  throw userError(
    'zip.bomb',
    `${archive.name} would grow from ${archive.bytes} to ${total} bytes: such archives are made to fill disks.`,
    { hint: 'If you trust it, unpack it yourself and read the files.', field: ['path'] },
  )
}

function openArchive(archive: InputFile): Promise<ZipFile> {
  return new Promise((resolve, reject) =>
    open(archive.path, { lazyEntries: true, autoClose: false, strictFileNames: false }, (error, zip) =>
      error ? reject(damaged(archive, error)) : resolve(zip),
    ),
  )
}

function listEntries(zip: ZipFile, archive: InputFile): Promise<Entry[]> {
  if (zip.entryCount > MOST_ENTRIES)
    throw userError('zip.bomb', `${archive.name} holds ${zip.entryCount} files; ${MOST_ENTRIES} is the most.`, {
      field: ['path'],
    })
  return new Promise((resolve, reject) => {
    const found: Entry[] = []
    zip.on('error', (error) => reject(damaged(archive, error)))
    zip.on('end', () => resolve(found))
    zip.on('entry', (entry: Entry) => {
      if (!entry.fileName.endsWith('/')) found.push(entry)
      zip.readEntry()
    })
    zip.readEntry()
  })
}

async function unpack(zip: ZipFile, entry: Entry, archive: InputFile, path: string, signal: AbortSignal) {
  const inner = `${archive.name}/${entry.fileName}`
  if (entry.isEncrypted())
    throw userError('zip.encrypted', `${inner} is protected by a password.`, {
      hint: 'Unpack it, or have it sent without a password.',
      field: ['path'],
    })
  if (!entry.canDecodeFileData())
    throw userError('zip.method', `${inner} is compressed in a way (${entry.compressionMethod}) that is not read.`, {
      hint: 'Pack it again with the usual “deflate” method.',
      field: ['path'],
    })
  const temporary = temporaryPath(path, 'new')
  try {
    const stream = await new Promise<Readable>((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(damaged(archive, error)) : resolve(opened))),
    )
    let sum = 0
    const check = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        sum = crc32(chunk, sum)
        done(null, chunk)
      },
      flush: (done) => done(sum === entry.crc32 ? null : damaged(archive, new Error(`checksum of ${entry.fileName}`))),
    })
    await pipeline(stream, check, createWriteStream(temporary), { signal })
    await rename(temporary, path)
  } catch (error) {
    if (error instanceof LogiDataError || signal.aborted) throw error
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (/^E[A-Z]+$/.test(code) && !code.startsWith('ERR')) throw writeError('the staging folder', error)
    throw damaged(archive, error)
  } finally {
    await removeTemporary(temporary)
  }
}

const damaged = (archive: InputFile, cause: unknown) =>
  operationalError('zip.damaged', `${archive.name} cannot be unpacked: it is damaged, cut off or no zip archive.`, {
    hint: 'Fetch the file again.',
    cause,
  })
