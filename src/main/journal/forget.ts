import type Database from 'better-sqlite3'

/** Ended runs, but for the newest `keep` of the history. */
const REMOVABLE = `state NOT IN ('queued', 'running')
  AND number <= coalesce((SELECT number FROM runs ORDER BY number DESC LIMIT 1 OFFSET ?), 0)`

/** What `removeRuns` would remove. */
export const removableRuns = (db: Database.Database, keep: number): string[] =>
  db.prepare(`SELECT run_id FROM runs WHERE ${REMOVABLE}`).pluck().all(keep).map(String)

/** Removes the oldest runs that have ended, but for the newest `keep`; at most `limit` at once. @returns how many */
export function removeRuns(db: Database.Database, keep: number, limit: number): number {
  const { changes } = db
    .prepare(`DELETE FROM runs WHERE number IN (SELECT number FROM runs WHERE ${REMOVABLE} ORDER BY number LIMIT ?)`)
    .run(keep, limit)
  if (changes > 0)
    db.prepare('DELETE FROM documents WHERE NOT EXISTS (SELECT 1 FROM runs WHERE document_hash = documents.hash)').run()
  return changes
}

/** Removes the events of runs that ended before; what became of them and their nodes stays. @returns of how many runs */
export function removeEvents(db: Database.Database, before: Date, limit: number): number {
  const runs = db
    .prepare(
      `SELECT number FROM runs WHERE state NOT IN ('queued', 'running') AND finished_at < ?
         AND EXISTS (SELECT 1 FROM events WHERE run = number AND kind <> 'finished') ORDER BY number LIMIT ?`,
    )
    .pluck()
    .all(before.toISOString(), limit)
  // Its last word stays, for who follows it.
  const remove = db.prepare(`DELETE FROM events WHERE run = ? AND kind <> 'finished'`)
  for (const number of runs) remove.run(number)
  return runs.length
}

/** Its kept rows are not there any more. */
export function forgetRejects(db: Database.Database, runId: string): void {
  db.prepare(`UPDATE rejects SET file = NULL, kept = '0' WHERE run = (SELECT number FROM runs WHERE run_id = ?)`).run(
    runId,
  )
}
