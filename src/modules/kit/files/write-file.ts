import { dirname } from 'node:path'
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

export type WriteMode = 'overwrite' | 'append' | 'fail'

export interface FileWriter {
  /** Writes a complete new file. `part` is a second temporary name. Gives the number of rows. */
  readonly create: (temporary: string, part: string) => Promise<bigint>
  /**
   * Writes a file with all of `existing` and the new rows after them. Gives the number of new rows.
   */
  readonly append: (temporary: string, existing: string, part: string) => Promise<bigint>
}

/**
 * Writes one file beside the target and then gives it the target's name, so that at any moment, also after a crash or on a
 * full disk, the target is the old file or the new one.
 * @throws LogiDataError `target.exists`, `disk.full`, `target.not-writable`
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
  try {
    await makeFolder(dirname(target.path))
    await recoverTarget(target.path)
    const replaces = await exists(target.path)
    if (replaces && mode === 'fail') throw targetExists(target.name)
    temporary = temporaryPath(target.path, 'new')
    part = temporaryPath(target.path, 'part')
    const rows =
      mode === 'append' && replaces
        ? await writer.append(temporary, target.path, part)
        : await writer.create(temporary, part)
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
  }
}
