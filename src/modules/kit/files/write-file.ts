import { basename, dirname } from 'node:path'
import { userError } from '../../../shared/errors.ts'
import type { LoadRequest, LoadResult } from '../contract.ts'
import {
  crashPoint,
  exists,
  makeFolder,
  publishFile,
  recoverTarget,
  targetExists,
  writeError,
} from './replace-target.ts'
import { removeTemporary, temporaryPath } from './temporary-names.ts'
import { packIntoZip } from './zip-writer.ts'

export type WriteMode = 'overwrite' | 'append' | 'fail'

export interface FileWriter {
  /** Of the file in an archive whose name has none: `csv`. */
  readonly ending?: string
  /** Writes a complete new file. `part` is a second temporary name. Gives the number of rows. */
  readonly create: (temporary: string, part: string) => Promise<bigint>
  /**
   * Writes a file with all of `existing` and the new rows after them. Gives the number of new rows.
   */
  readonly append: (temporary: string, existing: string, part: string) => Promise<bigint>
}

/**
 * Writes one file beside the target and then gives it the target's name, so that at any moment, also after a crash or on a
 * full disk, the target is the old file or the new one. A name that ends with `.zip` makes an archive with that one file.
 * @throws LogiDataError `target.exists`, `zip.append`, `disk.full`, `target.not-writable`
 */
export async function writeFileTarget(
  request: Pick<LoadRequest<unknown>, 'files' | 'signal' | 'commit'>,
  path: string,
  mode: WriteMode,
  writer: FileWriter,
): Promise<LoadResult> {
  const target = await request.files.output(path)
  let temporary: string | undefined
  let part: string | undefined
  let unpacked: string | undefined
  const isZip = /\.zip$/i.test(target.path)
  try {
    await makeFolder(dirname(target.path))
    await recoverTarget(target.path)
    const replaces = await exists(target.path)
    if (replaces && mode === 'fail') throw targetExists(target.name)
    if (isZip && replaces && mode === 'append') throw noZipAppend(target.name)
    temporary = temporaryPath(target.path, 'new')
    part = temporaryPath(target.path, 'part')
    unpacked = isZip ? temporaryPath(target.path, 'part') : undefined
    const rows =
      mode === 'append' && replaces
        ? await writer.append(temporary, target.path, part)
        : await writer.create(unpacked ?? temporary, part)
    if (unpacked) await packIntoZip(unpacked, insideName(target.path, writer.ending), temporary, request.signal)
    crashPoint('written')
    request.signal.throwIfAborted()
    const result = { rows, written: [target.name] }
    await publishFile(temporary, target.path, mode === 'fail', { commit: request.commit, result })
    crashPoint('published')
    return result
  } catch (error) {
    throw writeError(target.name, error)
  } finally {
    if (temporary) await removeTemporary(temporary)
    if (part) await removeTemporary(part)
    if (unpacked) await removeTemporary(unpacked)
  }
}

/** `orders.csv.zip` holds `orders.csv`, and so does `orders.zip`. */
function insideName(path: string, ending: string | undefined): string {
  const name = basename(path).replace(/\.zip$/i, '')
  return name.includes('.') || ending === undefined ? name : `${name}.${ending}`
}

const noZipAppend = (shown: string) =>
  userError('zip.append', `${shown} is an archive, to which no rows are added.`, {
    hint: 'Write a file for each run, or choose .gz or .zst, which can be added to.',
    field: ['mode'],
  })
