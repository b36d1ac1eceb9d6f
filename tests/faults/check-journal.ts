import { join } from 'node:path'
import Sqlite from 'better-sqlite3'
import type { Figures } from './figures.ts'

const CONTRADICTIONS: Readonly<Record<string, string>> = {
  'a run has not ended': `SELECT run_id FROM runs WHERE state IN ('running', 'queued')`,
  'an attempt has not ended': `SELECT run || '/' || attempt FROM attempts WHERE state IN ('running', 'queued')`,
  'something was said after the end of an attempt': `SELECT later.run || '/' || later.seq FROM events AS later JOIN events AS last
     ON last.run = later.run AND last.attempt = later.attempt AND last.kind = 'finished' AND later.seq > last.seq`,
  'an attempt ended twice': `SELECT run || '/' || attempt FROM events WHERE kind = 'finished' GROUP BY run, attempt HAVING count(*) > 1`,
  'an earlier attempt spoke after a later one': `SELECT a.run || '/' || a.seq FROM events AS a JOIN events AS b
     ON a.run = b.run AND a.seq = b.seq + 1 AND a.attempt < b.attempt`,
  'a run succeeded, its last attempt did not': `SELECT run_id FROM runs JOIN attempts ON run = number AND attempts.attempt = runs.attempt
     WHERE runs.state = 'succeeded' AND attempts.state <> 'succeeded'`,
  'a run succeeded, a node of it did not': `SELECT run_id || ' ' || node_id FROM runs JOIN nodes ON run = number AND nodes.attempt = runs.attempt
     WHERE runs.state = 'succeeded' AND nodes.state NOT IN ('done', 'skipped')`,
  'the numbers of a run’s events have holes': `SELECT run FROM events GROUP BY run HAVING max(seq) <> count(*) OR min(seq) <> 1`,
}

/** What may still be so in a case, and what must not even then. */
const EXCEPTIONS: Readonly<Record<Exception, readonly [string, string]>> = {
  // It was written down that a run waits, and not yet that it begins: whoever opens the project next as a studio starts it.
  'cut between two writes': [
    'a run has not ended',
    `SELECT run_id FROM runs WHERE state = 'running' OR (state = 'queued' AND attempt > 0)`,
  ],
}
type Exception = 'cut between two writes'

/** Looks into a project's journal while nothing runs: whole, and free of contradictions. */
export function checkJournal(root: string, figures: Figures, point: string, exception?: Exception): void {
  figures.journalsChecked++
  const db = new Sqlite(join(root, '.logidata/journal.db'), { readonly: true, timeout: 5_000 })
  try {
    const found = db.pragma('integrity_check', { simple: true })
    const broken = db.pragma('foreign_key_check') as unknown[]
    if (found === 'ok' && broken.length === 0) figures.journalsIntact++
    else figures.problem(`${point}: the journal is damaged: ${String(found)}`)
    const [excepted, instead] = exception === undefined ? [] : EXCEPTIONS[exception]
    for (const [what, asked] of Object.entries(CONTRADICTIONS)) {
      const sql = what === excepted ? instead : undefined
      const rows = db
        .prepare(`${sql ?? asked} LIMIT 3`)
        .pluck()
        .all()
      if (rows.length > 0) figures.problem(`${point}: ${what}: ${rows.join(', ')}`)
    }
  } finally {
    db.close()
  }
}

/** What the journal says of a run. */
export function stateOf(root: string, runId: string): string | undefined {
  const db = new Sqlite(join(root, '.logidata/journal.db'), { readonly: true, timeout: 5_000 })
  try {
    const state = db.prepare('SELECT state FROM runs WHERE run_id = ?').pluck().get(runId)
    return state === undefined ? undefined : String(state)
  } finally {
    db.close()
  }
}
