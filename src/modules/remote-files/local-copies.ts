import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { InputFile, ProjectFiles } from '../kit/contract.ts'
import { temporaryPath } from '../kit/files/temporary-names.ts'
import type { FileStore, RemoteFile } from './store.ts'

/** Small files are fetched so many at a time; one large file is fetched in parts by its store. */
const AT_ONCE = 8

/** Fetched files in a folder of their own, as the readers of formats see files of the project. */
export interface LocalCopies {
  readonly files: ProjectFiles
  readonly copies: readonly InputFile[]
  remove(): Promise<void>
}

/**
 * Fetches files into a folder of the staging folder.
 * @param bytes of each, where its first ones are enough; such a copy ends in the middle of a line
 * @throws LogiDataError `source.changed`, `connection.…`; nothing is left then
 */
export async function fetchFiles(
  store: FileStore,
  found: readonly RemoteFile[],
  staging: string,
  bytes?: number,
): Promise<LocalCopies> {
  const folder = temporaryPath(join(staging, 'remote'), 'part')
  await mkdir(join(folder, 'staging'), { recursive: true })
  const remove = () => rm(folder, { recursive: true, force: true })
  const copies = found.map(
    ({ name, bytes: size, modified }, index): InputFile => ({
      path: join(folder, `${String(index).padStart(6, '0')}${endingOf(name)}`),
      name,
      bytes: size,
      modified,
    }),
  )
  try {
    const waiting = found.entries()
    const fetching = Array.from({ length: Math.min(AT_ONCE, found.length) }, async () => {
      for (const [index, file] of waiting) {
        const path = copies[index]?.path ?? ''
        await store.fetch(file, path, bytes === undefined ? {} : { bytes })
      }
    })
    const ends = await Promise.allSettled(fetching)
    const failed = ends.find((end) => end.status === 'rejected')
    if (failed) throw failed.reason
  } catch (thrown) {
    await remove()
    throw thrown
  }
  const files: ProjectFiles = {
    staging: join(folder, 'staging'),
    inputs: async () => [...copies],
    output: async (path) => ({ path: join(folder, 'none', path.replaceAll(/[^\w]/g, '_')), name: path }),
  }
  return { files, copies, remove }
}

/** What readers tell the format and the compression by. */
const endingOf = (name: string): string => /(?:\.[A-Za-z0-9]{1,10}){0,2}$/.exec(name)?.[0] ?? ''
