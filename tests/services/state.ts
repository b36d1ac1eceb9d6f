// What runs: the file that `scripts/services` writes and the tests read, and the lock that lets one of them change it.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { ProcessId } from './processes.ts'
import { identify, isAlive } from './processes.ts'

/** What a service tells the tests: host, port, credentials, paths of certificates. */
export type Details = Record<string, string | number | boolean>

/** One service as the file knows it. */
export interface Entry {
  readonly state: 'starting' | 'running' | 'failed'
  readonly processes: readonly ProcessId[]
  readonly details: Details
  readonly version: string
  readonly seconds: number
  readonly error?: string
}

/** The file `.services/services.json`. */
export interface State {
  /** Where the servers keep their data; outside the clone, for an unprivileged user must reach it. */
  readonly folder: string
  readonly services: Readonly<Record<string, Entry>>
}

export const root = fileURLToPath(new URL('../..', import.meta.url))
/** A test of the script itself has one of its own. */
export const home = process.env['LOGIDATA_SERVICES_HOME'] || `${root}.services`
const file = `${home}/services.json`
const lock = `${home}/lock`

/** What was last written; undefined where nothing was started. */
export function readState(): State | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as State
  } catch {
    return undefined
  }
}

/** Written whole, by a rename: a test never reads half a file. Only the owner may read it, for it has passwords. */
export function writeState(state: State): void {
  const next = `${file}.${process.pid}`
  writeFileSync(next, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 })
  renameSync(next, file)
}

export function removeState(): void {
  rmSync(file, { force: true })
}

/** Runs `work` while no other `scripts/services` changes anything. A lock whose owner is dead is taken over. */
export async function locked<Result>(work: () => Promise<Result>): Promise<Result> {
  mkdirSync(`${home}/logs`, { recursive: true, mode: 0o700 })
  const until = Date.now() + 20 * 60_000
  const mine = `${lock}.${process.pid}`
  writeFileSync(mine, JSON.stringify(identify(process.pid)))
  try {
    while (!take(mine)) {
      const owner = lockOwner()
      if (owner !== undefined && !isAlive(owner)) rmSync(lock, { force: true })
      if (Date.now() > until) throw new Error(`another scripts/services holds ${lock}`)
      await delay(100)
    }
  } finally {
    rmSync(mine, { force: true })
  }
  try {
    return await work()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** A link is there with its content at once: nobody reads a lock that has no owner yet. */
function take(mine: string): boolean {
  try {
    linkSync(mine, lock)
    return true
  } catch {
    return false
  }
}

function lockOwner(): ProcessId | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as ProcessId
  } catch {
    return undefined
  }
}
