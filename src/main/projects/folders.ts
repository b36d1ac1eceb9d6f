import { readdir, realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute } from 'node:path'
import { userError } from '../../shared/errors.ts'
import { toOperationalError } from '../files/file-errors.ts'

/** The folders in `path` (the person's home if absent), without hidden ones, for choosing a project. */
export async function listFolders(
  path: string = homedir(),
): Promise<{ path: string; parent?: string; folders: string[] }> {
  if (!isAbsolute(path)) throw userError('folder.not-absolute', `“${path}” is not a full path.`)
  try {
    const folder = await realpath(path)
    const entries = await readdir(folder, { withFileTypes: true })
    const folders = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort((a, b) => a.localeCompare(b))
    const parent = dirname(folder)
    return { path: folder, folders, ...(parent === folder ? {} : { parent }) }
  } catch (thrown) {
    throw toOperationalError(thrown, path)
  }
}
