import type { Readable } from 'node:stream'
import type { Connection } from 'mysql2'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { cancelledError } from '../../../shared/errors.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { queryRaw, socketOf, type WireColumn } from './driver.ts'
import { type About, mysqlError } from './errors.ts'
import { type Login, logIn, loginOf, type OpenOptions, setUp } from './login.ts'
import type { RowFile } from './row-file.ts'
import { AS_TEXT, type BoundValue, changedBy, rowsOf, send } from './statements.ts'

/** Where a connection finds certificates, and what ends it. */
export interface Access {
  /** `files` of a step's request, or `filesOf(projectRoot)` of a connector. */
  readonly files: FileFinder
  readonly signal: AbortSignal
}

/** Opens a session, and closes it whatever happens. @throws LogiDataError */
export async function withMysql<T>(
  connection: ResolvedConnection | undefined,
  access: Access,
  work: (client: MysqlClient) => Promise<T>,
  more?: OpenOptions,
): Promise<T> {
  if (!connection) throw new TypeError('a step of MySQL has a connection')
  const client = await MysqlClient.open(await loginOf(connection, access.files), access.signal, more)
  try {
    return await work(client)
  } finally {
    await client.close()
  }
}

/** How long a server is waited for when it shall stop. */
const CANCEL_MS = 3000

/**
 * One session of a server. An abort of its signal ends what the server is doing (`KILL QUERY`) and closes it. Values go beside the text,
 * names by `quoteName`. One statement at a time.
 */
export class MysqlClient {
  readonly about: About
  readonly version: string
  readonly isMariaDb: boolean
  readonly #connection: Connection
  readonly #login: Login
  readonly #signal: AbortSignal
  readonly #abort: () => void
  #cancelling: Promise<unknown> | undefined
  #broken: unknown
  #failing: ((thrown: unknown) => void) | undefined

  private constructor(connection: Connection, login: Login, version: string, signal: AbortSignal) {
    this.#connection = connection
    this.#login = login
    this.#signal = signal
    this.about = login.about
    this.version = version
    this.isMariaDb = /mariadb/i.test(version)
    this.#abort = () => {
      this.#failing?.(cancelledError())
      this.#cancelling = this.kill()
        .catch(() => undefined)
        .then(() => socketOf(connection).destroy())
    }
    connection.on('error', (error) => {
      this.#broken ??= error
      this.#failing?.(error)
    })
    signal.addEventListener('abort', this.#abort, { once: true })
  }

  /** @throws LogiDataError `connection.…`, `cancelled` */
  static async open(login: Login, signal: AbortSignal, options: OpenOptions = {}): Promise<MysqlClient> {
    const connection = await logIn(login, signal, options)
    try {
      const version = await setUp(connection, login.settings)
      if (signal.aborted) throw cancelledError()
      return new MysqlClient(connection, login, version, signal)
    } catch (thrown) {
      socketOf(connection).destroy()
      throw signal.aborted ? cancelledError() : mysqlError(thrown, login.about)
    }
  }

  /** Rows as text, for small results. Values are bound (`?`). @throws LogiDataError what the server says */
  query(text: string, values?: readonly BoundValue[]): Promise<(string | null)[][]> {
    return this.#asking(async () => rowsOf(await this.#send(text, values)))
  }

  /** @returns how many rows were changed @throws LogiDataError */
  execute(text: string, values?: readonly BoundValue[]): Promise<bigint> {
    return this.#asking(async () => changedBy(await this.#send(text, values)))
  }

  /** The columns that a statement gives; no row is asked for. What depends on bound values has the types that it has with them. @throws LogiDataError */
  async describe(text: string, values: readonly BoundValue[] = []): Promise<readonly WireColumn[]> {
    // Without a LIMIT of its own the statement is not run.
    const limited = values.length > 0 && (await this.#prepared(text)).length > 0
    if (!limited) return this.#prepared(text)
    await this.query('SET SESSION sql_select_limit = 0')
    const running = await this.prepare(text, values)
    const columns = await this.#asking(
      () =>
        new Promise<readonly WireColumn[]>((resolve, reject) => {
          this.#failing = reject
          let given: readonly WireColumn[] = []
          const fields = (columns: readonly WireColumn[]) => {
            given = columns
          }
          queryRaw(this.#connection, running, {
            fields,
            row: () => undefined,
            end: () => resolve(given),
            error: reject,
          })
        }),
    )
    await this.query('SET SESSION sql_select_limit = DEFAULT')
    return columns
  }

  #prepared(text: string): Promise<readonly WireColumn[]> {
    return this.#asking(
      () =>
        new Promise((resolve, reject) => {
          this.#failing = reject
          this.#connection.prepare(text, (error, statement) => {
            if (error) return reject(error)
            const { columns } = statement as unknown as { columns: WireColumn[] }
            statement.close()
            resolve(columns)
          })
        }),
    )
  }

  /**
   * Makes a statement with bound values ready. @returns the text that runs it
   * @example client.stream(await client.prepare('SELECT * FROM t WHERE a > ?', [3]), …)
   */
  async prepare(text: string, values: readonly BoundValue[]): Promise<string> {
    await this.query('SET @logidata_statement = ?', [text])
    await this.query('PREPARE logidata FROM @logidata_statement')
    if (values.length === 0) return 'EXECUTE logidata'
    const names = values.map((_, index) => `@logidata_${index}`)
    await this.query(`SET ${names.map((name) => `${name} = ?`).join(', ')}`, values)
    return `EXECUTE logidata USING ${names.join(', ')}`
  }

  /**
   * Puts the rows of a statement into a file. Ends the session when it is stopped before the last row.
   * @param check gets the columns before the first row, and may throw
   * @throws LogiDataError
   */
  stream(
    text: string,
    rows: Pick<RowFile, 'row'>,
    { check, signal }: { readonly check?: (columns: readonly WireColumn[]) => void; readonly signal: AbortSignal },
  ): Promise<void> {
    return this.#asking(
      () =>
        new Promise<void>((resolve, reject) => {
          let settled = false
          const settle = (work: () => void) => {
            if (settled) return
            settled = true
            this.#failing = undefined
            signal.removeEventListener('abort', stop)
            work()
          }
          const fail = (thrown: unknown) =>
            settle(() => {
              // What is still on its way would only be thrown away.
              if (!this.#signal.aborted) this.kill().catch(() => undefined)
              socketOf(this.#connection).destroy()
              reject(thrown)
            })
          const enough = () =>
            settle(() => {
              this.kill()
                .catch(() => undefined)
                .finally(() => socketOf(this.#connection).destroy())
              resolve()
            })
          const stop = () => fail(cancelledError())
          this.#failing = fail
          signal.addEventListener('abort', stop, { once: true })
          const guarded = (work: () => void) => {
            if (settled) return
            try {
              work()
            } catch (thrown) {
              fail(thrown)
            }
          }
          queryRaw(this.#connection, text, {
            fields: (columns) => guarded(() => check?.(columns)),
            row: (packet) =>
              guarded(() => {
                if (!rows.row(packet.buffer, packet.offset, packet.end)) enough()
              }),
            end: () => settle(resolve),
            error: fail,
          })
        }),
    )
  }

  /** `LOAD DATA LOCAL INFILE '…'` whose text comes from a stream of ours. @returns rows @throws LogiDataError */
  loadData(text: string, source: () => Readable): Promise<{ readonly rows: bigint; readonly warnings: number }> {
    return this.#asking(
      () =>
        new Promise((resolve, reject) => {
          let open: Readable | undefined
          const settle = (work: () => void) => {
            this.#failing = undefined
            open?.destroy()
            work()
          }
          this.#failing = (thrown) => settle(() => reject(thrown))
          const infileStreamFactory = () => {
            open = source()
            return open
          }
          this.#connection.query({ sql: text, infileStreamFactory, ...AS_TEXT }, (error, result) => {
            if (error) return settle(() => reject(error))
            const { affectedRows, warningStatus } = result as unknown as {
              affectedRows: number
              warningStatus: number
            }
            settle(() => resolve({ rows: BigInt(affectedRows), warnings: warningStatus }))
          })
        }),
    )
  }

  /** What was thrown here, in words. */
  error(thrown: unknown): unknown {
    if (this.#signal.aborted) return cancelledError()
    const known = mysqlError(thrown, this.about)
    // “Closed state” is what the driver says of everything after the first error.
    return this.#broken === undefined ? known : (mysqlError(this.#broken, this.about) ?? known)
  }

  /** Ends what the server is doing in this session, by a connection of its own. @throws LogiDataError `connection.…` */
  async kill(): Promise<void> {
    const id = this.#connection.threadId
    if (!Number.isSafeInteger(id)) return
    const connection = await logIn(this.#login, AbortSignal.timeout(CANCEL_MS), {})
    try {
      await send(connection, `KILL QUERY ${id}`)
    } finally {
      connection.destroy()
    }
  }

  /** Always to be called. What was not committed is not kept. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort)
    await this.#cancelling
    this.#connection.destroy()
  }

  #send(text: string, values: readonly BoundValue[] | undefined): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#failing = reject
      send(this.#connection, text, values).then(resolve, reject)
    })
  }

  async #asking<T>(work: () => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw cancelledError()
    if (this.#broken !== undefined) throw this.error(this.#broken)
    try {
      return await work()
    } catch (thrown) {
      throw this.error(thrown)
    } finally {
      this.#failing = undefined
    }
  }
}
