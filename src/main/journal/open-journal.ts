import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import { type ErrorInfo, operationalError, userError } from '../../shared/errors.ts'
import { Backups } from './backups.ts'
import { isBroken, journalError } from './journal-errors.ts'
import { MIGRATIONS, type Migration } from './migrations.ts'

/** `LogD`: tells our journals from other SQLite files. */
const APPLICATION_ID = 0x4c6f6744
const HEADER_BYTES = 100
const BUSY_MILLISECONDS = 5_000

export interface OpenJournal {
  readonly db: Database.Database
  readonly backups: Backups
  /** The history was damaged; what was done about it. */
  readonly warning: ErrorInfo | undefined
}

export const journalPath = (projectRoot: string): string => join(projectRoot, '.logidata', 'journal.db')

/**
 * Opens a project's journal to write to it: checked, of this version, in WAL with `synchronous=FULL`. A damaged one is set aside
 * and the newest good backup put in its place, else an empty one.
 * @throws LogiDataError `journal.newer`, `journal.read-only`, `journal.disk-full`, `journal.failed`
 */
export function openJournalFile(projectRoot: string, migrations: readonly Migration[] = MIGRATIONS): OpenJournal {
  const path = journalPath(projectRoot)
  const backups = new Backups(projectRoot)
  try {
    mkdirSync(dirname(path), { recursive: true })
    refuseNewer(path, migrations)
    try {
      // SQLite takes an empty file for a new journal; with copies of one there, it was cut off.
      if (statSync(path, { throwIfNoEntry: false })?.size === 0 && backups.list().length > 0)
        throw new Database.SqliteError('the file is empty', 'SQLITE_NOTADB')
      return { db: openChecked(path, migrations, backups), backups, warning: undefined }
    } catch (thrown) {
      if (!isBroken(thrown)) throw thrown
    }
    const aside = setAside(path)
    const restored = backups.restore(path)
    return { db: openChecked(path, migrations, backups), backups, warning: damaged(aside, restored) }
  } catch (thrown) {
    throw journalError(thrown, path)
  }
}

/**
 * Opens a journal to read it, while whoever owns the project writes to it.
 * @returns undefined if there is none
 * @throws LogiDataError `journal.newer`, `journal.older`, `journal.broken`
 */
export function openJournalToRead(projectRoot: string): Database.Database | undefined {
  const path = journalPath(projectRoot)
  if (!existsSync(path)) return undefined
  try {
    refuseNewer(path, MIGRATIONS)
    const db = new Database(path, { readonly: true, timeout: BUSY_MILLISECONDS })
    const version = Number(db.pragma('user_version', { simple: true }))
    if (version === MIGRATIONS.length) return db
    db.close()
  } catch (thrown) {
    throw journalError(thrown, path)
  }
  throw userError('journal.older', 'The run history was written by an earlier LogiData Studio.', {
    hint: 'Open the project in the studio, or run a pipeline of it: that brings it up to date.',
  })
}

function openChecked(path: string, migrations: readonly Migration[], backups: Backups): Database.Database {
  // Whoever closes a journal folds its log into it: a log that is still there was left by a crash.
  const crashed = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0
  const db = new Database(path, { timeout: BUSY_MILLISECONDS })
  try {
    db.pragma('journal_mode = WAL')
    db.pragma('synchronous = FULL')
    db.pragma('foreign_keys = ON')
    const found = db.pragma(crashed ? 'integrity_check(1)' : 'quick_check(1)', { simple: true })
    if (found !== 'ok') throw new Database.SqliteError(String(found), 'SQLITE_CORRUPT')
    migrate(db, migrations, backups, path)
    return db
  } catch (thrown) {
    db.close()
    throw thrown
  }
}

function migrate(db: Database.Database, migrations: readonly Migration[], backups: Backups, path: string): void {
  const version = Number(db.pragma('user_version', { simple: true }))
  // The header told it before, unless the version came in a log that a crash left.
  if (version > migrations.length) throw newer(path, version, migrations.length)
  if (version === migrations.length) return
  if (version > 0) backups.make(db)
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue
    db.transaction(() => {
      migration.up(db)
      db.prepare('INSERT INTO migrations (version, name, at) VALUES (?, ?, ?)').run(
        index + 1,
        migration.name,
        new Date().toISOString(),
      )
      db.pragma(`application_id = ${APPLICATION_ID}`)
      db.pragma(`user_version = ${index + 1}`)
    })()
  }
  // So that the file's own header says the version, for those who look before they open it.
  db.pragma('wal_checkpoint(TRUNCATE)')
}

/** Looks into the header alone: opening a file of a newer version could already change it. */
function refuseNewer(path: string, migrations: readonly Migration[]): void {
  const header = Buffer.alloc(HEADER_BYTES)
  if (!existsSync(path)) return
  const file = openSync(path, 'r')
  try {
    if (readSync(file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return
  } finally {
    closeSync(file)
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0' || header.readInt32BE(68) !== APPLICATION_ID) return
  const version = header.readInt32BE(60)
  if (version > migrations.length) throw newer(path, version, migrations.length)
}

function setAside(path: string): string {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
  let aside = `${path}.broken-${stamp}`
  for (let count = 2; existsSync(aside); count++) aside = `${path}.broken-${stamp}-${count}`
  renameSync(path, aside)
  // The log belongs to that file, and would be applied to the next one.
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`)
  rmSync(`${path}-shm`, { force: true })
  return aside
}

function newer(path: string, version: number, known: number) {
  return userError(
    'journal.newer',
    `The run history of this project was written by a newer LogiData Studio (its version is ${version}, this one knows ${known}): ${path}`,
    {
      hint: 'Use the newer LogiData Studio for this project. The history was not touched, and nothing runs without it.',
    },
  )
}

function damaged(aside: string, restored: boolean): ErrorInfo {
  const what = restored
    ? 'The newest good copy was put back; runs after it are missing from the list'
    : 'A new one was begun'
  return operationalError(
    restored ? 'journal.restored' : 'journal.begun-anew',
    `The run history of this project was damaged. ${what}. The damaged file was kept: ${aside}`,
    { hint: 'The pipelines and the data are not affected. If it happens again, check the disk.' },
  ).info
}
