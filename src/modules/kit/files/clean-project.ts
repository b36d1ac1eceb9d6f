import { type Dirent, type Stats, utimes } from 'node:fs'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PROJECT_SETTINGS_FILE, type ProjectSettings, parseProjectSettings } from '../../../shared/runs/storage.ts'
import { recoverTarget } from './replace-target.ts'
import { abandonedIn, isTemporaryName, PROCESS_STARTED, removeTemporary } from './temporary-names.ts'

/** A project is opened often: beyond this, what a crash left is found when its target is next written or read. */
const MOST_ENTRIES = 20_000
const SKIPPED = new Set(['.logidata', '.git', 'node_modules'])

/**
 * Undoes what writers that died left anywhere in a project: above all a folder that was between the two renames of its swap, and
 * is not there at all until then.
 * @returns whether there was anything
 */
export async function recoverProject(root: string): Promise<boolean> {
  const folders = [root]
  let seen = 0
  let found = false
  for (let folder = folders.pop(); folder !== undefined && seen < MOST_ENTRIES; folder = folders.pop()) {
    const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => [])
    seen += entries.length
    for (const entry of entries)
      if (entry.isDirectory() && !SKIPPED.has(entry.name) && !isTemporaryName(entry.name))
        folders.push(join(folder, entry.name))
    if (!entries.some((entry) => isTemporaryName(entry.name))) continue
    const targets = new Set((await abandonedIn(folder)).map((leftover) => leftover.target))
    found ||= targets.size > 0
    // A folder that cannot be written to is for whoever writes to it to complain about.
    for (const target of targets) await recoverTarget(target).catch(() => undefined)
  }
  return found
}

/** Removes what processes that died had not finished: what queries wrote because it did not fit into memory, or were staging. */
export async function cleanSpill(folder: string): Promise<void> {
  for (const { path } of await abandonedIn(folder)) await removeTemporary(path).catch(() => undefined)
}

export interface StagingLimits {
  readonly age: number
  readonly bytes: number
}

const DAY = 24 * 60 * 60 * 1000
const LIMITS = limitsOf(parseProjectSettings(''))
/** What another process has used so recently it is likely to use still. */
const RECENT = 60 * 60 * 1000

/** What the person set for this project, else the defaults. */
export async function stagingLimits(root: string): Promise<StagingLimits> {
  return limitsOf(parseProjectSettings(await readFile(join(root, PROJECT_SETTINGS_FILE), 'utf8').catch(() => '')))
}

function limitsOf({ keepDays, stagingBytes }: ProjectSettings): StagingLimits {
  return { age: keepDays * DAY, bytes: stagingBytes }
}

/**
 * Removes staged files that were not used for long, and while they are too many the ones that were used longest ago. What this
 * process has used stays: `markUsed` has dated it after the process's start.
 */
export async function cleanStaging(staging: string, limits: StagingLimits = LIMITS): Promise<void> {
  for (const { path } of await abandonedIn(staging)) await removeTemporary(path).catch(() => undefined)
  const groups = new Map<string, { paths: string[]; used: number; bytes: number }>()
  for (const name of await readdir(staging).catch(() => [])) {
    // Rows, rejects and facts of one source belong together.
    const id = /^[a-z]{1,20}-[0-9a-f]{32}/.exec(name)?.[0]
    const path = join(staging, name)
    const info: Stats | undefined = id === undefined ? undefined : await stat(path).catch(() => undefined)
    if (id === undefined || !info?.isFile()) continue
    const group = groups.get(id) ?? { paths: [], used: 0, bytes: 0 }
    group.paths.push(path)
    group.used = Math.max(group.used, info.mtimeMs)
    group.bytes += info.size
    groups.set(id, group)
  }
  const now = Date.now()
  let total = [...groups.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { paths, used, bytes } of [...groups.values()].sort((one, other) => one.used - other.used)) {
    if (used >= Math.min(PROCESS_STARTED, now - RECENT)) break
    if (now - used < limits.age && total <= limits.bytes) break
    for (const path of paths) await rm(path, { force: true }).catch(() => undefined)
    total -= bytes
  }
}

/** Dates staged files that are used again, so that they count as new. */
export async function markUsed(...paths: readonly string[]): Promise<void> {
  const now = new Date()
  await Promise.all(paths.map((path) => new Promise<void>((done) => utimes(path, now, now, () => done()))))
}
