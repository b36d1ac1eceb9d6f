import type Database from 'better-sqlite3'
import { z } from 'zod'
import { type RunEvent, runEventSchema } from '../../shared/engine/types.ts'
import type { RunCursor } from '../../shared/runs/cursors.ts'
import {
  type RunCheck,
  type RunDetail,
  type RunNode,
  type RunPage,
  type RunRequest,
  type RunState,
  type RunSummary,
  runRequestSchema,
} from '../../shared/runs/history.ts'
import type { ReplayedRows } from '../../shared/runs/rejects.ts'
import { listCursors } from './cursor-records.ts'
import { removableRuns } from './forget.ts'
import { replayedRows } from './replay-records.ts'
import { attemptOf, checkOf, nodeOf, rejectsOf, SUMMARY_COLUMNS, stageOf, summaryOf } from './rows.ts'

export interface RunFilter {
  readonly path?: string | undefined
  readonly states?: readonly RunState[] | undefined
  readonly contains?: string | undefined
  /** Runs whose number is smaller. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface CheckFilter {
  readonly path: string
  readonly nodeId?: string | undefined
  readonly port?: string | undefined
  readonly check?: string | undefined
  readonly limit: number
}

const requestRow = z.object({ request: z.string().nullable(), body: z.string().nullable() })
const eventRow = z.object({ seq: z.number().int(), body: z.string() })

/** Reads a journal: its owner's, or another's that is open to be read. All that comes back went through the schemas. */
export class JournalReader {
  protected readonly db: Database.Database
  readonly #statements = new Map<string, Database.Statement>()

  constructor(db: Database.Database) {
    this.db = db
  }

  /** Newest first; a page. */
  list(filter: RunFilter): RunPage {
    const conditions: string[] = []
    const values: (string | number)[] = []
    const where = (condition: string, ...given: (string | number)[]) => {
      conditions.push(condition)
      values.push(...given)
    }
    const { path, states, contains, before, limit } = filter
    if (before !== undefined) where('number < ?', before)
    if (path !== undefined) where('path = ?', path)
    if (states) where(`state IN (${states.map(() => '?').join(', ')})`, ...states)
    if (contains) {
      const pattern = `%${contains.replaceAll(/[\\%_]/g, '\\$&')}%`
      const like = ['name', 'path', 'run_id', 'error'].map((column) => `${column} LIKE ? ESCAPE '\\'`)
      where(`(${like.join(' OR ')})`, pattern, pattern, pattern, pattern)
    }
    const sql = `SELECT ${SUMMARY_COLUMNS} FROM runs ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
      ORDER BY number DESC LIMIT ?`
    const rows = this.statement(sql).all(...values, limit + 1)
    const runs = this.#summaries(rows.slice(0, limit))
    const last = runs.at(-1)
    return rows.length > limit && last ? { runs, next: last.number } : { runs }
  }

  run(runId: string): RunSummary | undefined {
    const row = this.statement(`SELECT ${SUMMARY_COLUMNS} FROM runs WHERE run_id = ?`).get(runId)
    return row === undefined ? undefined : this.#summaries([row])[0]
  }

  /** What goes, then what waits in its order. */
  queue(): RunSummary[] {
    const running = this.statement(`SELECT ${SUMMARY_COLUMNS} FROM runs WHERE state = 'running' ORDER BY number`).all()
    const queued = this.statement(
      `SELECT ${SUMMARY_COLUMNS} FROM runs WHERE state = 'queued' ORDER BY place, number`,
    ).all()
    return [
      ...running.flatMap((row) => readable(() => summaryOf(row))),
      ...queued.flatMap((row, index) => readable(() => summaryOf(row, index + 1))),
    ]
  }

  detail(runId: string): RunDetail | undefined {
    const run = this.run(runId)
    if (!run) return undefined
    const all = <T>(sql: string, read: (row: unknown) => T): T[] =>
      this.statement(sql)
        .all(run.number)
        .flatMap((row) => readable(() => read(row)))
    return {
      run,
      request: this.request(runId) ?? {
        document: { format: 'logidata/v1', name: run.name ?? run.path, nodes: {} },
        parameters: {},
        env: [],
      },
      attempts: all('SELECT * FROM attempts WHERE run = ? ORDER BY attempt', attemptOf),
      stages: all('SELECT * FROM stages WHERE run = ? ORDER BY attempt, place', stageOf),
      nodes: all('SELECT * FROM nodes WHERE run = ? ORDER BY attempt, place', nodeOf),
      rejects: all('SELECT * FROM rejects WHERE run = ? ORDER BY attempt, node_id, port', rejectsOf),
      checks: all(
        `SELECT checks.*, runs.run_id, runs.number FROM checks JOIN runs ON runs.number = run
         WHERE run = ? ORDER BY checks.attempt, node_id, port, "check"`,
        checkOf,
      ),
    }
  }

  /** Nodes of one attempt. */
  nodes(number: number, attempt: number): RunNode[] {
    const rows = this.statement('SELECT * FROM nodes WHERE run = ? AND attempt = ? ORDER BY place').all(number, attempt)
    return rows.flatMap((row) => readable(() => nodeOf(row)))
  }

  /** @returns undefined where the pipeline was not kept: records of earlier versions */
  request(runId: string): RunRequest | undefined {
    const row = this.statement(
      'SELECT request, body FROM runs LEFT JOIN documents ON hash = document_hash WHERE run_id = ?',
    ).get(runId)
    if (row === undefined) return undefined
    const { request, body } = requestRow.parse(row)
    if (request === null || body === null) return undefined
    return runRequestSchema.parse({
      ...z.record(z.string(), z.unknown()).parse(JSON.parse(request)),
      document: JSON.parse(body),
    })
  }

  /** Events of a run whose number in it is greater than `after`, in order. */
  events(number: number, after: number, limit: number): { seq: number; event: RunEvent }[] {
    const rows = this.statement('SELECT seq, body FROM events WHERE run = ? AND seq > ? ORDER BY seq LIMIT ?').all(
      number,
      after,
      limit,
    )
    return rows.flatMap((row) =>
      readable(() => {
        const { seq, body } = eventRow.parse(row)
        return { seq, event: runEventSchema.parse(JSON.parse(body)) }
      }),
    )
  }

  /** Results of checks over time, newest first. */
  checks({ path, nodeId, port, check, limit }: CheckFilter): RunCheck[] {
    const conditions = ['checks.path = ?']
    const values: string[] = [path]
    for (const [column, value] of [
      ['node_id', nodeId],
      ['port', port],
      ['"check"', check],
    ] as const)
      if (value !== undefined) {
        conditions.push(`${column} = ?`)
        values.push(value)
      }
    const rows = this.statement(
      `SELECT checks.*, runs.run_id, runs.number FROM checks JOIN runs ON runs.number = run
       WHERE ${conditions.join(' AND ')} ORDER BY run DESC, checks.attempt DESC, node_id, port, "check" LIMIT ?`,
    ).all(...values, limit)
    return rows.flatMap((row) => readable(() => checkOf(row)))
  }

  /** Runs in the history. */
  count(): number {
    return Number(this.statement('SELECT count(*) FROM runs').pluck().get())
  }

  /** Ended runs but for the newest `keep`. */
  removable(keep: number): string[] {
    return removableRuns(this.db, keep)
  }

  /**
   * Runs that go, wait, or can be resumed and have not ended before `since`; and the hashes of what they computed.
   * @param leaving runs that count as removed
   * @returns `runIds`: with those whose rejected rows they read; `runs`: how many they are themselves
   */
  inUse(
    since: Date,
    leaving: ReadonlySet<string> = new Set(),
  ): { runIds: ReadonlySet<string>; runs: number; hashes: ReadonlySet<string> } {
    const condition = `run_id NOT IN (SELECT value FROM json_each(?)) AND (state IN ('queued', 'running') OR
      (state IN ('failed', 'cancelled', 'interrupted') AND document_hash IS NOT NULL AND finished_at >= ?))`
    const given = [JSON.stringify([...leaving]), since.toISOString()]
    const runIds = this.statement(`SELECT run_id FROM runs WHERE ${condition}`).pluck().all(given)
    const runs = runIds.length
    const hashes = this.statement(
      `SELECT DISTINCT hash FROM stages WHERE hash IS NOT NULL AND run IN (SELECT number FROM runs WHERE ${condition})`,
    )
      .pluck()
      .all(given)
    // What they replay lies with the rows of the run that turned them down.
    const files = this.statement(
      `SELECT DISTINCT json_extract(request, '$.replay.file') FROM runs
       WHERE (${condition}) AND json_extract(request, '$.replay.file') IS NOT NULL`,
    )
      .pluck()
      .all(given)
    for (const file of files) runIds.push(decodeURIComponent(String(file).split('/').at(-2) ?? ''))
    return { runIds: new Set(runIds.map(String)), runs, hashes: new Set(hashes.map(String)) }
  }

  /** Where incremental extracts go on. @param path of one pipeline */
  cursorsOf(path?: string): RunCursor[] {
    return listCursors(this.db, path)
  }

  /** Rows of a file of rejects that were read again, or are about to be. */
  replayed(file: string): ReplayedRows[] {
    return replayedRows(this.db, file)
  }

  protected statement(sql: string): Database.Statement {
    const known = this.#statements.get(sql)
    if (known) return known
    const made = this.db.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }

  #summaries(rows: readonly unknown[]): RunSummary[] {
    let places: Map<number, number> | undefined
    return rows.flatMap((row) =>
      readable(() => {
        const summary = summaryOf(row)
        if (summary.state !== 'queued') return summary
        places ??= this.#places()
        const position = places.get(summary.number)
        return position === undefined ? summary : { ...summary, position }
      }),
    )
  }

  #places(): Map<number, number> {
    const numbers = this.statement(`SELECT number FROM runs WHERE state = 'queued' ORDER BY place, number`)
      .pluck()
      .all()
    return new Map(numbers.map((number, index) => [Number(number), index + 1]))
  }
}

/** A row that the schemas do not know (a later version's, or a damaged one) is left out; the others are shown. */
function readable<T>(read: () => T): T[] {
  try {
    return [read()]
  } catch (thrown) {
    if (thrown instanceof z.ZodError || thrown instanceof SyntaxError) return []
    throw thrown
  }
}
