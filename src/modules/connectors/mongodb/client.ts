import { createSecureContext } from 'node:tls'
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { cancelledError, toErrorInfo } from '../../../shared/errors.ts'
import { settingsOf } from '../../kit/connector.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { tlsOptions } from '../kit/tls-options.ts'
import { type Tunnel, tunnelOf } from '../kit/tunnel.ts'
import { openTunnelPort, type TunnelPort } from '../kit/tunnel-port.ts'
import { type MongodbSettings, mongodbDescriptor } from './descriptor.ts'
import { type About, mongodbError } from './errors.ts'

/** Where a connection finds certificates, and what ends it. */
export interface Access {
  /** `files` of a step's request, or `filesOf(projectRoot)` of a connector. */
  readonly files: FileFinder
  readonly signal: AbortSignal
}

/** What a connection needs, read once for several clients. */
export interface Login {
  readonly settings: MongodbSettings
  readonly about: About
  readonly url: string
  readonly tunnel: Tunnel | undefined
  readonly options: MongoClientOptions
}

/** An open client, and whom it speaks with. */
export interface Session {
  readonly client: MongoClient
  readonly settings: MongodbSettings
  readonly about: About
  /** The connection's database, or another one. */
  db(name?: string): Db
}

const MECHANISMS = {
  password: 'DEFAULT',
  scram_sha_256: 'SCRAM-SHA-256',
  scram_sha_1: 'SCRAM-SHA-1',
  x509: 'MONGODB-X509',
  plain: 'PLAIN',
} as const

/** The settings of a connection, certificates read. @throws LogiDataError `connection.…`, `file.…` */
export async function loginOf(connection: ResolvedConnection, files: FileFinder): Promise<Login> {
  const settings = settingsOf(mongodbDescriptor, connection)
  const { host, port, database, user } = settings
  const about = { host, port, database, user }
  return {
    settings,
    about,
    url: urlOf(settings),
    tunnel: await tunnelOf(settings, connection, files, settings.connect_timeout_seconds * 1000),
    options: {
      ...(await tls(settings, connection, files)),
      ...authentication(settings, connection.secrets.password),
      appName: 'LogiData Studio',
      serverSelectionTimeoutMS: settings.connect_timeout_seconds * 1000,
      connectTimeoutMS: settings.connect_timeout_seconds * 1000,
      // A connection each for reading, for writing and for what watches them.
      maxPoolSize: 4,
      readPreference: settings.read_preference,
      ...(settings.read_concern === undefined ? {} : { readConcern: { level: settings.read_concern } }),
      // What was written is there to stay before it is said to be.
      writeConcern: { w: 'majority', journal: true },
      ...(settings.compression === 'none' ? {} : { compressors: ['zlib' as const] }),
      ...(settings.replica_set === undefined ? {} : { replicaSet: settings.replica_set }),
      ...(settings.direct || settings.tunnel !== 'off' ? { directConnection: true } : {}),
    },
  }
}

/** Hosts only: user and password go beside it, so that no message can hold them. */
function urlOf({ host, port, more_hosts = [], srv }: MongodbSettings): string {
  if (srv) return `mongodb+srv://${host}/`
  const first = `${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`
  return `mongodb://${[first, ...more_hosts].join(',')}/`
}

function authentication(settings: MongodbSettings, password: string | undefined): MongoClientOptions {
  const { user, auth_mechanism, auth_source } = settings
  const authMechanism = MECHANISMS[auth_mechanism]
  if (auth_mechanism === 'x509')
    return { authMechanism, authSource: '$external', ...(user === undefined ? {} : { auth: { username: user } }) }
  if (user === undefined) return {}
  return {
    authMechanism,
    authSource: auth_source ?? (auth_mechanism === 'plain' ? '$external' : 'admin'),
    auth: { username: user, password: password ?? '' },
  }
}

async function tls(
  settings: MongodbSettings,
  { secrets }: ResolvedConnection,
  files: FileFinder,
): Promise<MongoClientOptions> {
  const options = await tlsOptions(settings, secrets, { host: settings.host, files })
  // Of an SRV address the driver would switch it on by itself.
  if (!options) return { tls: false }
  const { ca, cert, key, passphrase, minVersion, checkServerIdentity } = options
  // What is at the beginning of a tunnel has no name of its own.
  const named = settings.tls_server_name ?? (settings.tunnel === 'off' ? undefined : settings.host)
  return {
    tls: true,
    secureContext: createSecureContext({
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
      ...(passphrase === undefined ? {} : { passphrase }),
      ...(minVersion === undefined ? {} : { minVersion }),
    }),
    rejectUnauthorized: options.rejectUnauthorized === true,
    // Each member of a set shows a certificate for its own name, unless one name is given.
    ...(named === undefined || !checkServerIdentity ? {} : { checkServerIdentity }),
    ...(named === undefined || options.servername === undefined ? {} : { servername: options.servername }),
  }
}

/** Opens a client, and closes it whatever happens; an abort closes it at once, and ends what the server is doing for it. @throws LogiDataError */
export async function withMongodb<T>(
  connection: ResolvedConnection | undefined,
  access: Access,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (!connection) throw new TypeError('a step of MongoDB has a connection')
  return withLogin(await loginOf(connection, access.files), access.signal, work)
}

/** What a driver says where a tunnel did not lead to the server. */
const NOT_REACHED = new Set(['connection.refused', 'connection.lost', 'connection.timeout', 'connection.tls'])

/** @throws LogiDataError */
export async function withLogin<T>(
  login: Login,
  signal: AbortSignal,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  if (signal.aborted) throw cancelledError()
  const { about, settings, url, tunnel, options } = login
  let port: TunnelPort | undefined
  let closing: Promise<unknown> | undefined
  let client: MongoClient | undefined
  const close = () => {
    // It ends the cursors on the server, too.
    closing ??= client?.close().catch(() => undefined)
  }
  signal.addEventListener('abort', close, { once: true })
  try {
    if (tunnel) port = await openTunnelPort(about, tunnel, tunnel.timeoutMs)
    client = new MongoClient(port ? `mongodb://${encodeURIComponent(port.address)}/` : url, options)
    await client.connect()
    if (signal.aborted) throw cancelledError()
    const opened = client
    return await work({ client: opened, about, settings, db: (name = settings.database) => opened.db(name) })
  } catch (thrown) {
    if (signal.aborted) throw cancelledError()
    const error = mongodbError(thrown, about)
    throw port?.failure && NOT_REACHED.has(toErrorInfo(error).code) ? port.failure : error
  } finally {
    signal.removeEventListener('abort', close)
    close()
    await closing
    await port?.close()
  }
}

/** How long a command of this connection may take, as an option of it. */
export const timeLimit = ({ statement_timeout_seconds: seconds }: MongodbSettings): { maxTimeMS?: number } =>
  seconds === undefined ? {} : { maxTimeMS: seconds * 1000 }
