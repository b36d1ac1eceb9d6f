import type Database from 'better-sqlite3'
import { z } from 'zod'
import { userError } from '../../shared/errors.ts'
import { type JsonValue, jsonValueSchema } from '../../shared/pipeline/document.ts'
import type { RunCursor } from '../../shared/runs/cursors.ts'
import { journalError } from './journal-errors.ts'

const rowSchema = z.object({ node_id: z.string(), state: z.string() })
const savedSchema = z.object({ node_id: z.string(), before: z.string().nullable() })

/** Some rows of the run may be loaded: a load of it is done, or nobody knows how it ended. */
const MAY_HAVE_LOADED = `EXISTS (
  SELECT 1 FROM stages s WHERE s.run = r.number AND s.kind = 'load' AND s.state IN ('done', 'reused', 'running', 'cancelled'))`

/** Where incremental extracts go on. What moves them is a run that succeeds (a trigger, in its transaction). */
export class CursorRecords {
  readonly #db: Database.Database
  readonly #path: string

  constructor(db: Database.Database, path: string) {
    this.#db = db
    this.#path = path
  }

  /**
   * What an attempt starts from: the first one from where the pipeline is, later ones from where the first one was.
   * @throws LogiDataError `run.superseded` where another run has loaded rows meanwhile that this one would load again
   */
  begin(run: number, attempt: number): Record<string, JsonValue> {
    return this.#commit(() => {
      const path = this.#db.prepare('SELECT path FROM runs WHERE number = ?').pluck().get(run)
      const current = new Map(
        z
          .array(rowSchema)
          .parse(this.#db.prepare('SELECT node_id, state FROM cursors WHERE path = ?').all(path))
          .map(({ node_id, state }) => [node_id, state]),
      )
      if (attempt === 1) {
        const save = this.#db.prepare('INSERT OR REPLACE INTO run_cursors (run, node_id, "before") VALUES (?, ?, ?)')
        for (const [nodeId, state] of current) save.run(run, nodeId, state)
      } else {
        const rows = this.#db.prepare('SELECT node_id, "before" FROM run_cursors WHERE run = ?').all(run)
        const saved = new Map(
          z
            .array(savedSchema)
            .parse(rows)
            .map(({ node_id, before }) => [node_id, before]),
        )
        const moved = [...saved].find(([nodeId, before]) => (current.get(nodeId) ?? null) !== before)
        if (moved) throw superseded(moved[0])
      }
      return Object.fromEntries(
        [...current].map(([nodeId, state]) => [nodeId, jsonValueSchema.parse(JSON.parse(state))]),
      )
    })
  }

  /** A run of the pipeline that may have loaded a part of what is new, and has not moved its cursors: to be resumed before another one. */
  unsettled(path: string): string | undefined {
    const found = this.#db
      .prepare(
        `SELECT r.run_id FROM runs r JOIN run_cursors c ON c.run = r.number LEFT JOIN cursors now ON now.path = r.path AND now.node_id = c.node_id
         WHERE r.path = ? AND r.state IN ('failed', 'cancelled', 'interrupted') AND c."after" IS NOT NULL
           AND c."before" IS now.state AND ${MAY_HAVE_LOADED} ORDER BY r.number LIMIT 1`,
      )
      .pluck()
      .get(path)
    return found === undefined ? undefined : String(found)
  }

  list(path?: string): RunCursor[] {
    return listCursors(this.#db, path)
  }

  /** The next run reads everything again; what an earlier one has loaded in part is not waited for. @returns how many were forgotten */
  reset(path: string, nodeId?: string): number {
    const one = nodeId === undefined ? '' : 'AND node_id = ?'
    const given = nodeId === undefined ? [path] : [path, nodeId]
    return this.#commit(() => {
      this.#db
        .prepare(`UPDATE run_cursors SET "after" = NULL WHERE run IN (SELECT number FROM runs WHERE path = ?) ${one}`)
        .run(...given)
      return this.#db.prepare(`DELETE FROM cursors WHERE path = ? ${one}`).run(...given).changes
    })
  }

  #commit<T>(work: () => T): T {
    try {
      return this.#db.transaction(work)()
    } catch (thrown) {
      throw journalError(thrown, this.#path)
    }
  }
}

/** Of all pipelines, or of one. */
export function listCursors(db: Database.Database, path?: string): RunCursor[] {
  const where = path === undefined ? '' : 'WHERE path = ?'
  const rows = db
    .prepare(`SELECT path, node_id AS nodeId, state, run_id AS runId, at FROM cursors ${where} ORDER BY path, node_id`)
    .all(...(path === undefined ? [] : [path]))
  return z
    .array(z.object({ path: z.string(), nodeId: z.string(), state: z.string(), runId: z.string(), at: z.string() }))
    .parse(rows)
    .map((row) => ({ ...row, state: jsonValueSchema.parse(JSON.parse(row.state)) }))
}

/** Notes where the next run goes on, once this one has succeeded. To be called within a transaction. */
export function noteCursor(db: Database.Database, run: number, nodeId: string, state: JsonValue): void {
  db.prepare(
    `INSERT INTO run_cursors (run, node_id, "before", "after")
     VALUES (@run, @nodeId, (SELECT c.state FROM cursors c JOIN runs r ON r.path = c.path WHERE r.number = @run AND c.node_id = @nodeId), @state)
     ON CONFLICT (run, node_id) DO UPDATE SET "after" = @state`,
  ).run({ run, nodeId, state: JSON.stringify(state) })
}

const superseded = (nodeId: string) =>
  userError('run.superseded', `Since this run began, another one has loaded what was new of “${nodeId}”.`, {
    nodeId,
    hint: 'Start a new run: it reads what is new since then.',
  })
