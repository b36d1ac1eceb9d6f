import { lstat, realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { userError } from '../../shared/errors.ts'
import { toOperationalError } from './file-errors.ts'

/**
 * The absolute path, links resolved, of `path` inside `root`; it need not exist.
 * @throws LogiDataError `file.outside-project` if the path, or a link on its way, leads out.
 */
export async function resolveInside(root: string, path: string): Promise<string> {
  const outside = () =>
    userError('file.outside-project', `“${path}” is outside the project.`, {
      hint: 'Use a path inside the project folder, relative to it.',
    })
  if (path.includes('\0') || isAbsolute(path) || /^[a-z]:/i.test(path)) throw outside()
  const parts = path.split(/[\\/]/)
  if (parts.includes('..')) throw outside()
  const realRoot = (await resolveLinks(root)) ?? root
  const real = await resolveLinks(resolve(realRoot, ...parts))
  if (real === undefined || !isInside(realRoot, real)) throw outside()
  return real
}

/** Whether `path` is `root` or below it. Both absolute, without links. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way))
}

/** Like `realpath`, but the last parts of the path may be missing. @returns undefined if a link on the way leads nowhere */
async function resolveLinks(path: string): Promise<string | undefined> {
  const missing: string[] = []
  for (let existing = path; ; existing = dirname(existing)) {
    try {
      return join(await realpath(existing), ...missing.reverse())
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
      if (code !== 'ENOENT' || existing === dirname(existing)) throw toOperationalError(thrown, path)
      // Writing through such a link would make a file wherever it points.
      if (await lstat(existing).catch(() => undefined)) return undefined
      missing.push(relative(dirname(existing), existing))
    }
  }
}
