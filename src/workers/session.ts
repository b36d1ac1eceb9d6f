import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import type { DuckDBConnection } from '@duckdb/node-api'
import { type CellPage, cellQuery } from '../modules/kit/cells.ts'
import type { ParquetWriter, ProjectFiles, QuerySession } from '../modules/kit/contract.ts'
import { removeTemporary } from '../modules/kit/files/temporary-names.ts'
import { openParquetWriter } from '../modules/kit/parquet-writer.ts'
import { literal, raw, type Sql } from '../modules/kit/sql.ts'
import { streamRows } from '../modules/kit/stream-rows.ts'
import type { Cell, Column } from '../shared/engine/types.ts'
import { cancelledError } from '../shared/errors.ts'
import { Meter } from './accounting/meter.ts'
import { columnsOf } from './column-types.ts'
import { queryError } from './duckdb-errors.ts'
import { setClock } from './frozen-clock.ts'
import { Lending } from './lending.ts'
import { type LockedInstance, type MeasuredConnection, openLockedInstance } from './lock-down.ts'
import { memoryLimit } from './memory-limit.ts'
import { projectFiles } from './project-files.ts'

export interface SessionOptions {
  readonly projectRoot: string
  readonly memoryBytes?: number
  readonly threads?: number
  readonly connections?: number
  /** Of runs. */
  readonly measured?: number
}

/** How often an interrupt is repeated: one that comes just before a query starts is lost. */
const INTERRUPT_AGAIN_MS = 4

/** One project's DuckDB: a fixed number of connections, lent one at a time. */
export class ProjectSession {
  readonly root: string
  readonly staging: string
  readonly files: ProjectFiles
  /** Of what runs in this process. */
  readonly meter: Meter
  readonly #locked: LockedInstance
  readonly #plain: Lending<DuckDBConnection>
  readonly #measured: Lending<MeasuredConnection>
  #binding: Promise<unknown> = Promise.resolve()
  #active = 0
  #closed = false

  private constructor(locked: LockedInstance) {
    this.#locked = locked
    this.#plain = new Lending(locked.connections)
    this.#measured = new Lending(locked.measured)
    this.root = locked.root
    this.staging = locked.staging
    this.files = projectFiles(locked.root, locked.staging)
    this.meter = new Meter(locked.spill)
  }

  /** @throws LogiDataError `project.not-found`, `project.unwritable` */
  static async open(options: SessionOptions): Promise<ProjectSession> {
    const locked = await openLockedInstance({
      projectRoot: options.projectRoot,
      memoryBytes: options.memoryBytes ?? memoryLimit(),
      threads: options.threads ?? Math.max(2, availableParallelism()),
      connections: options.connections ?? 6,
      measured: options.measured ?? 4,
    })
    return new ProjectSession(locked)
  }

  get activeQueries(): number {
    return this.#active
  }

  /** DuckDB's parse tree of a statement, which is not bound. */
  async parseTree(text: string, signal: AbortSignal): Promise<string> {
    return this.lease(signal, async (lease) => {
      const { rows } = await lease.query(
        raw(`SELECT json_serialize_sql(${literal(text).text}, skip_null := true, skip_empty := true)::VARCHAR AS tree`),
      )
      return String(rows[0]?.[0])
    })
  }

  /** Lends a connection until `work` ends; the signal interrupts whatever it is doing. @throws LogiDataError `cancelled` */
  async lease<T>(signal: AbortSignal, work: (lease: Lease) => Promise<T>): Promise<T> {
    const connection = await this.#plain.take(signal)
    this.#active++
    try {
      await setClock(connection)
      return await work(new Lease(connection, signal))
    } finally {
      this.#active--
      this.#plain.give(connection)
    }
  }

  /** As `lease`, with a connection whose queries can be looked at afterwards. @throws LogiDataError `cancelled` */
  async measured<T>(signal: AbortSignal, work: (lease: Lease) => Promise<T>): Promise<T> {
    const lent = await this.#measured.take(signal)
    this.#active++
    try {
      await setClock(lent.connection)
      return await work(new Lease(lent.connection, signal, lent.profile))
    } finally {
      this.#active--
      this.#measured.give(lent)
    }
  }

  /** As `lease`, for as long as somebody reads what `work` gives. @throws LogiDataError `cancelled` */
  async *leased<T>(signal: AbortSignal, work: (lease: Lease) => AsyncIterable<T>): AsyncGenerator<T> {
    const connection = await this.#plain.take(signal)
    this.#active++
    try {
      await setClock(connection)
      yield* work(new Lease(connection, signal))
    } finally {
      this.#active--
      this.#plain.give(connection)
    }
  }

  /** The columns of a SELECT, without planning how to run it. One at a time. @throws QueryError */
  async describe(text: string): Promise<Column[]> {
    const turn = this.#binding
    const mine = turn.then(() => prepare(this.#locked.binder, text))
    this.#binding = mine.catch(() => undefined)
    return mine
  }

  /**
   * The bound plan of a SELECT as JSON, or in its place what DuckDB says against it. One at a time, with `describe`.
   * @param optimised as it would be run
   */
  async plan(text: string, optimised = false): Promise<string> {
    const query = `SELECT json_serialize_plan(${literal(text).text}, skip_null := true, optimize := ${optimised})`
    const mine = this.#binding.then(() => this.#locked.binder.runAndReadAll(query))
    this.#binding = mine.catch(() => undefined)
    return String((await mine).getRows()[0]?.[0])
  }

  /** For the engine's own stubs, next to `describe`. */
  async define(text: string): Promise<void> {
    const mine = this.#binding.then(() => this.#locked.binder.run(text))
    this.#binding = mine.catch(() => undefined)
    await mine
  }

  /** Ends once everything lent has come back; cancel that first. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#binding
    for (const connection of await this.#plain.takeAll()) connection.disconnectSync()
    for (const { connection } of await this.#measured.takeAll()) connection.disconnectSync()
    this.#locked.binder.disconnectSync()
    this.#locked.instance.closeSync()
    await removeTemporary(this.#locked.spill).catch(() => undefined)
  }
}

async function prepare(connection: DuckDBConnection, text: string): Promise<Column[]> {
  try {
    const statement = await connection.prepare(text)
    try {
      return columnsOf(statement)
    } finally {
      statement.destroySync()
    }
  } catch (thrown) {
    throw queryError(thrown, text)
  }
}

/** A connection that somebody has for a while. */
export class Lease implements QuerySession {
  readonly #connection: DuckDBConnection
  readonly #signal: AbortSignal
  readonly #profile: string | undefined
  readonly #watched = new Map<string, string | undefined>()
  #streaming = false

  constructor(connection: DuckDBConnection, signal: AbortSignal, profile?: string) {
    this.#connection = connection
    this.#signal = signal
    this.#profile = profile
  }

  /** Keeps what DuckDB measures in the last statement that contains this text and is computed to its end. */
  watch(text: string): void {
    if (this.#profile !== undefined) this.#watched.set(text, undefined)
  }

  /** What was measured, as JSON; undefined when no such statement ran, or nothing is measured here. */
  profileOf(text: string): string | undefined {
    return this.#watched.get(text)
  }

  async query(sql: Sql): Promise<{ columns: Column[]; rows: Cell[][] }> {
    const columns = await this.#guarded(sql.text, () => prepare(this.#connection, sql.text))
    if (columns.length === 0) return { columns, rows: [] }
    return { columns, rows: await this.cells(sql, columns) }
  }

  async execute(sql: Sql): Promise<{ rowsChanged: bigint }> {
    const result = await this.#guarded(sql.text, () => this.#connection.run(sql.text))
    await this.#measure(sql.text)
    return { rowsChanged: BigInt(result.rowsChanged) }
  }

  async *stream(sql: Sql): AsyncGenerator<readonly (readonly Cell[])[]> {
    const columns = await this.#guarded(sql.text, () => prepare(this.#connection, sql.text))
    try {
      yield* streamRows(this.#connection, sql, columns, (work, text) => {
        this.#streaming = false
        const done = this.#guarded(text, work)
        this.#streaming = true
        return done
      })
      await this.#measure(sql.text)
    } finally {
      this.#streaming = false
    }
  }

  async writer(columns: readonly Column[]): Promise<ParquetWriter> {
    return openParquetWriter(this.#connection, columns, (work, text) => this.#guarded(text, work))
  }

  /** The rows of a SELECT whose columns are known. */
  async cells(sql: Sql, columns: readonly Column[], limit?: CellPage): Promise<Cell[][]> {
    const text = cellQuery(sql, columns, limit).text
    const reader = await this.#guarded(text, () => this.#connection.runAndReadAll(text))
    return reader.getRows() as Cell[][]
  }

  /** How DuckDB would compute a SELECT, as JSON. */
  async explain(text: string): Promise<string> {
    const explain = `EXPLAIN (FORMAT JSON) ${text}`
    const reader = await this.#guarded(explain, () => this.#connection.runAndReadAll(explain))
    return String(reader.getRows()[0]?.[1] ?? '')
  }

  /** Share of the running query that is done, 0 to 1; undefined where DuckDB cannot tell. */
  get progress(): number | undefined {
    const { percentage } = this.#connection.progress
    return percentage >= 0 ? Math.min(1, percentage / 100) : undefined
  }

  async #measure(statement: string): Promise<void> {
    for (const text of this.#watched.keys()) {
      if (this.#profile === undefined || !statement.includes(text)) continue
      this.#watched.set(text, await readFile(this.#profile, 'utf8').catch(() => undefined))
    }
  }

  async #guarded<T>(text: string, work: () => Promise<T>): Promise<T> {
    const signal = this.#signal
    if (this.#streaming) throw new TypeError('a second statement would end the stream of the first one')
    if (signal.aborted) throw cancelledError()
    let again: NodeJS.Timeout | undefined
    const interrupt = () => {
      this.#connection.interrupt()
      again = setInterval(() => this.#connection.interrupt(), INTERRUPT_AGAIN_MS)
    }
    signal.addEventListener('abort', interrupt, { once: true })
    try {
      const result = await work()
      if (signal.aborted) throw cancelledError()
      return result
    } catch (thrown) {
      if (signal.aborted) throw cancelledError()
      throw queryError(thrown, text)
    } finally {
      clearInterval(again)
      signal.removeEventListener('abort', interrupt)
    }
  }
}

/** One number from a query that gives one. */
export async function scalar(lease: Lease, text: string): Promise<string | null> {
  const { rows } = await lease.query(raw(text))
  return rows[0]?.[0] ?? null
}
