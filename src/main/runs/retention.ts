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
  /** Nothing is removed: it is said what would be. */
  readonly dryRun?: boolean
}

/** What goes, found out while it is looked through. */
interface Sweep {
  readonly journal: Journal
  /** Runs whose rows and results stay. */
  readonly inUse: ReadonlySet<string>
  /** Runs that a dry run leaves in the history, and a real one does not. */
  readonly leaving: ReadonlySet<string>
  readonly before: number
  readonly dryRun: boolean
  freed: number
  /** Of what would go by its age or size, were it not in use. */
  held: number
}

/**
 * Removes what a project keeps no longer: runs beyond the newest, events and rejected rows of old ones, staged results that are old or
 * too many. Nothing of a run that goes, waits, or can be resumed and is not old.
 */
export async function cleanRuns(options: RetentionOptions): Promise<Cleaned> {
  const { projectRoot, journal, settings, dryRun = false } = options
  const before = Date.now() - settings.keepDays * DAY
  const leaving = new Set(dryRun ? journal.removable(settings.keepRuns) : [])
  let runs = leaving.size
  while (!dryRun) {
    const removed = journal.removeRuns(settings.keepRuns, RUNS_AT_ONCE)
    runs += removed
    if (removed < RUNS_AT_ONCE) break
    await breathe()
  }
  while (!dryRun && journal.removeEvents(new Date(before), RUNS_AT_ONCE) === RUNS_AT_ONCE) await breathe()
  const { runIds, runs: used, hashes } = journal.inUse(new Date(before), leaving)
  const sweep: Sweep = { journal, inUse: runIds, leaving, before, dryRun, freed: 0, held: 0 }
  const folder = join(projectRoot, '.logidata')
  await cleanRejects(join(folder, 'rejects'), sweep)
  if (!dryRun) await cleanCommits(join(folder, 'commits'), sweep)
  await cleanSources(join(folder, 'staging', 'sources'), sweep)
  const busy = options.busy()
  if (!busy) await cleanStaged(join(folder, 'staging', 'runs'), hashes, settings, sweep)
  return { runs, bytes: sweep.freed, inUse: { runs: used, bytes: sweep.held }, busy }
}

/** Sizes, for people who wonder where their disk went. */
export async function storageStatus(
  projectRoot: string,
  journal: { count(): number } | undefined,
  settings: ProjectSettings,
): Promise<StorageStatus> {
  const folder = join(projectRoot, '.logidata')
  const ofJournal = ['journal.db', 'journal.db-wal', 'journal.db-shm'].map((name) => size(join(folder, name)))
  const [backups, staging, rejects, logs] = await Promise.all(
    ['backups', 'staging', 'rejects', 'logs'].map((name) => size(join(folder, name))),
  )
  return {
    settings,
    runs: journal?.count() ?? 0,
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
async function cleanRejects(folder: string, sweep: Sweep): Promise<void> {
  const { journal, inUse, dryRun } = sweep
  for (const { path, info } of await entries(folder)) {
    const runId = decode(basename(path))
    if (!(await isOld(path, info, runId, sweep))) continue
    const bytes = await size(path)
    if (inUse.has(runId)) {
      sweep.held += bytes
      continue
    }
    sweep.freed += bytes
    if (dryRun) continue
    await rm(path, { recursive: true, force: true }).catch(() => {})
    journal.forgetRejects(runId)
  }
}

/** `<run>.<node>.json`: whether a load was committed, which only a run that is taken up again asks. */
async function cleanCommits(folder: string, sweep: Sweep): Promise<void> {
  for (const { path, info } of await entries(folder)) {
    const runId = decode(basename(path).split('.')[0] ?? '')
    if (!sweep.inUse.has(runId) && (await isOld(path, info, runId, sweep)))
      await rm(path, { force: true }).catch(() => {})
  }
}

/** Of a run that is not in the history any more, or of an old one; not what is being written. */
async function isOld(path: string, info: Stats, runId: string, { journal, leaving, before }: Sweep): Promise<boolean> {
  const written = await lastWritten(path, info)
  if (written > Date.now() - RECENT) return false
  return written < before || leaving.has(runId) || journal.run(runId) === undefined
}

/** Of a file, or of a folder and what is in it. */
async function lastWritten(path: string, info: Stats): Promise<number> {
  return Math.max(info.mtimeMs, ...(await entries(path)).map((entry) => entry.info.mtimeMs))
}

/** Files per source, `KEY` and an ending: what it said of itself and a sample of its rows, together. They are made again when it is next asked. */
async function cleanSources(folder: string, sweep: Sweep): Promise<void> {
  const bySource = Map.groupBy(await entries(folder), ({ path }) => basename(path).split('.')[0] ?? '')
  for (const files of bySource.values()) {
    const written = await Promise.all(files.map(({ path, info }) => lastWritten(path, info)))
    if (Math.max(...written) >= Math.min(sweep.before, Date.now() - RECENT)) continue
    for (const { path } of files) {
      sweep.freed += await size(path)
      if (!sweep.dryRun) await rm(path, { recursive: true, force: true }).catch(() => {})
    }
  }
}

/** A folder per hash of what it depends on. */
async function cleanStaged(
  folder: string,
  inUse: ReadonlySet<string>,
  { stagingBytes }: ProjectSettings,
  sweep: Sweep,
): Promise<void> {
  const recent = Date.now() - RECENT
  const all = await Promise.all(
    (await entries(folder)).map(async ({ path, info }) => ({
      path,
      used: await lastWritten(path, info),
      bytes: await size(path),
    })),
  )
  let total = all.reduce((sum, { bytes }) => sum + bytes, 0)
  for (const { path, used, bytes } of all.toSorted((a, b) => a.used - b.used)) {
    if (used >= recent || (used >= sweep.before && total <= stagingBytes)) break
    if (inUse.has(basename(path))) {
      sweep.held += bytes
      continue
    }
    if (!sweep.dryRun) await rm(path, { recursive: true, force: true }).catch(() => {})
    total -= bytes
    sweep.freed += bytes
  }
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
