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
import { applyTls, socketOf } from './driver.ts'
import { type About, mysqlError } from './errors.ts'
import { cellText, rowsOf, send } from './statements.ts'

/** What a connection needs, read once for several clients. */
export interface Login {
  readonly settings: MysqlSettings
  readonly about: About
  readonly tls: ConnectionOptions | undefined
  readonly tunnel: Tunnel | undefined
  readonly password: string
}

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

export interface OpenOptions {
  /** Allows `loadData`; nothing else may send files. */
  readonly loads?: boolean
}

/** @throws LogiDataError `connection.…`, `cancelled` */
export async function logIn(
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
export async function setUp(connection: Connection, settings: MysqlSettings): Promise<string> {
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
