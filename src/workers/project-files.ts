import { glob, realpath, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { InputFile, ProjectFiles } from '../modules/kit/contract.ts'
import { LogiDataError, operationalError, userError } from '../shared/errors.ts'

const GLOB = /[*?[\]{}]/

/** The file system as a project's modules see it: nothing outside `root` (absolute, links resolved) can be named. */
export function projectFiles(root: string, staging: string): ProjectFiles {
  const inside = (path: string) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep)
  const nameOf = (path: string) => relative(root, path).split(sep).join('/')

  async function input(path: string, named: string): Promise<InputFile> {
    try {
      const real = await realpath(path)
      if (!inside(real)) throw outside(named)
      const info = await stat(real)
      if (!info.isFile())
        throw userError('file.unreadable', `${named} is not a file.`, {
          hint: 'Choose a file, or write a pattern such as folder/*.csv.',
        })
      return { path: real, name: nameOf(path), bytes: info.size, modified: info.mtimeMs }
    } catch (thrown) {
      throw fileError(thrown, named)
    }
  }

  async function expand(pattern: string): Promise<InputFile[]> {
    const found: InputFile[] = []
    for await (const entry of glob(pattern.split('\\').join('/'), { cwd: root, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (entry.isDirectory() || nameOf(path).split('/').includes('.logidata')) continue
      found.push(await input(path, nameOf(path)))
    }
    if (found.length === 0)
      throw operationalError('file.not-found', `No file matches ${pattern}.`, {
        hint: 'Check the pattern; it starts at the project’s folder.',
      })
    return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  }

  return {
    staging,
    async inputs(pathOrGlob) {
      const plain = locate(root, pathOrGlob, inside)
      try {
        // A file whose name holds `[` is itself before it is a pattern.
        return [await input(plain, pathOrGlob)]
      } catch (thrown) {
        const missing = thrown instanceof LogiDataError && thrown.info.code === 'file.not-found'
        if (!missing || !GLOB.test(pathOrGlob)) throw thrown
      }
      return expand(pathOrGlob)
    },
    async output(path) {
      const target = locate(root, path, inside)
      if (target === root) throw userError('file.outside-project', 'A file’s name is needed, not the project’s folder.')
      // The nearest folder that exists decides where a link leads.
      let folder = target
      const missing: string[] = []
      for (;;) {
        const real = await realpath(folder).catch((thrown: NodeJS.ErrnoException) => {
          if (thrown.code === 'ENOTDIR')
            throw userError('file.unwritable', `${path} cannot be written: a folder in its path is a file.`, {
              hint: 'Choose another folder, or rename that file.',
            })
          if (thrown.code !== 'ENOENT') throw fileError(thrown, path)
          return undefined
        })
        if (real !== undefined) {
          const full = join(real, ...missing)
          if (!inside(full)) throw outside(path)
          return { path: full, name: nameOf(full) }
        }
        missing.unshift(basename(folder))
        folder = dirname(folder)
      }
    },
  }
}

function locate(root: string, path: string, inside: (path: string) => boolean): string {
  if (path.includes('\0')) throw userError('file.outside-project', 'A path cannot hold a NUL character.')
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) throw outside(path)
  const full = isAbsolute(path) ? path : resolve(root, path)
  if (!inside(resolve(full))) throw outside(path)
  return full
}

const outside = (path: string) =>
  userError('file.outside-project', `${path} is outside the project’s folder.`, {
    hint: 'Copy the file into the project, and write its path from there.',
  })

function fileError(thrown: unknown, path: string): unknown {
  if (thrown instanceof LogiDataError) return thrown
  const code = (thrown as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return operationalError('file.not-found', `There is no file ${path}.`, {
      hint: 'Check its name; a path starts at the project’s folder.',
      cause: thrown,
    })
  return operationalError('file.unreadable', `${path} cannot be read (${code ?? 'unknown reason'}).`, {
    hint: 'Check its permissions.',
    cause: thrown,
  })
}
