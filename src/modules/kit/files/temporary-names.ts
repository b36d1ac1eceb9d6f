import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { processStarted } from './process-started.ts'

/**
 * Names of what is being written: `.TARGET.HOST-PID-RANDOM.ROLE.tmp` beside the target, so that the rename stays on one
 * disk. They start with a dot and end with `.tmp`: a glob such as `*.parquet` never picks them up.
 */
export type TemporaryRole = 'new' | 'part' | 'old'

const DAY = 24 * 60 * 60 * 1000
const HOST = createHash('sha256').update(hostname()).digest('hex').slice(0, 6)
const NAME = /^\.(.+)\.([0-9a-f]{6})-(\d+)-([0-9a-f]{8})\.(new|part|old)\.tmp$/

/** Names that this thread is writing now; another write of the same thread must not clean them away. */
const active = new Set<string>()

/** Milliseconds since 1970; the same in every thread. */
export const PROCESS_STARTED = Date.now() - process.uptime() * 1000

export const isTemporaryName = (name: string): boolean => NAME.test(name)

export function temporaryPath(target: string, role: TemporaryRole): string {
  const id = `${HOST}-${process.pid}-${randomBytes(4).toString('hex')}`
  const path = join(dirname(target), `.${basename(target)}.${id}.${role}.tmp`)
  active.add(path)
  return path
}

/** The name is free again: what it named was renamed or removed. */
export const releaseTemporary = (path: string): void => {
  active.delete(path)
}

export interface Leftover {
  readonly path: string
  /** What was to be written. */
  readonly target: string
  readonly role: TemporaryRole
}

/** What writers that died left beside a target. */
export async function leftoversOf(target: string): Promise<Leftover[]> {
  const found = await abandonedIn(dirname(target))
  return found.filter((leftover) => leftover.target === target)
}

/** What writers that died left in a folder. */
export async function abandonedIn(folder: string): Promise<Leftover[]> {
  const names = await readdir(folder).catch(() => [])
  const found: Leftover[] = []
  for (const name of names) {
    const match = NAME.exec(name)
    if (!match) continue
    const path = join(folder, name)
    if (await isAbandoned(path, match[2] ?? '', Number(match[3])))
      found.push({ path, target: join(folder, match[1] ?? ''), role: match[5] as TemporaryRole })
  }
  return found
}

/** Whether the process that wrote a temporary file, by its name, is dead. @param path what else it has written, and where it is now */
export async function isOfDeadProcess(path: string, temporaryName: string): Promise<boolean> {
  const match = NAME.exec(temporaryName)
  return match !== null && isAbandoned(path, match[2] ?? '', Number(match[3]))
}

async function isAbandoned(path: string, host: string, pid: number): Promise<boolean> {
  if (active.has(path)) return false
  if (host !== HOST) {
    // A shared folder: whether a process of another machine lives cannot be asked, so only age tells.
    const info = await stat(path).catch(() => undefined)
    return info !== undefined && Date.now() - info.mtimeMs > DAY
  }
  if (pid !== process.pid && !isAlive(pid)) return true
  // Another thread may be writing it, or a process that had this number before: systems give them again, containers again and again.
  // A rename sets ctime, so that a folder which is being swapped counts as new however old its content is.
  const started = pid === process.pid ? PROCESS_STARTED : await processStarted(pid)
  const info = started === undefined ? undefined : await stat(path).catch(() => undefined)
  return info !== undefined && started !== undefined && Math.max(info.ctimeMs, info.mtimeMs) < started - CLOCKS_DIFFER
}

/** A file's time is that of the last tick of its system, and may be a little behind. */
const CLOCKS_DIFFER = 50

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

export async function removeTemporary(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  releaseTemporary(path)
}
