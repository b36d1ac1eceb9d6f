// The servers that `scripts/services up` started, for tests.
import { describe, test } from 'vitest'
import { isAlive } from './processes.ts'
import { readState } from './state.ts'

/** Where a server is, and who may enter. */
interface Server {
  readonly host: string
  readonly port: number
}

/** Paths of PEM files: see docs/testing-connectors.md. */
interface Tls {
  readonly ca: string
  readonly otherCa: string
  readonly clientCertificate: string
  readonly clientKey: string
}

/** PostgreSQL or MariaDB with the Chinook database; every account but `oddUser` and `certificateUser` has `password`. */
export interface DatabaseServer extends Server, Tls {
  readonly user: string
  readonly password: string
  readonly database: string
  /** May only read `database`. */
  readonly readOnlyUser: string
  /** Is let in over TLS only. */
  readonly tlsOnlyUser: string
  /** Is let in with the client certificate only. In PostgreSQL it has no password. */
  readonly certificateUser: string
  /** Its password, `oddPassword`, is full of what URLs, SQL and shells treat in a way of their own. */
  readonly oddUser: string
  readonly oddPassword: string
}

export interface ObjectStore extends Server {
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface DocumentServer extends Server {
  readonly tlsPort: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly url: string
  readonly ca: string
  readonly otherCa: string
}

/** Keys and known_hosts are paths of files; `hostKey` is the type and the key of the server. */
export interface SftpServer extends Server {
  readonly user: string
  readonly privateKey: string
  readonly privateKeyWithPassphrase: string
  readonly passphrase: string
  /** A key that the server does not know. */
  readonly strangerKey: string
  readonly knownHosts: string
  /** Has another key for this server: a connection must be refused. */
  readonly wrongKnownHosts: string
  readonly hostKey: string
  /** Where the files are on this machine; `chinook` is there to read, `incoming` to write. */
  readonly root: string
}

/** The API of tests/services/api; its paths are in docs/testing-connectors.md. */
export interface ApiServer extends Server {
  readonly tlsPort: number
  readonly url: string
  readonly secureUrl: string
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly user: string
  readonly password: string
  readonly bearer: string
  readonly apiKey: string
  readonly ca: string
  readonly otherCa: string
}

/** All services and what they tell. */
export interface Services {
  readonly postgres: DatabaseServer & { readonly superuser: string }
  readonly mariadb: DatabaseServer
  readonly minio: ObjectStore
  readonly mongodb: DocumentServer
  /** Debian's OpenSSH: keys only, and tunnels to the other services. */
  readonly sftp: SftpServer
  readonly 'sftp-password': SftpServer & { readonly password: string }
  readonly api: ApiServer
}

export type ServiceName = keyof Services

/** What a running service tells, or undefined where it does not run. */
export function service<Name extends ServiceName>(name: Name): Services[Name] | undefined {
  const entry = readState()?.services[name]
  if (entry?.state !== 'running' || !entry.processes.every(isAlive)) return undefined
  return entry.details as unknown as Services[Name] // written by the service of that name
}

/** What a running service tells; an error that says what to do where it does not run. */
export function requireService<Name extends ServiceName>(name: Name): Services[Name] {
  const details = service(name)
  if (details === undefined) throw new Error(missing(name))
  return details
}

/**
 * `describe` with a service. Where it does not run the tests are skipped and the report says so; with REQUIRE_SERVICES=1,
 * as in the continuous integration, they fail.
 */
export function describeService<Name extends ServiceName>(
  name: Name,
  title: string,
  body: (details: Services[Name]) => void,
): void {
  const details = service(name)
  if (details !== undefined) {
    describe(title, () => body(details))
  } else if (process.env['REQUIRE_SERVICES'] === '1') {
    describe(title, () => {
      test(`needs ${name}`, () => {
        throw new Error(missing(name))
      })
    })
  } else {
    describe.skip(`${title} (skipped: ${missing(name)})`, () => {
      test(`needs ${name}`, () => undefined)
    })
  }
}

function missing(name: string): string {
  return `${name} does not run: scripts/services up ${name}`
}
