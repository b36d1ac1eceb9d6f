import { Agent } from 'node:https'
import type { S3Client } from '@aws-sdk/client-s3'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { userError } from '../../../shared/errors.ts'
import { settingsOf } from '../../kit/connector.ts'
import type { Remote } from '../kit/errors.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { tlsOptions } from '../kit/tls-options.ts'
import type { Bodies } from './bodies.ts'
import { followChain } from './chain.ts'
import { type S3Settings, s3Descriptor } from './descriptor.ts'
import type { About } from './errors.ts'

/** Sockets that are open at once: parts of large objects, and small objects beside each other. */
const SOCKETS = 24

export interface S3Session {
  readonly client: S3Client
  readonly settings: S3Settings
  readonly about: About
  /** For large answers. */
  readonly bodies: Bodies
  /** Nobody on the way can change what is sent on purpose: it goes over TLS, or stays on this computer. */
  readonly isPrivate: boolean
  close(): void
}

/** @throws LogiDataError `connection.invalid`, `connection.login` without a key, `file.…` */
export async function openS3(connection: ResolvedConnection, files: FileFinder): Promise<S3Session> {
  const settings = settingsOf(s3Descriptor, connection)
  const [{ S3Client }, { Bodies: Straight }] = await Promise.all([import('@aws-sdk/client-s3'), import('./bodies.ts')])
  const remote = remoteOf(settings)
  const about: About = { remote, bucket: settings.bucket, connection: connection.name }
  const tls = settings.endpoint?.startsWith('http:')
    ? undefined
    : await tlsOptions({ tls: 'verified', tls_ca: settings.tls_ca }, {}, { host: remote.host, files })
  const { servername: _own, checkServerIdentity: _check, ...agent } = tls ?? {}
  const client = new S3Client({
    region: settings.region,
    ...(settings.endpoint === undefined ? {} : { endpoint: settings.endpoint }),
    forcePathStyle: settings.path_style,
    ...credentialsOf(settings, connection),
    maxAttempts: 4,
    // What stores that are not Amazon's do not know is sent only where it must be.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    followRegionRedirects: false,
    requestHandler: {
      connectionTimeout: 15_000,
      requestTimeout: settings.timeout_seconds * 1000,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: SOCKETS, keepAlive: true },
      httpsAgent: new Agent({ ...agent, maxSockets: SOCKETS, keepAlive: true }),
    },
  })
  if (settings.credentials === 'chain') followChain(client, { connection: connection.name, profile: settings.profile })
  const bodies = new Straight({ tls: agent, silentMs: settings.timeout_seconds * 1000, sockets: SOCKETS })
  const close = () => {
    bodies.close()
    client.destroy()
  }
  return { client, settings, about, bodies, isPrivate: isPrivate(settings), close }
}

const isPrivate = ({ endpoint }: S3Settings): boolean => {
  if (endpoint === undefined) return true
  const { protocol, hostname } = new URL(endpoint)
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname)
}

function credentialsOf(settings: S3Settings, { name, secrets }: ResolvedConnection) {
  // A name of the chain is looked up by the SDK itself.
  if (settings.credentials === 'chain') return settings.profile === undefined ? {} : { profile: settings.profile }
  if (settings.credentials === 'none') return { signer: { sign: async <T>(request: T) => request } }
  const { secret_access_key: secretAccessKey, session_token: sessionToken } = secrets
  if (settings.access_key_id === undefined || secretAccessKey === undefined)
    throw userError(
      'connection.login',
      `“${name}” has no ${settings.access_key_id === undefined ? 'access key ID' : 'secret key'}.`,
      {
        hint: 'Give it under Connections, or choose another way to be known.',
      },
    )
  const accessKeyId = settings.access_key_id
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) } }
}

/** Whom the requests reach. */
export function remoteOf({ endpoint, region, bucket, path_style }: S3Settings): Remote {
  if (endpoint !== undefined) {
    const { hostname, port, protocol } = new URL(endpoint)
    return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'http:' ? 80 : 443) }
  }
  const host = `s3.${region}.amazonaws.com`
  return { host: path_style || bucket.includes('.') ? host : `${bucket}.${host}`, port: 443 }
}
