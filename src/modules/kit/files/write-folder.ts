import { cp, link, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { userError } from '../../../shared/errors.ts'
import type { LoadRequest, LoadResult } from '../contract.ts'
import {
  crashPoint,
  exists,
  makeFolder,
  publishFolder,
  recoverTarget,
  targetExists,
  writeError,
} from './replace-target.ts'
import { releaseTemporary, removeTemporary, temporaryPath } from './temporary-names.ts'
import type { WriteMode } from './write-file.ts'

export interface FolderWriter {
  /** Of the files that the folder holds: `.parquet`. Others are never removed. */
  readonly extension: string
  /** Fills an empty folder. Gives the number of rows. */
  readonly fill: (folder: string) => Promise<bigint>
}

/**
 * Writes a folder of files and swaps it in as a whole; see `publishFolder` for what a crash leaves. Appending builds the
 * new folder from hard links to the old files, so that it costs no copying and stays one swap.
 * @throws LogiDataError `target.exists`, `target.foreign-files`, `disk.full`, `target.not-writable`
 */
export async function writeFolderTarget(
  request: Pick<LoadRequest<unknown>, 'files' | 'signal' | 'commit'>,
  path: string,
  mode: WriteMode,
  writer: FolderWriter,
): Promise<LoadResult> {
  const target = await request.files.output(path.replace(/\/+$/, ''))
  let temporary: string | undefined
  let old: string | undefined
  try {
    await makeFolder(dirname(target.path))
    await recoverTarget(target.path)
    const replaces = await checkFolder(target.path, target.name, mode, writer.extension)
    temporary = temporaryPath(target.path, 'new')
    old = temporaryPath(target.path, 'old')
    await mkdir(temporary)
    const rows = await writer.fill(temporary)
    crashPoint('written')
    const written = (await filesBelow(temporary)).map((name) => `${target.name}/${name}`)
    if (mode === 'append' && replaces) await linkTree(target.path, temporary)
    request.signal.throwIfAborted()
    const result = { rows, written }
    await publishFolder(temporary, target.path, old, { commit: request.commit, result })
    crashPoint('published')
    return result
  } catch (error) {
    throw writeError(target.name, error)
  } finally {
    if (temporary) await removeTemporary(temporary)
    if (old && (await exists(target.path))) await removeTemporary(old)
    else if (old) releaseTemporary(old)
  }
}

/** Whether there is a folder to replace or to add to. */
async function checkFolder(path: string, name: string, mode: WriteMode, extension: string): Promise<boolean> {
  const info = await stat(path).catch(() => undefined)
  if (!info) return false
  if (!info.isDirectory()) {
    throw userError('target.not-a-folder', `${name} is a file, and a folder is to be written.`, {
      hint: 'Choose another path, or remove the file.',
      field: ['path'],
    })
  }
  const present = await filesBelow(path)
  if (mode === 'fail' && present.length > 0) throw targetExists(name)
  const foreign = present.find((file) => !file.endsWith(extension))
  if (mode === 'overwrite' && foreign !== undefined) {
    throw userError('target.foreign-files', `${name} also holds ${foreign}, which replacing the folder would remove.`, {
      hint: 'Write into a folder of its own, or move that file away.',
      field: ['path'],
    })
  }
  return true
}

/** Relative paths of all files, sorted, with `/`. */
export async function filesBelow(folder: string, prefix = ''): Promise<string[]> {
  const names: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) names.push(...(await filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`)))
    else names.push(`${prefix}${entry.name}`)
  }
  return names.sort()
}

async function linkTree(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name)
    const destination = join(to, entry.name)
    if (entry.isDirectory()) {
      await mkdir(destination, { recursive: true })
      await linkTree(source, destination)
    } else {
      // Some file systems (FAT, some network shares) have no hard links.
      await link(source, destination).catch(() => cp(source, destination, { errorOnExist: true, force: false }))
    }
  }
}
