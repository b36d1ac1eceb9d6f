import type Database from 'better-sqlite3'
import { z } from 'zod'
import type { ErrorInfo } from '../../shared/errors.ts'
import type { RunRequest } from '../../shared/runs/history.ts'
import type { Backups } from './backups.ts'
import { CursorRecords } from './cursor-records.ts'
import { DeliveryRecords } from './delivery-records.ts'
import { forgetRejects, removeEvents, removeRuns } from './forget.ts'
import { journalError } from './journal-errors.ts'
import type { Ending, NewRun, StartedAttempt } from './journal-types.ts'
import { journalPath, openJournalFile } from './open-journal.ts'
import { JournalReader } from './read-journal.ts'
import { EventRecorder, type JournalEvent } from './record-event.ts'
import { claimRows, requireStillOwn } from './replay-records.ts'
import { ScheduleRecords } from './schedule-records.ts'
import { keepDocument, rewriteRequest } from './stored-bodies.ts'

/** Events of one run that come within this time are written at once. */
const BATCH_MILLISECONDS = 20
/** On a slow disk the pause grows with what a commit takes, so that writing never takes more than a tenth of the time. */
const SHARE = 10
const LONGEST_PAUSE = 500
const BACKUP_CHECK_MILLISECONDS = 60 * 60 * 1000

export type { Ending, NewRun, StartedAttempt } from './journal-types.ts'

type Committed = (thrown: unknown) => void

/**
 * A project's journal, open to write. What a method has written when it returns (of `append`: when it calls back) survives a power
 * cut. One process alone may have it open so.
 * All methods throw LogiDataError `journal.*` when the disk does not take it.
 */
export class Journal extends JournalReader {
  readonly path: string
  readonly schedules: ScheduleRecords
  readonly deliveries: DeliveryRecords
  readonly cursors: CursorRecords
  readonly #recorder: EventRecorder
  readonly #backups: Backups
  readonly #backupTimer: NodeJS.Timeout
  #pending: { readonly entry: JournalEvent; readonly committed: Committed }[] = []
  #timer: NodeJS.Timeout | undefined
  #nextCommit = 0
  /** Notes the process that computes, for whoever finds its runs open. */
  noteEngine(processId: number | undefined): void {
    if (processId === undefined || processId === this.engineProcess) return
    this.#commit(() => {
      this.statement(`INSERT OR REPLACE INTO facts (name, value) VALUES ('engine', ?)`).run(String(processId))
    })
  }

  /** The process that computed last. */
  get engineProcess(): number | undefined {
    const value = this.statement(`SELECT value FROM facts WHERE name = 'engine'`).pluck().get()
    const processId = Number(value)
    return Number.isInteger(processId) && processId > 1 ? processId : undefined
  }

  /** What the last commits took, in milliseconds. */
  #cost = 0

  private constructor(db: Database.Database, backups: Backups, path: string) {
    super(db)
    this.path = path
    this.schedules = new ScheduleRecords(db, path)
    this.deliveries = new DeliveryRecords(db, path)
    this.cursors = new CursorRecords(db, path)
    this.#recorder = new EventRecorder(db)
    this.#backups = backups
    this.#backupTimer = setInterval(() => this.#backUp(), BACKUP_CHECK_MILLISECONDS).unref()
  }

  /** @throws LogiDataError `journal.*` */
  static open(projectRoot: string): { journal: Journal; warning: ErrorInfo | undefined } {
    const { db, backups, warning } = openJournalFile(projectRoot)
    const path = journalPath(projectRoot)
    try {
      return { journal: new Journal(db, backups, path), warning }
    } catch (thrown) {
      db.close()
      throw journalError(thrown, path)
    }
  }

  /** Queues a run. @returns the run that the same key gave before, if there is one @throws LogiDataError `replay.already` */
  add(run: NewRun): { readonly runId: string; readonly isNew: boolean } {
    return this.#commit(() => {
      if (run.key !== undefined) {
        const known = this.statement('SELECT run_id FROM runs WHERE key = ?').pluck().get(run.key)
        if (known !== undefined) return { runId: String(known), isNew: false }
      }
      const { document, ...request } = run.request
      const hash = keepDocument(this.db, document)
      this.statement(
        `INSERT INTO runs (run_id, path, name, state, place, queued_at, trigger, key, document_hash, request)
         VALUES (?, ?, ?, 'queued', ${PLACE(run.priority)}, ?, ?, ?, ?, ?)`,
      ).run(
        run.runId,
        run.path,
        document.name,
        now(),
        JSON.stringify(run.trigger),
        run.key ?? null,
        hash,
        JSON.stringify(request),
      )
      if (run.replays) claimRows(this.db, run.runId, run.replays)
      return { runId: run.runId, isNew: true }
    })
  }

  /** A run that waits begins its next attempt. */
  begin(runId: string): StartedAttempt {
    return this.#commit(() => {
      const at = now()
      const row = this.statement(
        `UPDATE runs SET state = 'running', place = NULL, attempt = attempt + 1, started_at = coalesce(started_at, ?),
           finished_at = NULL, milliseconds = NULL, error = NULL, rows_loaded = NULL, rows_rejected = NULL,
           checks_failed = 0, checks_warned = 0
         WHERE run_id = ? RETURNING number, attempt`,
      ).get(at, runId)
      const { number, attempt } = z.object({ number: z.number(), attempt: z.number() }).parse(row)
      this.statement(`INSERT INTO attempts (run, attempt, state, started_at) VALUES (?, ?, 'running', ?)`).run(
        number,
        attempt,
        at,
      )
      const seq = this.statement('SELECT coalesce(max(seq), 0) FROM events WHERE run = ?').pluck().get(number)
      return { run: number, attempt, seq: Number(seq) }
    })
  }

  /** Writes an event with those that come at about the same time, and calls back once it is safe, or could not be written. */
  append(entry: JournalEvent, committed: Committed): void {
    this.#pending.push({ entry, committed })
    this.#timer ??= setTimeout(() => this.flush(), Math.max(0, this.#nextCommit - performance.now()))
  }

  /** Writes at once what was appended. What goes wrong is told to those who appended. */
  flush(): void {
    try {
      this.#commit(() => {})
    } catch {
      // They know.
    }
  }

  /** Ends an attempt, with the events that come last, in one step. */
  end(run: number, attempt: number, ending: Ending, events: readonly JournalEvent[] = []): void {
    this.#commit(() => {
      for (const entry of events) this.#recorder.record(entry)
      this.#end(run, attempt, ending)
    })
  }

  /** An attempt ends and the run goes on with the next one: the engine died. */
  endAttempt(run: number, attempt: number, ending: Ending, events: readonly JournalEvent[] = []): void {
    this.#commit(() => {
      for (const entry of events) this.#recorder.record(entry)
      this.#endAttempt(run, attempt, ending, now())
    })
  }

  /** Takes a run out of the queue. @returns false if it does not wait */
  dequeue(runId: string, ending: Ending, event: JournalEvent['event']): boolean {
    return this.#commit(() => {
      const row = this.statement(`SELECT number, attempt FROM runs WHERE run_id = ? AND state = 'queued'`).get(runId)
      if (row === undefined) return false
      const { number, attempt } = z.object({ number: z.number(), attempt: z.number() }).parse(row)
      const last = this.statement('SELECT coalesce(max(seq), 0) FROM events WHERE run = ?').pluck().get(number)
      this.#recorder.record({ run: number, seq: Number(last) + 1, attempt, at: now(), offset: 0, event })
      this.#endRun(number, ending, now())
      return true
    })
  }

  /**
   * Puts an ended run into the queue again.
   * @param changed what its next attempts are asked for, where that is something else
   * @returns false if it has not ended @throws LogiDataError `replay.already`
   */
  requeue(runId: string, changed?: RunRequest): boolean {
    return this.#commit(() => {
      requireStillOwn(this.db, runId)
      if (changed) rewriteRequest(this.db, runId, changed)
      const { changes } = this.statement(
        `UPDATE runs SET state = 'queued', place = ${PLACE(false)}, finished_at = NULL, error = NULL
         WHERE run_id = ? AND state IN ('failed', 'cancelled', 'interrupted', 'running')`,
      ).run(runId)
      return changes > 0
    })
  }

  /** Puts a waiting run before another, or last. @returns false if one of them does not wait */
  move(runId: string, before: string | undefined): boolean {
    return this.#commit(() => {
      const waiting = this.statement(`SELECT run_id FROM runs WHERE state = 'queued' ORDER BY place, number`)
        .pluck()
        .all()
        .map(String)
      if (!waiting.includes(runId) || (before !== undefined && !waiting.includes(before))) return false
      if (before === runId) return true
      const order = waiting.filter((other) => other !== runId)
      order.splice(before === undefined ? order.length : order.indexOf(before), 0, runId)
      const place = this.statement('UPDATE runs SET place = ? WHERE run_id = ?')
      for (const [index, id] of order.entries()) place.run(index + 1, id)
      return true
    })
  }

  /** What a process that died left running. @returns the runs' ids */
  interruptOpen(error: ErrorInfo): string[] {
    return this.#commit(() => {
      const rows = this.statement(`SELECT number, run_id, attempt FROM runs WHERE state = 'running'`).all()
      return z
        .array(z.object({ number: z.number(), run_id: z.string(), attempt: z.number() }))
        .parse(rows)
        .map(({ number, run_id, attempt }) => {
          this.#end(number, attempt, { state: 'interrupted', error })
          return run_id
        })
    })
  }

  /** @see removeRuns */
  removeRuns(keep: number, limit: number): number {
    return this.#commit(() => removeRuns(this.db, keep, limit))
  }

  /** @see removeEvents */
  removeEvents(before: Date, limit: number): number {
    return this.#commit(() => removeEvents(this.db, before, limit))
  }

  /** @see forgetRejects */
  forgetRejects(runId: string): void {
    this.#commit(() => forgetRejects(this.db, runId))
  }

  /** A run of an earlier version's records. */
  import(run: {
    readonly runId: string
    readonly path: string
    readonly startedAt: string
    readonly state: Ending['state']
    readonly milliseconds?: number | undefined
    readonly events: readonly JournalEvent['event'][]
  }): void {
    this.#commit(() => {
      const number = this.statement(
        `INSERT OR IGNORE INTO runs (run_id, path, state, queued_at, started_at, attempt, trigger)
         VALUES (?, ?, ?, ?, ?, 1, '{"by":"studio"}') RETURNING number`,
      )
        .pluck()
        .get(run.runId, run.path, run.state, run.startedAt, run.startedAt)
      // It was imported before, and its record could not be removed.
      if (number === undefined) return
      this.statement(`INSERT INTO attempts (run, attempt, state, started_at) VALUES (?, 1, 'running', ?)`).run(
        number,
        run.startedAt,
      )
      const at = run.startedAt
      for (const [index, event] of run.events.entries())
        this.#recorder.record({ run: Number(number), seq: index + 1, attempt: 1, at, offset: 0, event })
      const last = run.events.at(-1)
      const error = last?.kind === 'finished' ? last.error : undefined
      this.#end(Number(number), 1, { state: run.state, milliseconds: run.milliseconds, error })
    })
  }

  /** What the last commits took, in milliseconds; for who measures. */
  get commitMilliseconds(): number {
    return this.#cost
  }

  /** Writes what was appended, and leaves a journal that was closed properly. */
  async close(): Promise<void> {
    clearInterval(this.#backupTimer)
    this.flush()
    clearTimeout(this.#timer)
    await this.#backups.settled()
    if (!this.db.open) return
    try {
      if (this.#backupDue()) this.#backups.make(this.db)
      this.db.pragma('optimize')
      this.db.pragma('wal_checkpoint(TRUNCATE)')
    } catch {
      // A full disk: the log stays, and is applied at the next start.
    }
    this.db.close()
  }

  #commit<T>(work: () => T): T {
    const batch = this.#pending
    this.#pending = []
    clearTimeout(this.#timer)
    this.#timer = undefined
    const began = performance.now()
    let outcome: { readonly value: T } | { readonly thrown: unknown } | undefined
    try {
      this.db.transaction(() => {
        for (const { entry } of batch) this.#recorder.record(entry)
        // Within a savepoint: what fails of the work must not undo events that have nothing to do with it.
        outcome = attempt(this.db.transaction(work))
        // A full disk undoes all of it.
        if ('thrown' in outcome && !this.db.inTransaction) throw outcome.thrown
      })()
    } catch (thrown) {
      const error = journalError(thrown, this.path)
      for (const { committed } of batch) committed(error)
      throw error
    } finally {
      const ended = performance.now()
      this.#cost = this.#cost * 0.8 + (ended - began) * 0.2
      this.#nextCommit = ended + Math.min(LONGEST_PAUSE, Math.max(BATCH_MILLISECONDS, this.#cost * SHARE))
    }
    for (const { committed } of batch) committed(undefined)
    if (outcome && 'value' in outcome) return outcome.value
    throw journalError(outcome?.thrown, this.path)
  }

  #end(run: number, attempt: number, ending: Ending): void {
    const at = now()
    this.#endAttempt(run, attempt, ending, at)
    this.#endRun(run, ending, at)
    const sums = this.#sums(run, attempt)
    this.statement(
      'UPDATE runs SET rows_loaded = ?, rows_rejected = ?, checks_failed = ?, checks_warned = ? WHERE number = ?',
    ).run(sums.loaded, sums.rejected, sums.failed, sums.warned, run)
  }

  #endRun(run: number, ending: Ending, at: string): void {
    this.statement(
      'UPDATE runs SET state = ?, place = NULL, finished_at = ?, milliseconds = ?, error = ? WHERE number = ?',
    ).run(ending.state, at, ending.milliseconds ?? null, errorText(ending), run)
  }

  #endAttempt(run: number, attempt: number, ending: Ending, at: string): void {
    this.statement(
      'UPDATE attempts SET state = ?, finished_at = ?, milliseconds = ?, error = ? WHERE run = ? AND attempt = ?',
    ).run(ending.state, at, ending.milliseconds ?? null, errorText(ending), run, attempt)
    if (ending.state === 'succeeded') return
    // Nobody computes them any more.
    this.statement(
      `UPDATE stages SET state = iif(state = 'waiting', 'skipped', 'cancelled')
       WHERE run = ? AND attempt = ? AND state IN ('waiting', 'running', 'retrying')`,
    ).run(run, attempt)
    this.statement(
      `UPDATE nodes SET state = iif(state = 'waiting', 'skipped', 'cancelled')
       WHERE run = ? AND attempt = ? AND state IN ('waiting', 'running')`,
    ).run(run, attempt)
  }

  #sums(run: number, attempt: number) {
    const text = (sql: string) => z.array(z.string()).parse(this.statement(sql).pluck().all(run, attempt))
    const loaded = text(
      `SELECT json_extract(rows, '$.in') FROM nodes WHERE run = ? AND attempt = ? AND json_extract(rows, '$.in') IS NOT NULL`,
    )
    const rejected = text('SELECT rows FROM rejects WHERE run = ? AND attempt = ?')
    const failing = text(`SELECT severity FROM checks WHERE run = ? AND attempt = ? AND state <> 'passed'`)
    return {
      loaded: loaded.length === 0 ? null : sum(loaded),
      rejected: rejected.length === 0 ? null : sum(rejected),
      failed: failing.filter((severity) => severity === 'fail').length,
      warned: failing.filter((severity) => severity === 'warn').length,
    }
  }

  #backupDue(): boolean {
    return this.#backups.due && this.list({ limit: 1 }).runs.length > 0
  }

  #backUp(): void {
    if (!this.#backupDue()) return
    // Without a copy the journal still works; the next try is in an hour.
    this.#backups.makeInBackground(this.db).catch(() => {})
  }
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly thrown: unknown } {
  try {
    return { value: work() }
  } catch (thrown) {
    return { thrown }
  }
}

/** Before or after all that wait. */
const PLACE = (priority: boolean | undefined) =>
  priority
    ? `(SELECT coalesce(min(place), 1) - 1 FROM runs WHERE state = 'queued')`
    : `(SELECT coalesce(max(place), 0) + 1 FROM runs WHERE state = 'queued')`

const now = () => new Date().toISOString()
const errorText = ({ error }: Ending) => (error ? JSON.stringify(error) : null)
const sum = (counts: readonly string[]) => String(counts.reduce((total, count) => total + BigInt(count), 0n))
