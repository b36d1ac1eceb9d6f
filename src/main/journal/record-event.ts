import type Database from 'better-sqlite3'
import type { RunEvent } from '../../shared/engine/types.ts'
import { assertNever } from '../../shared/result.ts'
import { noteCursor } from './cursor-records.ts'

/** One event of a run, as the journal keeps it. */
export interface JournalEvent {
  /** `number` of the run. */
  readonly run: number
  /** From 1, over all attempts. */
  readonly seq: number
  readonly attempt: number
  readonly at: string
  /** Milliseconds since the attempt began. */
  readonly offset: number
  readonly event: RunEvent
}

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

/** Writes events, and what they say about stages, nodes, checks and rejects. To be called within a transaction. */
export class EventRecorder {
  readonly #db: Database.Database
  readonly #event: Database.Statement
  readonly #newStage: Database.Statement
  readonly #stage: Database.Statement
  readonly #newNode: Database.Statement
  readonly #node: Database.Statement
  readonly #rejects: Database.Statement
  readonly #check: Database.Statement

  constructor(db: Database.Database) {
    this.#db = db
    this.#event = db.prepare(
      `INSERT INTO events (run, seq, attempt, at, "offset", kind, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#newStage = db.prepare(
      `INSERT OR IGNORE INTO stages (run, attempt, key, place, kind, nodes, needs, state, tries)
       VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', 0)`,
    )
    this.#stage = db.prepare(
      `INSERT INTO stages (run, attempt, key, place, nodes, needs, state, tries, hash, files, rows, "from", until, milliseconds, error)
       VALUES (@run, @attempt, @key, @place, '[]', '[]', @state, @tries, @hash, @files, @rows, @from, @until, @milliseconds, @error)
       ON CONFLICT (run, attempt, key) DO UPDATE SET state = @state, tries = @tries, hash = coalesce(@hash, hash),
         files = coalesce(@files, files), rows = coalesce(@rows, rows), "from" = coalesce("from", @from), until = @until,
         milliseconds = coalesce(@milliseconds, milliseconds), error = @error`,
    )
    this.#newNode = db.prepare(
      `INSERT OR IGNORE INTO nodes (run, attempt, node_id, place, state) VALUES (?, ?, ?, ?, 'waiting')`,
    )
    this.#node = db.prepare(
      `INSERT INTO nodes (run, attempt, node_id, place, state, "from", until, rows, milliseconds, written, metrics, balance, error)
       VALUES (@run, @attempt, @node, @place, @state, @from, @until, @rows, @milliseconds, @written, @metrics, @balance, @error)
       ON CONFLICT (run, attempt, node_id) DO UPDATE SET state = @state, "from" = coalesce("from", @from),
         until = coalesce(until, @until), rows = coalesce(@rows, rows), milliseconds = coalesce(@milliseconds, milliseconds),
         written = coalesce(@written, written), metrics = coalesce(@metrics, metrics), balance = coalesce(@balance, balance),
         error = coalesce(@error, error)`,
    )
    this.#rejects = db.prepare(
      `INSERT OR REPLACE INTO rejects (run, attempt, node_id, port, rows, kept, file) VALUES (?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#check = db.prepare(
      `INSERT OR REPLACE INTO checks (run, attempt, node_id, port, "check", path, at, severity, state, rows, failing, message)
       VALUES (?, ?, ?, ?, ?, (SELECT path FROM runs WHERE number = ?), ?, ?, ?, ?, ?, ?)`,
    )
  }

  record(entry: JournalEvent): void {
    const { run, seq, attempt, at, offset, event } = entry
    this.#event.run(run, seq, attempt, at, offset, event.kind, JSON.stringify(event))
    switch (event.kind) {
      case 'started':
        for (const [place, nodeId] of event.nodes.entries()) this.#newNode.run(run, attempt, nodeId, place)
        for (const [place, stage] of (event.stages ?? []).entries())
          this.#newStage.run(run, attempt, stage.key, place, stage.kind, json(stage.nodes), json(stage.needs))
        return
      case 'stage': {
        const began = event.state === 'running' || event.state === 'reused'
        const ended = !began && event.state !== 'waiting' && event.state !== 'retrying'
        this.#stage.run({
          run,
          attempt,
          key: event.key,
          place: seq,
          state: event.state,
          tries: event.attempt,
          hash: event.hash ?? null,
          files: json(event.files),
          rows: json(event.rows),
          from: began ? offset : null,
          until: ended || event.state === 'reused' ? offset : null,
          milliseconds: event.milliseconds ?? null,
          error: json(event.error),
        })
        return
      }
      case 'node': {
        const ended = event.state !== 'waiting' && event.state !== 'running'
        this.#node.run({
          run,
          attempt,
          node: event.nodeId,
          place: seq,
          state: event.state,
          from: event.state === 'running' ? offset : null,
          until: ended ? offset : null,
          rows: json(event.rows),
          milliseconds: event.milliseconds ?? null,
          written: json(event.written),
          metrics: json(event.metrics),
          balance: json(event.balance),
          error: json(event.error),
        })
        for (const [port, kept] of Object.entries(event.rejects ?? {}))
          this.#rejects.run(run, attempt, event.nodeId, port, kept.rows, kept.kept, kept.file ?? null)
        return
      }
      case 'check': {
        const { nodeId, port, check, severity, state, rows = null, failing = null, message = null } = event
        this.#check.run(run, attempt, nodeId, port, check, run, at, severity, state, rows, failing, message)
        return
      }
      case 'cursor':
        noteCursor(this.#db, run, event.nodeId, event.state)
        return
      case 'log':
      case 'progress':
      case 'forecast':
      case 'finished':
        return
      default:
        assertNever(event)
    }
  }
}
