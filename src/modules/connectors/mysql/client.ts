import type { Readable, Writable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { type Connection, createConnection } from 'mysql2'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { cancelledError } from '../../../shared/errors.ts'
import { settingsOf } from '../../kit/connector.ts'
import { lostError } from '../kit/errors.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { tlsOptions } from '../kit/tls-options.ts'
import { openRoute, type Tunnel, tunnelOf } from '../kit/tunnel.ts'
import { type MysqlSettings, mysqlDescriptor } from './descriptor.ts'
import { applyTls, queryRaw, socketOf, type WireColumn } from './driver.ts'
import { type About, mysqlError } from './errors.ts'
import type { RowText } from './row-text.ts'

/** Where a connection finds certificates, and what ends it. */
export interface Access {
  /** `files` of a step's request, or `filesOf(projectRoot)` of a connector. */
  readonly files: FileFinder
  readonly signal: AbortSignal
}

/** What a connection needs, read once for several clients. */
export interface Login {
  readonly settings: MysqlSettings
  readonly about: About
  readonly tls: ConnectionOptions | undefined
  readonly tunnel: Tunnel | undefined
  readonly password: string
}

/** A value that goes to the server beside the text. */
export type BoundValue = string | number | bigint | null

/** The settings of a connection, certificates read. @throws LogiDataError `connection.…`, `file.…` */
export async function loginOf(connection: ResolvedConnection, files: FileFinder): Promise<Login> {
  const settings = settingsOf(mysqlDescriptor, connection)
  const { host, port, user, database } = settings
  return {
    settings,
    about: { host, port, user, database },
    tls: await tlsOptions(settings, connection.secrets, { host, files }),
    tunnel: await tunnelOf(settings, connection, files, settings.connect_timeout_seconds * 1000),
    password: connection.secrets.password ?? '',
  }
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

export interface OpenOptions {
  /** Allows `loadData`; nothing else may send files. */
  readonly loads?: boolean
}

/** Text only: numbers of any size, dates of any kind. */
const AS_TEXT = { rowsAsArray: true, dateStrings: true, supportBigNumbers: true, bigNumberStrings: true } as const
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
   * Writes the rows of a statement as text. Waits while `to` is full. Ends the session when it is stopped before the last row.
   * @param check gets the columns before the first row, and may throw
   * @throws LogiDataError
   */
  stream(
    text: string,
    rows: RowText,
    to: Writable,
    { check, signal }: { readonly check?: (columns: readonly WireColumn[]) => void; readonly signal: AbortSignal },
  ): Promise<void> {
    return this.#asking(
      () =>
        new Promise<void>((resolve, reject) => {
          let settled = false
          const socket = socketOf(this.#connection)
          const resume = () => socket.resume()
          const settle = (thrown?: unknown) => {
            if (settled) return
            settled = true
            this.#failing = undefined
            signal.removeEventListener('abort', stop)
            to.off('drain', resume)
            to.off('close', stop)
            if (thrown === undefined) return resolve()
            // What is still on its way would only be thrown away.
            if (!this.#signal.aborted) this.kill().catch(() => undefined)
            socket.destroy()
            reject(thrown)
          }
          const stop = () => settle(cancelledError())
          this.#failing = settle
          signal.addEventListener('abort', stop, { once: true })
          to.on('drain', resume)
          to.once('close', stop)
          const guarded = (work: () => void) => {
            if (settled) return
            try {
              work()
            } catch (thrown) {
              settle(thrown)
            }
          }
          rows.to = (chunk) => {
            if (!to.write(chunk)) socket.pause()
          }
          queryRaw(this.#connection, text, {
            fields: (columns) => guarded(() => check?.(columns)),
            row: (packet) =>
              guarded(() => {
                if (!rows.row(packet.buffer, packet.offset, packet.end)) settleEnough()
              }),
            end: () =>
              guarded(() => {
                rows.flush()
                settle()
              }),
            error: settle,
          })
          const settleEnough = () => {
            rows.flush()
            settled = true
            this.#failing = undefined
            signal.removeEventListener('abort', stop)
            to.off('drain', resume)
            to.off('close', stop)
            this.kill()
              .catch(() => undefined)
              .finally(() => socket.destroy())
            resolve()
          }
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

/** Statements without values go as they are: not all of them can be prepared. */
function send(connection: Connection, sql: string, values?: readonly BoundValue[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, result: unknown) => (error ? reject(error) : resolve(result))
    if (values === undefined || values.length === 0) connection.query({ sql, ...AS_TEXT }, done)
    else {
      const bound = values.map((value) => (typeof value === 'bigint' ? String(value) : value))
      connection.execute({ sql, ...AS_TEXT }, bound, done)
    }
  })
}

const cellText = (cell: unknown): string | null =>
  cell === null || cell === undefined ? null : Buffer.isBuffer(cell) ? cell.toString('utf8') : String(cell)

const rowsOf = (result: unknown): (string | null)[][] =>
  Array.isArray(result) ? result.map((row: unknown[]) => row.map(cellText)) : []

const changedBy = (result: unknown): bigint =>
  typeof result === 'object' && result !== null && 'affectedRows' in result ? BigInt(Number(result.affectedRows)) : 0n

async function logIn(
  { settings, about, tls, tunnel, password }: Login,
  signal: AbortSignal,
  { loads = false }: OpenOptions,
): Promise<Connection> {
  const timeoutMs = settings.connect_timeout_seconds * 1000
  const started = performance.now()
  const socket = await openRoute(about, tunnel, timeoutMs, signal)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
  const left = Math.max(1, Math.round(timeoutMs - (performance.now() - started)))
  const connection = createConnection({
    stream: socket,
    host: about.host,
    port: about.port,
    user: about.user,
    password,
    database: about.database,
    charset: 'UTF8MB4_UNICODE_CI',
    connectTimeout: left,
    multipleStatements: false,
    jsonStrings: true,
    timezone: 'Z',
    trace: false,
    // A server that is told that there are no local files has no reason to ask for one; if it does, it gets none.
    flags: loads ? [] : ['-LOCAL_FILES'],
    ...(tls === undefined ? {} : { ssl: {} }),
  })
  let failedTls: Error | undefined
  if (tls !== undefined) applyTls(connection, tls, (error) => (failedTls = error))
  const abort = () => socket.destroy()
  signal.addEventListener('abort', abort, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      connection.once('connect', () => resolve())
      connection.on('error', reject)
    })
    return connection
  } catch (thrown) {
    socket.destroy()
    if (signal.aborted) throw cancelledError()
    throw mysqlError(failedTls ?? thrown, about)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

/** Strict, and without what changes the meaning of quotes: what a query says is the same on every server. */
const SQL_MODE = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO'

/** @returns the server's version */
async function setUp(connection: Connection, settings: MysqlSettings): Promise<string> {
  const version = cellText(rowsOf(await send(connection, 'SELECT VERSION()'))[0]?.[0]) ?? ''
  const { statement_timeout_seconds: statement, lock_timeout_seconds: lock } = settings
  const wanted = [
    `sql_mode = '${SQL_MODE}'`,
    `time_zone = '+00:00'`,
    // A reader that waits for others must not be taken for a dead one.
    'net_write_timeout = 3600',
    'net_read_timeout = 3600',
    'sql_auto_is_null = 0',
    ...(statement === undefined
      ? []
      : [/mariadb/i.test(version) ? `max_statement_time = ${statement}` : `max_execution_time = ${statement * 1000}`]),
    ...(lock === undefined ? [] : [`innodb_lock_wait_timeout = ${lock}`, `lock_wait_timeout = ${lock}`]),
  ]
  await send(connection, 'SET NAMES utf8mb4')
  await send(connection, `SET ${wanted.map((one) => `SESSION ${one}`).join(', ')}`)
  if (lostAlready(connection)) throw lostError({ host: settings.host, port: settings.port })
  return version
}

const lostAlready = (connection: Connection): boolean => socketOf(connection).destroyed
