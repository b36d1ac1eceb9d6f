import type Database from 'better-sqlite3'
import { z } from 'zod'
import { type ScheduleState, type ScheduleStates, scheduleStateSchema } from '../schedules/state.ts'
import { bodyOf, execute } from './stored-bodies.ts'

const endingSchema = z.object({
  mark: z.number().int(),
  runId: z.string(),
  path: z.string(),
  state: z.enum(['succeeded', 'failed', 'cancelled', 'interrupted']),
})
export type Ending = z.infer<typeof endingSchema>

/** What a project's schedules remember, in its journal. */
export class ScheduleRecords implements ScheduleStates {
  readonly #db: Database.Database
  readonly #path: string

  constructor(db: Database.Database, path: string) {
    this.#db = db
    this.#path = path
  }

  read(name: string): ScheduleState | undefined {
    const row = this.#db.prepare('SELECT body FROM schedules WHERE name = ?').get(name)
    return row === undefined ? undefined : bodyOf(scheduleStateSchema, row)
  }

  write(name: string, state: ScheduleState): void {
    const statement = `INSERT INTO schedules (name, body) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET body = excluded.body`
    execute(this.#db, this.#path, statement, name, JSON.stringify(state))
  }

  /** Ends of a pipeline's runs after a mark, oldest first. */
  endings(path: string, after: number): Ending[] {
    const rows = this.#db
      .prepare(`${ENDINGS} WHERE endings.path = ? AND mark > ? ORDER BY mark LIMIT 1000`)
      .all(path, after)
    return rows.map((row) => endingSchema.parse(row))
  }

  lastEnding(path: string): Ending | undefined {
    const row = this.#db.prepare(`${ENDINGS} WHERE endings.path = ? ORDER BY mark DESC LIMIT 1`).get(path)
    return row === undefined ? undefined : endingSchema.parse(row)
  }
}

const ENDINGS = `SELECT mark, run_id AS runId, endings.path, endings.state
  FROM endings JOIN runs ON runs.number = endings.run`
