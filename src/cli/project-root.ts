import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { userError } from '../shared/errors.ts'

/**
 * The project that a pipeline file belongs to: `given`, else the nearest folder above it that holds `pipelines/`, else its own
 * folder. Nothing outside it can be read or written by the pipeline.
 * @throws LogiDataError `usage.project`
 */
export function projectRootOf(file: string, given: string | undefined): string {
  if (given !== undefined) {
    const root = resolve(given)
    if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) return root
    throw userError('usage.project', `“${given}” is not a folder.`, { hint: '--project names a project folder.' })
  }
  const own = dirname(resolve(file))
  return nearestProject(own) ?? own
}

/** The nearest folder at or above `start` that holds `pipelines/`. */
export function nearestProject(start: string): string | undefined {
  for (let folder = resolve(start); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'pipelines'))) return folder
    if (folder === dirname(folder)) return undefined
  }
}
