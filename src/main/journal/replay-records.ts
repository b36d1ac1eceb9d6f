import type Database from 'better-sqlite3'
import { z } from 'zod'
import { userError } from '../../shared/errors.ts'
import type { ReplayedRows, RowRange } from '../../shared/runs/rejects.ts'

/** Rows of a file of rejects that a run reads again. */
export interface ReplayClaim {
  /** The run that kept them. */
  readonly source: string
  readonly file: string
  readonly rows: readonly RowRange[]
  /** They are wanted a second time, whatever became of them before. */
  readonly again: boolean
}

/** A run of which nothing can have been written frees its rows; one that failed, but may have written some, does not. */
const TAKEN = `(r.state IN ('queued', 'running', 'succeeded') OR EXISTS (
  SELECT 1 FROM stages s JOIN runs w ON w.number = s.run
  WHERE w.run_id = r.run_id AND s.kind = 'load' AND s.state IN ('done', 'reused', 'running', 'cancelled')))`

const rangeSchema = z.object({
  first: z.number(),
  last: z.number(),
  runId: z.string(),
  state: z.enum(['queued', 'running', 'succeeded', 'failed', 'cancelled', 'interrupted']),
})

/** Rows of a file that were read again, or are about to be, in their order. */
export function replayedRows(db: Database.Database, file: string): ReplayedRows[] {
  const rows = db
    .prepare(
      `SELECT r."first", r."last", r.run_id AS runId, r.state FROM replays r WHERE r.file = ? AND ${TAKEN} ORDER BY 1, 2`,
    )
    .all(file)
  return z.array(rangeSchema).parse(rows)
}

/**
 * Notes that a run reads rows again: each once, unless told otherwise. To be called in the transaction that queues the run; that the
 * rows were read is written with the run's success.
 * @throws LogiDataError `replay.already`
 */
export function claimRows(db: Database.Database, runId: string, { source, file, rows, again }: ReplayClaim): void {
  const taken = again ? [] : overlaps(replayedRows(db, file), rows)
  if (taken.length > 0) throw alreadyReplayed(taken)
  const insert = db.prepare(
    `INSERT INTO replays (file, "first", "last", run_id, source, again, state)
     SELECT ?, ?, ?, ?, number, ?, 'queued' FROM runs WHERE run_id = ?`,
  )
  for (const { first, last } of rows) insert.run(file, first, last, runId, again ? 1 : 0, source)
}

/** A run that is taken up again, when another one has meanwhile read its rows. @throws LogiDataError `replay.already` */
export function requireStillOwn(db: Database.Database, runId: string): void {
  const own = db.prepare('SELECT file, "first", "last" FROM replays WHERE run_id = ? AND again = 0').all(runId)
  const rows = z.array(z.object({ file: z.string(), first: z.number(), last: z.number() })).parse(own)
  const [file] = rows.map((one) => one.file)
  if (file === undefined) return
  const others = replayedRows(db, file).filter((other) => other.runId !== runId)
  const taken = overlaps(others, rows)
  if (taken.length > 0) throw alreadyReplayed(taken)
}

/** Both in their order. */
function overlaps(taken: readonly ReplayedRows[], rows: readonly RowRange[]): ReplayedRows[] {
  const found: ReplayedRows[] = []
  let from = 0
  for (const one of taken) {
    while ((rows[from]?.last ?? one.first) < one.first) from++
    for (let at = from; at < rows.length; at++) {
      const { first, last } = rows[at] as RowRange
      if (first > one.last) break
      found.push({ ...one, first: Math.max(first, one.first), last: Math.min(last, one.last) })
    }
  }
  return found
}

function alreadyReplayed(taken: readonly ReplayedRows[]) {
  const which = new Set(
    taken.flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, at) => first + at)),
  )
  const numbers = [...which].sort((a, b) => a - b).map((row) => row + 1)
  const named = `${numbers.slice(0, 5).join(', ')}${numbers.length > 5 ? ', …' : ''}`
  const words = numbers.length === 1 ? `Row ${named} was` : `${numbers.length} rows were (${named})`
  const runs = [...new Set(taken.map(({ runId }) => runId))]
  const undone = taken.find(({ state }) => state !== 'succeeded')
  const hint =
    undone === undefined || undone.state === 'queued' || undone.state === 'running'
      ? 'Leave them out, or replay them again on purpose: what is written is added once more.'
      : `The run ${undone.runId} has written some of what comes of them: resume it. Replay them again on purpose only if you know what it wrote.`
  return userError('replay.already', `${words} already replayed, by ${runs.join(', ')}.`, { hint })
}
