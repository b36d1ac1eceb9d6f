import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { toOperationalError } from './file-errors.ts'

interface WriteOptions {
  /** Who may read it, as of `open`; absent: as the system has it for new files. */
  readonly mode?: number
}

/**
 * Replaces a file so that a crash at any point leaves the old bytes or the new, never a part of either.
 * @throws LogiDataError `file.*`
 */
export async function writeAtomically(
  path: string,
  data: string | Uint8Array,
  { mode }: WriteOptions = {},
): Promise<void> {
  await throughTemporary(path, data, (temporary) => rename(temporary, path), [], mode)
}

/**
 * Makes a file that must not be there yet.
 * @returns false if it is.
 * @throws LogiDataError `file.*`
 */
export async function createExclusively(path: string, data: string | Uint8Array): Promise<boolean> {
  try {
    // A hard link fails where a rename would replace.
    await throughTemporary(path, data, (temporary) => link(temporary, path), ['EEXIST'])
    return true
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false
    throw thrown
  }
}

async function throughTemporary(
  path: string,
  data: string | Uint8Array,
  publish: (temporary: string) => Promise<void>,
  passOn: readonly string[] = [],
  mode?: number,
): Promise<void> {
  const folder = dirname(path)
  // The dot keeps watchers and listings of pipelines from seeing it.
  const temporary = join(folder, `.${randomBytes(6).toString('hex')}.tmp`)
  try {
    await mkdir(folder, { recursive: true })
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(data)
      await file.sync()
    } finally {
      await file.close()
    }
    await publish(temporary)
    await syncFolder(folder)
  } catch (thrown) {
    if (passOn.some((code) => hasCode(thrown, code))) throw thrown
    throw toOperationalError(thrown, path)
  } finally {
    await rm(temporary, { force: true }).catch(() => {})
  }
}

/** Makes the new name itself durable. Windows cannot open folders, and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, constants.O_RDONLY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const hasCode = (thrown: unknown, code: string) => thrown instanceof Error && 'code' in thrown && thrown.code === code
