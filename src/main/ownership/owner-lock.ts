import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { z } from 'zod'
import { userError } from '../../shared/errors.ts'
import { isBroken, isBusy, journalError } from '../journal/journal-errors.ts'

const ownerSchema = z.object({
  pid: z.number().int(),
  /** For people: `LogiData Studio (browser)`, `logidata run`. */
  application: z.string(),
  /** ISO. */
  since: z.string(),
  host: z.string(),
  /** Where it takes runs from others: a socket or named pipe. */
  endpoint: z.string().optional(),
  /** What it wants to hear first there. */
  token: z.string().optional(),
})
export type Owner = z.infer<typeof ownerSchema>

const TRIES = 50
const PAUSE_MILLISECONDS = 20

/**
 * The claim of one process to a project folder: a transaction that is held open on `.logidata/owner.db`. The system drops its lock
 * when the process ends, however it ends, so that a row alone means nothing. The row says who it is; others can read it.
 *
 * Nobody may open that file but through SQLite: closing any descriptor of it in the owner's process would drop the lock.
 */
export class OwnerLock {
  readonly owner: Owner
  readonly #db: Database.Database

  private constructor(db: Database.Database, owner: Owner) {
    this.#db = db
    this.owner = owner
  }

  /**
   * @returns who has it, if another has
   * @throws LogiDataError `journal.read-only`, `journal.disk-full`, `journal.failed`: nobody can own this folder
   */
  static async take(
    projectRoot: string,
    who: { readonly application: string; readonly endpoint?: string | undefined; readonly token?: string | undefined },
  ): Promise<OwnerLock | { readonly taken: Owner | undefined }> {
    const path = ownerPath(projectRoot)
    const owner: Owner = { pid: process.pid, since: new Date().toISOString(), host: hostname(), ...present(who) }
    let taken: Owner | undefined
    for (let tries = 0; tries < TRIES; tries++) {
      const db = open(path)
      try {
        if (claim(db, owner)) return new OwnerLock(db, owner)
        taken = rowOf(db)
        db.close()
        if (taken) return { taken }
      } catch (thrown) {
        db.close()
        if (isBroken(thrown)) setAside(path)
        else if (!isBusy(thrown)) throw journalError(thrown, path)
      }
      // Another is between its two steps.
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS))
    }
    return { taken }
  }

  release(): void {
    if (!this.#db.open) return
    this.#db.exec('ROLLBACK')
    this.#db.close()
  }
}

/** Who has the project now. @returns undefined if nobody has */
export async function currentOwner(projectRoot: string): Promise<Owner | undefined> {
  if (!existsSync(ownerPath(projectRoot))) return undefined
  const got = await OwnerLock.take(projectRoot, { application: 'logidata' }).catch(() => ({ taken: undefined }))
  if (!(got instanceof OwnerLock)) return got.taken
  got.release()
  return undefined
}

/** For people: who has the project, and what to do. */
export function inUse(projectName: string, owner: Owner | undefined) {
  if (!owner)
    return userError('project.in-use', `“${projectName}” is open in another LogiData Studio.`, {
      hint: 'Close it there, or open another project.',
    })
  const where = owner.host === hostname() ? '' : ` on ${owner.host}`
  const since = owner.since.slice(0, 16).replace('T', ' ')
  return userError(
    'project.in-use',
    `“${projectName}” is open in ${owner.application} (process ${owner.pid}${where}, since ${since} UTC).`,
    {
      hint: 'A project is open in one application at a time: go to that one, or close it there and open it here again.',
    },
  )
}

const ownerPath = (projectRoot: string): string => join(projectRoot, '.logidata', 'owner.db')

function open(path: string): Database.Database {
  try {
    mkdirSync(join(path, '..'), { recursive: true })
    const db = new Database(path, { timeout: 0 })
    // It holds the token that admits others to the socket.
    if (process.platform !== 'win32') chmodSync(path, 0o600)
    return db
  } catch (thrown) {
    throw journalError(thrown, path)
  }
}

/** Writes who we are, then holds the lock that lets others read it. @returns false if another has it */
function claim(db: Database.Database, owner: Owner): boolean {
  const mark = randomBytes(8).toString('hex')
  try {
    db.exec('BEGIN EXCLUSIVE')
    db.exec('CREATE TABLE IF NOT EXISTS owner (mark TEXT NOT NULL, body TEXT NOT NULL)')
    db.exec('DELETE FROM owner')
    db.prepare('INSERT INTO owner (mark, body) VALUES (?, ?)').run(mark, JSON.stringify(owner))
    db.exec('COMMIT')
    db.exec('BEGIN IMMEDIATE')
  } catch (thrown) {
    if (db.inTransaction) db.exec('ROLLBACK')
    if (isBusy(thrown)) return false
    throw thrown
  }
  // Somebody who came between the two has written over it, and gone again.
  if (db.prepare('SELECT mark FROM owner').pluck().get() === mark) return true
  db.exec('ROLLBACK')
  return false
}

function rowOf(db: Database.Database): Owner | undefined {
  const body = db.prepare('SELECT body FROM owner').pluck().get()
  try {
    return ownerSchema.parse(JSON.parse(String(body)))
  } catch {
    return undefined
  }
}

/** Not an SQLite file: nobody can hold a lock of SQLite's on it. */
function setAside(path: string): void {
  try {
    renameSync(path, `${path}.broken`)
    rmSync(`${path}-journal`, { force: true })
  } catch {
    // Another was faster.
  }
}

function present<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
