import { type FileHandle, link, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { operationalError, userError } from '../../../shared/errors.ts'
import type { LoadCommit, LoadResult } from '../contract.ts'
import { leftoversOf, releaseTemporary, removeTemporary } from './temporary-names.ts'

/** What a load will have done once its target has changed, and where it says so before. */
export interface PendingCommit {
  readonly commit: LoadCommit | undefined
  readonly result: LoadResult
}

/**
 * Gives a finished temporary file its target's name: whoever reads the target sees the old file or the new, never a part.
 * @param exclusive fail when the target exists
 * @throws LogiDataError `target.exists`
 */
export async function publishFile(
  temporary: string,
  target: string,
  exclusive: boolean,
  pending?: PendingCommit,
): Promise<void> {
  await syncFile(temporary)
  await provably(temporary, target, pending, async () => {
    if (!exclusive) {
      await rename(temporary, target)
      return
    }
    // A link, unlike a rename, refuses to replace what another process has written meanwhile.
    try {
      await link(temporary, target)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw targetExists(target)
      if (await exists(target)) throw targetExists(target)
      await rename(temporary, target)
      return
    }
    crashPoint('linked')
    await unlink(temporary)
  })
  releaseTemporary(temporary)
  crashPoint('renamed')
  await syncFolder(dirname(target))
}

/** A name that is gone after a power cut would look as if the rename had happened, so the folder is synced before the intent. */
async function provably(
  temporary: string,
  target: string,
  pending: PendingCommit | undefined,
  change: () => Promise<void>,
): Promise<void> {
  if (!pending?.commit) return change()
  await syncFolder(dirname(temporary))
  crashPoint('synced')
  await pending.commit.intend({ kind: 'rename', temporary, target }, pending.result)
  crashPoint('intended')
  try {
    await change()
  } catch (error) {
    if (!(await isCommitted(await inodeOf(temporary), temporary, target))) await pending.commit.withdraw()
    throw error
  }
}

/** Identifies a file or folder while it exists, whatever its name. */
export async function inodeOf(path: string): Promise<string | undefined> {
  const info = await stat(path, { bigint: true }).catch(() => undefined)
  return info && String(info.ino)
}

/**
 * Whether `temporary` was given the name `target`: it has it still, or somebody has replaced it since. Only to be asked before
 * what the writer left is cleaned away.
 */
export async function isCommitted(inode: string | undefined, temporary: string, target: string): Promise<boolean> {
  const there = await inodeOf(target)
  return there !== undefined && (there === inode || !(await exists(temporary)))
}

/**
 * Swaps a finished temporary folder in. A folder cannot be renamed over a full one, so it takes two renames; when the
 * process dies between them, `recoverTarget` puts the old folder back.
 */
export async function publishFolder(
  temporary: string,
  target: string,
  old: string,
  pending?: PendingCommit,
): Promise<void> {
  await syncTree(temporary)
  const replaces = await exists(target)
  await provably(temporary, target, pending, async () => {
    if (replaces) {
      await rename(target, old)
      crashPoint('swap')
    }
    await rename(temporary, target)
  })
  releaseTemporary(temporary)
  crashPoint('renamed')
  await syncFolder(dirname(target))
  crashPoint('swapped')
  if (replaces) await removeTemporary(old)
  else releaseTemporary(old)
}

/** Undoes what a writer that died left at a target: restores a folder that was being swapped, removes unfinished files. */
export async function recoverTarget(target: string): Promise<void> {
  const leftovers = await leftoversOf(target)
  const old = leftovers.find((leftover) => leftover.role === 'old')
  if (old && !(await exists(target))) {
    await rename(old.path, target)
    await syncFolder(dirname(target))
  }
  for (const leftover of leftovers) {
    if (leftover !== old || (await exists(leftover.path))) await removeTemporary(leftover.path)
  }
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

export const makeFolder = (path: string) => mkdir(path, { recursive: true })

export const targetExists = (name: string) =>
  userError('target.exists', `${name} exists, and the mode is "fail".`, {
    hint: 'Choose another path, or the mode "overwrite" or "append".',
    field: ['path'],
  })

/** Turns what the file system or DuckDB says while a target is written into an error that says what to do. */
export function writeError(name: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : String(error)
  if (/ENOSPC|No space left|EFBIG|File too large|EDQUOT|quota exceeded|not enough space/i.test(message)) {
    return operationalError('disk.full', `There was no room left to write ${name}. What it held before is unchanged.`, {
      hint: 'Free some space on that disk, or write somewhere else.',
      cause: error,
    })
  }
  if (/EACCES|EPERM|EROFS|Permission denied|Read-only file system/i.test(message)) {
    return operationalError('target.not-writable', `${name} cannot be written: permission denied.`, {
      hint: 'Check who owns the folder, or write somewhere else.',
      field: ['path'],
      cause: error,
    })
  }
  return error
}

/** Without this, a rename may reach the disk before the bytes: after a power cut the target would be empty. */
export async function syncFile(path: string): Promise<void> {
  await withHandle(path, 'r+', (handle) => handle.sync())
}

export async function syncFolder(path: string): Promise<void> {
  // Windows cannot open a folder; its rename is journalled by NTFS.
  if (process.platform === 'win32') return
  await withHandle(path, 'r', (handle) => handle.sync())
}

export async function syncTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncTree(path)
    else await syncFile(path)
  }
  await syncFolder(folder)
}

async function withHandle(path: string, flags: string, action: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags)
  try {
    await action(handle)
  } finally {
    await handle.close()
  }
}

/** For the tests of what a crash leaves: ends the process at a named step, as a power cut would. */
export function crashPoint(step: string): void {
  if (process.env.LOGIDATA_TEST_CRASH_AT === step) process.kill(process.pid, 'SIGKILL')
}
