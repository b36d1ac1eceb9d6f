import type { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import pg, { type ClientConfig, type FieldDef, type QueryArrayConfig } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { cancelledError, userError } from '../../../shared/errors.ts'
import { settingsOf } from '../../kit/connector.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { tlsOptions } from '../kit/tls-options.ts'
import { tunnelOf } from '../kit/tunnel.ts'
import { CopyOut, type CopyTaker } from './copy-out.ts'
import { Describe, type Description } from './describe.ts'
import { type PostgresSettings, postgresDescriptor } from './descriptor.ts'
import { type About, postgresError, sqlStateOf } from './errors.ts'
import { cancelSession, openTransport, type Route } from './transport.ts'

/** Where a connection finds certificates, and what ends it. */
export interface Access {
  /** `files` of a step's request, or `filesOf(projectRoot)` of a connector. */
  readonly files: FileFinder
  readonly signal: AbortSignal
}

export interface PostgresResult {
  /** Every value in the server's own text. */
  readonly rows: (string | null)[][]
  readonly columns: readonly FieldDef[]
  /** Rows that were changed or given. */
  readonly count: number
}

/** What a connection needs, read once for several clients. */
export interface Login {
  readonly settings: PostgresSettings
  readonly about: About
  readonly route: Route
  readonly password: string
}

/** The settings of a connection, certificates read. @throws LogiDataError `connection.…`, `file.…` */
export async function loginOf(connection: ResolvedConnection, files: FileFinder): Promise<Login> {
  const settings = settingsOf(postgresDescriptor, connection)
  const { host, port, user, database } = settings
  const tls = await tlsOptions(settings, connection.secrets, { host, files })
  const timeoutMs = settings.connect_timeout_seconds * 1000
  const tunnel = await tunnelOf(settings, connection, files, timeoutMs)
  return {
    settings,
    about: { host, port, user, database },
    route: { remote: { host, port }, tls, tunnel, timeoutMs },
    password: connection.secrets.password ?? '',
  }
}

/** @throws LogiDataError `connection.…`, `cancelled` */
export async function openPostgres(connection: ResolvedConnection, access: Access): Promise<PostgresClient> {
  return PostgresClient.open(await loginOf(connection, access.files), access.signal)
}

/**
 * One session of a server. An abort of its signal ends what the server is doing and closes it. Values go as parameters (`$1`), never as text;
 * names by `quoteName`. A text with several statements is an error.
 */
export class PostgresClient {
  readonly about: About
  /** 150018 is 15.18. */
  readonly version: number
  readonly #client: pg.Client
  readonly #login: Login
  readonly #signal: AbortSignal
  readonly #abort: () => void
  #cancelling: Promise<unknown> | undefined
  #broken: unknown

  private constructor(client: pg.Client, login: Login, version: number, signal: AbortSignal) {
    this.#client = client
    this.#login = login
    this.#signal = signal
    this.about = login.about
    this.version = version
    this.#abort = () => {
      this.#cancelling = this.cancel().catch(() => undefined)
      // Waiting for the answer would make a cancel as slow as the network.
      socketOf(client).destroy()
    }
    client.on('error', (error) => {
      this.#broken ??= error
    })
    signal.addEventListener('abort', this.#abort, { once: true })
  }

  /** @throws LogiDataError `connection.…`, `cancelled` */
  static async open(login: Login, signal: AbortSignal): Promise<PostgresClient> {
    const client = await logIn(login, signal)
    try {
      const version = await setUp(client, login.settings)
      return new PostgresClient(client, login, version, signal)
    } catch (thrown) {
      socketOf(client).destroy()
      if (signal.aborted) throw cancelledError()
      throw sqlStateOf(thrown) === '22023' ? unfitSetting(thrown) : postgresError(thrown, login.about)
    }
  }

  /** @throws LogiDataError what the server says; `sqlStateOf` tells its letters */
  async query(text: string, values: readonly (string | null)[] = []): Promise<PostgresResult> {
    const { rows, fields, rowCount } = await this.#asking(() =>
      this.#client.query<(string | null)[]>(asText(text, values)),
    )
    return { rows, columns: fields, count: rowCount ?? 0 }
  }

  /** What a statement gives and takes; it is not run. @throws LogiDataError */
  describe(text: string): Promise<Description> {
    return this.#asking(() => this.#client.query(new Describe(text)).described)
  }

  /** Gives what a `COPY … TO STDOUT` sends, row by row. Nothing else can be asked meanwhile. @returns rows @throws LogiDataError; what `taker` throws */
  async copyOut(text: string, taker: CopyTaker): Promise<bigint> {
    if (this.#signal.aborted) throw cancelledError()
    const copy = new CopyOut(text, taker)
    try {
      return await this.#client.query(copy).done
    } catch (thrown) {
      throw copy.refused ? thrown : this.error(thrown)
    }
  }

  /** Takes the text of `COPY … FROM STDIN`; `finish` says that the server has taken it all. Its errors are to be given to `error`. */
  copyIn(text: string): Writable & { readonly rowCount: number } {
    return this.#client.query(copyFrom(text))
  }

  /** What was thrown here, in words. */
  error(thrown: unknown): unknown {
    if (this.#signal.aborted) return cancelledError()
    return postgresError(this.#broken ?? thrown, this.about)
  }

  /** Ends what the server is doing in this session, by a connection of its own. @throws LogiDataError `connection.…` */
  async cancel(): Promise<void> {
    const { processID: pid, secretKey: key } = this.#client as unknown as { processID: number; secretKey: number }
    await cancelSession({ ...this.#login.route, timeoutMs: CANCEL_MS }, { pid, key })
  }

  /** Always to be called. What was not committed is not kept. */
  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#abort)
    await this.#cancelling
    const socket = socketOf(this.#client)
    if (socket.destroyed) return
    const timer = setTimeout(() => socket.destroy(), CLOSE_MS)
    await this.#client.end().catch(() => undefined)
    clearTimeout(timer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #asking<T>(work: () => Promise<T>): Promise<T> {
    if (this.#signal.aborted) throw cancelledError()
    try {
      return await work()
    } catch (thrown) {
      throw this.error(thrown)
    }
  }
}

const unfitSetting = (cause: unknown) =>
  userError('connection.invalid', `The server does not take a setting: ${(cause as Error).message}.`, {
    hint: 'Check the role and the schemas of the connection.',
    cause,
  })

/** How long a server is waited for when it shall stop. */
const CANCEL_MS = 3000
const CLOSE_MS = 2000

/** @example quoteName('a "b"') is "a ""b""" */
export const quoteName = (name: string): string => pg.escapeIdentifier(name)

/** Between what the driver knows and us: text, so that nothing is rounded, and rows as lists, since names may repeat. */
const asText = (text: string, values: readonly (string | null)[]) =>
  ({ text, values: [...values], rowMode: 'array', queryMode: 'extended' }) as QueryArrayConfig

const socketOf = (client: pg.Client): Socket =>
  (client as unknown as { connection: { stream: Socket } }).connection.stream

async function logIn({ settings, about, route, password }: Login, signal: AbortSignal): Promise<pg.Client> {
  const started = performance.now()
  const socket = await openTransport(route, signal)
  // Every key is given: what is missing the driver would take from the environment of the process.
  const config: ClientConfig & { pgpass?: unknown } = {
    host: about.host,
    port: about.port,
    user: about.user,
    database: about.database,
    password: () => password,
    ssl: false,
    stream: () => connected(socket),
    application_name: settings.application_name,
    options: ' ',
    keepAlive: false,
    statement_timeout: false,
    types: { getTypeParser: () => (value: unknown) => value },
  }
  const client = new pg.Client(config)
  const abort = () => socket.destroy()
  const timer = setTimeout(abort, Math.max(1, route.timeoutMs - (performance.now() - started)))
  signal.addEventListener('abort', abort, { once: true })
  try {
    client.on('error', () => undefined)
    await client.connect()
    return client
  } catch (thrown) {
    socket.destroy()
    throw signal.aborted ? cancelledError() : postgresError(thrown, about)
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** The driver connects sockets by itself; this one is, TLS included. */
function connected(socket: Socket): Socket {
  return Object.assign(socket, {
    connect() {
      queueMicrotask(() => socket.emit('connect'))
      return socket
    },
  })
}

/** What the text of values depends on is the same on every server. @returns the server's version */
async function setUp(client: pg.Client, settings: PostgresSettings): Promise<number> {
  const { statement_timeout_seconds: statement, lock_timeout_seconds: lock, search_path: path, role } = settings
  const wanted: [string, string][] = [
    ['datestyle', 'ISO, YMD'],
    ['intervalstyle', 'postgres'],
    ['timezone', 'UTC'],
    ['extra_float_digits', '3'],
    ['bytea_output', 'hex'],
    ['xmlbinary', 'base64'],
    ['standard_conforming_strings', 'on'],
    ['client_encoding', 'UTF8'],
    ...(statement === undefined ? [] : [['statement_timeout', `${statement}s`] as [string, string]]),
    ...(lock === undefined ? [] : [['lock_timeout', `${lock}s`] as [string, string]]),
    ...(path.length === 0 ? [] : [['search_path', path.map(quoteName).join(', ')] as [string, string]]),
    ...(role === undefined ? [] : [['role', role] as [string, string]]),
  ]
  const calls = wanted.map((_, index) => `set_config($${index * 2 + 1}, $${index * 2 + 2}, false)`)
  const text = `SELECT current_setting('server_version_num'), ${calls.join(', ')}`
  const { rows } = await client.query<(string | null)[]>(asText(text, wanted.flat()))
  return Number(rows[0]?.[0] ?? 0)
}
