import { posix } from 'node:path'
import { operationalError } from '../../shared/errors.ts'
import type { FileStore, RemoteFile } from './store.ts'

const isPattern = (path: string): boolean => /[*?[{]/.test(path)

/** A path without `/` at its start, which stores do not have. */
const trimmed = (path: string): string => path.replace(/^\/+/, '')

/**
 * The files that a path means, sorted by name: one file, those that match a pattern (`raw/*.csv`, `raw/**`), or all below a folder that
 * ends with `/`. Files without content that end with `/`, and hidden ones below a folder (`_SUCCESS`, `.crc`), are none.
 * @throws LogiDataError `source.not-found`
 */
export async function matchingFiles(store: FileStore, path: string): Promise<RemoteFile[]> {
  const pattern = trimmed(path)
  const isFolder = pattern === '' || pattern.endsWith('/')
  if (!isFolder) {
    // A file whose name holds `[` is itself before it is a pattern.
    const found = await store.find(pattern)
    if (found) return [found]
  }
  const found: RemoteFile[] = []
  if (isFolder || isPattern(pattern)) {
    const prefix = isFolder ? pattern : (/^[^*?[{]*/.exec(pattern)?.[0] ?? '')
    for await (const page of store.list(prefix))
      for (const file of page) {
        const below = file.name.slice(prefix.length)
        if (file.name.endsWith('/') || (isFolder && isHidden(below))) continue
        if (isFolder || posix.matchesGlob(file.name, pattern)) found.push(file)
      }
  }
  if (found.length > 0) return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  throw operationalError('source.not-found', `${store.name}/${pattern} is not there.`, {
    field: ['path'],
    hint: isPattern(pattern)
      ? 'No file matches the pattern. ** stands for folders however deep, * for a part of one name.'
      : 'Check its name: capital letters count. A folder ends with /.',
  })
}

const isHidden = (name: string): boolean => name.split('/').some((part) => part.startsWith('_') || part.startsWith('.'))
