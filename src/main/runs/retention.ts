import type { Stats } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Cleaned, ProjectSettings, StorageStatus } from '../../shared/runs/storage.ts'
import type { Journal } from '../journal/journal.ts'

const DAY = 24 * 60 * 60 * 1000
/** What was written so recently, an engine may be about to use. */
const RECENT = 60 * 60 * 1000
/** Runs that are removed in one step: longer ones would keep the window waiting. */
const RUNS_AT_ONCE = 50

/** Not while the window opens. */
const FIRST = 20_000
const EVERY = 60 * 60 * 1000

/** When what is not kept is removed by itself. @returns the timers */
export const nowAndThen = (clean: () => void): NodeJS.Timeout[] => [
  setTimeout(clean, FIRST).unref(),
  setInterval(clean, EVERY).unref(),
]

export interface RetentionOptions {
  readonly projectRoot: string
  readonly journal: Journal
  readonly settings: ProjectSettings
  /** A run goes: what it takes from earlier ones it has perhaps not said yet, so that staged results are left alone. */
  readonly busy: () => boolean
}

/**
 * Removes what a project keeps no longer: runs beyond the newest, events and rejected rows of old ones, staged results that are old or
 * too many. Nothing of a run that goes, waits, or can be resumed and is not old.
 */
export async function cleanRuns(options: RetentionOptions): Promise<Cleaned> {
  const { projectRoot, journal, settings } = options
  const before = Date.now() - settings.keepDays * DAY
  let runs = 0
  for (;;) {
    const removed = journal.removeRuns(settings.keepRuns, RUNS_AT_ONCE)
    runs += removed
    if (removed < RUNS_AT_ONCE) break
    await breathe()
  }
  while (journal.removeEvents(new Date(before), RUNS_AT_ONCE) === RUNS_AT_ONCE) await breathe()
  const kept = journal.inUse(new Date(before))
  const folder = join(projectRoot, '.logidata')
  let bytes = await cleanRejects(join(folder, 'rejects'), journal, kept.runIds, before)
  await cleanCommits(join(folder, 'commits'), journal, kept.runIds, before)
  if (!options.busy()) bytes += await cleanStaged(join(folder, 'staging', 'runs'), kept.hashes, settings, before)
  return { runs, bytes }
}

/** Sizes, for people who wonder where their disk went. */
export async function storageStatus(
  projectRoot: string,
  journal: Journal,
  settings: ProjectSettings,
): Promise<StorageStatus> {
  const folder = join(projectRoot, '.logidata')
  const ofJournal = ['journal.db', 'journal.db-wal', 'journal.db-shm'].map((name) => size(join(folder, name)))
  const [backups, staging, rejects, logs] = await Promise.all(
    ['backups', 'staging', 'rejects', 'logs'].map((name) => size(join(folder, name))),
  )
  return {
    settings,
    runs: journal.count(),
    bytes: {
      journal: (await Promise.all(ofJournal)).reduce((sum, one) => sum + one, 0),
      backups: backups ?? 0,
      staging: staging ?? 0,
      rejects: rejects ?? 0,
      logs: logs ?? 0,
    },
  }
}

/** A folder per run. */
async function cleanRejects(
  folder: string,
  journal: Journal,
  inUse: ReadonlySet<string>,
  before: number,
): Promise<number> {
  let bytes = 0
  for (const { path, info } of await entries(folder)) {
    const runId = decode(basename(path))
    if (inUse.has(runId) || !(await isOld(path, info, runId, journal, before))) continue
    bytes += await size(path)
    await rm(path, { recursive: true, force: true }).catch(() => {})
    journal.forgetRejects(runId)
  }
  return bytes
}

/** `<run>.<node>.json`: whether a load was committed, which only a run that is taken up again asks. */
async function cleanCommits(folder: string, journal: Journal, inUse: ReadonlySet<string>, before: number) {
  for (const { path, info } of await entries(folder)) {
    const runId = decode(basename(path).split('.')[0] ?? '')
    if (!inUse.has(runId) && (await isOld(path, info, runId, journal, before)))
      await rm(path, { force: true }).catch(() => {})
  }
}

/** Of a run that is not in the history any more, or of an old one; not what is being written. */
async function isOld(path: string, info: Stats, runId: string, journal: Journal, before: number): Promise<boolean> {
  const written = await lastWritten(path, info)
  if (written > Date.now() - RECENT) return false
  return written < before || journal.run(runId) === undefined
}

/** Of a file, or of a folder and what is in it. */
async function lastWritten(path: string, info: Stats): Promise<number> {
  return Math.max(info.mtimeMs, ...(await entries(path)).map((entry) => entry.info.mtimeMs))
}

/** A folder per hash of what it depends on. */
async function cleanStaged(
  folder: string,
  inUse: ReadonlySet<string>,
  { stagingBytes }: ProjectSettings,
  before: number,
): Promise<number> {
  const recent = Date.now() - RECENT
  const all = await Promise.all(
    (await entries(folder)).map(async ({ path, info }) => ({
      path,
      used: await lastWritten(path, info),
      bytes: await size(path),
    })),
  )
  let total = all.reduce((sum, { bytes }) => sum + bytes, 0)
  let freed = 0
  for (const { path, used, bytes } of all.toSorted((a, b) => a.used - b.used)) {
    if (used >= recent || (used >= before && total <= stagingBytes)) break
    if (inUse.has(basename(path))) continue
    await rm(path, { recursive: true, force: true }).catch(() => {})
    total -= bytes
    freed += bytes
  }
  return freed
}

async function entries(folder: string): Promise<{ path: string; info: Stats }[]> {
  const names = await readdir(folder).catch(() => [])
  const found: { path: string; info: Stats }[] = []
  for (const name of names) {
    const path = join(folder, name)
    const info = await lstat(path).catch(() => undefined)
    if (info) found.push({ path, info })
  }
  return found
}

async function size(path: string): Promise<number> {
  const info = await lstat(path).catch(() => undefined)
  if (!info?.isDirectory()) return info?.size ?? 0
  let total = 0
  for (const name of await readdir(path).catch(() => [])) total += await size(join(path, name))
  return total
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Lets others have their turn. */
const breathe = () => new Promise<void>((resolve) => setTimeout(resolve, 5))
