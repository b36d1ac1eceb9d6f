import Database from 'better-sqlite3'
import { LogiDataError, operationalError } from '../../shared/errors.ts'
import { toOperationalError } from '../files/file-errors.ts'

const BROKEN = /^SQLITE_(CORRUPT|NOTADB)/

/** SQLite says that the file itself is damaged, or none of its. */
export const isBroken = (thrown: unknown): boolean => thrown instanceof Database.SqliteError && BROKEN.test(thrown.code)

export const isBusy = (thrown: unknown): boolean =>
  thrown instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(thrown.code)

/** Turns what SQLite or the file system said about the journal at `path` into an error for people; passes others on. */
export function journalError(thrown: unknown, path: string): unknown {
  if (thrown instanceof LogiDataError) return thrown
  if (!(thrown instanceof Database.SqliteError)) return toOperationalError(thrown, path)
  const { code } = thrown
  if (BROKEN.test(code))
    return operationalError('journal.broken', `The project's run history is damaged: ${path}`, {
      hint: 'Close the project and open it again: the newest good copy of the history is then put back.',
      cause: thrown,
    })
  if (code.startsWith('SQLITE_FULL'))
    return operationalError('journal.disk-full', `The disk is full; the run history could not be written: ${path}`, {
      hint: 'Make room and run again. Nothing runs that is not written down.',
      cause: thrown,
    })
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code))
    return operationalError('journal.read-only', `The run history cannot be written: ${path}`, {
      hint: 'Check the permissions of the folder .logidata in the project. Nothing runs that is not written down.',
      cause: thrown,
    })
  if (isBusy(thrown))
    return operationalError('journal.busy', `Another program keeps the run history locked: ${path}`, {
      hint: 'Close what has it open, and try again.',
      cause: thrown,
    })
  return operationalError(
    'journal.failed',
    `The run history could not be read or written (${thrown.message}): ${path}`,
    {
      hint: 'Look at the disk: SQLite could not read or write this file.',
      cause: thrown,
    },
  )
}
