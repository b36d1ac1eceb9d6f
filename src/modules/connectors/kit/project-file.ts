import { readFile, realpath } from 'node:fs/promises'
import { isAbsolute, resolve, sep } from 'node:path'
import { operationalError, userError } from '../../../shared/errors.ts'
import type { ProjectFiles } from '../../kit/contract.ts'

/** Finds a file of the project by its relative path: `files` of a step's request, or `filesOf(projectRoot)` of a connector. */
export type FileFinder = Pick<ProjectFiles, 'inputs'>

/** The files of a project's folder, one at a time. */
export const filesOf = (projectRoot: string): FileFinder => ({
  async inputs(path) {
    const root = await realpath(projectRoot)
    const outside = () =>
      userError('file.outside-project', `${path} is outside the project’s folder.`, {
        hint: 'Copy the file into the project.',
      })
    if (isAbsolute(path)) throw outside()
    const real = await realpath(resolve(root, path)).catch((cause) => {
      throw operationalError('file.not-found', `There is no file ${path}.`, {
        hint: 'Paths start at the project’s folder.',
        cause,
      })
    })
    if (!real.startsWith(root.endsWith(sep) ? root : root + sep)) throw outside()
    return [{ path: real, name: path, bytes: 0, modified: 0 }]
  },
})

/** The text of a small file of the project, such as a certificate. @throws LogiDataError `file.…` */
export async function readProjectFile(files: FileFinder, path: string): Promise<string> {
  const [file] = await files.inputs(path)
  if (!file) throw operationalError('file.not-found', `There is no file ${path}.`)
  try {
    return await readFile(file.path, 'utf8')
  } catch (cause) {
    throw operationalError('file.unreadable', `${path} cannot be read.`, { cause })
  }
}
