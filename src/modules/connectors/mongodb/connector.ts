import type { BrowseEntry, Diagnosis, ResolvedConnection } from '../../../shared/connections/connection.ts'
import { toErrorInfo, userError } from '../../../shared/errors.ts'
import type { Connector, ConnectorContext } from '../../kit/connector.ts'
import { type Check, diagnose } from '../kit/diagnose.ts'
import { filesOf } from '../kit/project-file.ts'
import { checkRoute } from '../kit/tunnel.ts'
import { type Login, loginOf, type Session, withLogin, withMongodb } from './client.ts'
import { mongodbDescriptor } from './descriptor.ts'
import { inferColumns } from './shapes/infer.ts'
import { duckType } from './shapes/shape.ts'

export const mongodbConnector: Connector<typeof mongodbDescriptor.settings> = {
  descriptor: mongodbDescriptor,
  test,
  browse,
}

async function test(connection: ResolvedConnection, context: ConnectorContext): Promise<Diagnosis> {
  const { signal } = context
  let login: Login
  try {
    login = await loginOf(connection, filesOf(context.projectRoot))
  } catch (thrown) {
    const failed: Check = {
      step: 'settings',
      run: async () => {
        throw thrown
      },
    }
    return diagnose([failed], signal)
  }
  const { about, settings, tunnel } = login
  const timeoutMs = settings.connect_timeout_seconds * 1000
  // Names of a cluster are no computers: the driver looks them up.
  const before = settings.srv
    ? []
    : checkRoute(() => ({ remote: about, tunnel, timeoutMs }), tunnel !== undefined, signal)
  const reached = await diagnose(before, signal)
  if (!reached.ok) return reached
  const rest = await inside(login, signal).catch((thrown: unknown) => diagnose(failedAt(login, thrown), signal))
  return { ...rest, steps: [...reached.steps, ...rest.steps] }
}

const inside = (login: Login, signal: AbortSignal): Promise<Diagnosis> =>
  withLogin(login, signal, async (session) => {
    let server = ''
    const checks: Check[] = [
      ...passed(login),
      {
        step: 'database',
        run: async () => {
          server = await serverName(session)
          const names = await collections(session)
          const count = names.length
          return count === 0
            ? `The database “${login.about.database}” holds no collection yet, or “${login.about.user ?? ''}” may see none.`
            : `The database “${login.about.database}” holds ${count} collection${count === 1 ? '' : 's'}.`
        },
      },
      {
        step: 'rights',
        run: async () => {
          const [name] = await collections(session)
          if (name === undefined) return 'There is nothing to read yet.'
          await session
            .db()
            .collection(name)
            .findOne({}, { projection: { _id: 1 } })
          return `Its documents can be read.`
        },
      },
    ]
    return diagnose(checks, signal, () => server)
  })

function passed({ settings, about }: Login): Check[] {
  return [
    {
      step: 'tls',
      run: async () => {
        if (settings.tls === 'off') return 'The connection is not encrypted.'
        return settings.tls === 'verified'
          ? 'The connection is encrypted, and the server has shown who it is.'
          : 'The connection is encrypted; who the server is was not checked.'
      },
    },
    {
      step: 'login',
      run: async () => (about.user === undefined ? 'The server lets everybody in.' : `“${about.user}” is let in.`),
    },
  ]
}

/** The step at which opening failed; those before it went well. */
function failedAt(login: Login, thrown: unknown): Check[] {
  const [tls, loggedIn] = passed(login)
  const fail = (step: Check['step']): Check => ({
    step,
    run: async () => {
      throw thrown
    },
  })
  const { code } = toErrorInfo(thrown)
  if (code === 'connection.login' && tls) return [tls, fail('login')]
  if (code === 'connection.rights' && tls && loggedIn) return [tls, loggedIn, fail('rights')]
  if (code === 'connection.name') return [fail('name')]
  return [fail('tls')]
}

async function serverName(session: Session): Promise<string> {
  const info = await session.db().command({ buildInfo: 1 })
  const ferret: unknown = info.ferretdbVersion
  return typeof ferret === 'string'
    ? `FerretDB ${ferret.replace(/^v/, '')} (as MongoDB ${String(info.version)})`
    : `MongoDB ${String(info.version)}`
}

async function collections(session: Session, database?: string): Promise<string[]> {
  const found = await session.db(database).listCollections({}, { nameOnly: true }).toArray()
  return found.map(({ name }) => name).filter((name) => !name.startsWith('system.') && !name.startsWith('_logidata'))
}

async function browse(
  connection: ResolvedConnection,
  path: readonly string[],
  context: ConnectorContext,
): Promise<readonly BrowseEntry[]> {
  const [database, collection] = path
  if (path.length > 2) throw userError('source.not-found', `There is nothing below ${path.join('.')}.`)
  return withMongodb(connection, { files: filesOf(context.projectRoot), signal: context.signal }, (session) => {
    if (database === undefined) return databases(session)
    if (collection === undefined) return collectionsOf(session, database)
    return fields(session, database, collection)
  })
}

const SYSTEM = new Set(['admin', 'config', 'local'])

async function databases(session: Session): Promise<BrowseEntry[]> {
  const own = session.about.database
  const others = await session.client
    .db('admin')
    .admin()
    .listDatabases({ nameOnly: true })
    .then(({ databases: found }) => found.map(({ name }) => name).filter((name) => !SYSTEM.has(name) && name !== own))
    // Few may list them; one's own is there all the same.
    .catch(() => [])
  return [own, ...others.sort()].map((name) => ({ name, kind: 'database', children: true }))
}

async function collectionsOf(session: Session, database: string): Promise<BrowseEntry[]> {
  const names = (await collections(session, database)).sort()
  return names.map((name) => ({
    name,
    kind: 'collection',
    children: true,
    extract: {
      type: 'extract.mongodb',
      config: database === session.about.database ? { collection: name } : { collection: name, database },
    },
  }))
}

const BROWSED = 100

async function fields(session: Session, database: string, collection: string): Promise<BrowseEntry[]> {
  const documents = await session.db(database).collection(collection).find({}, { raw: true }).limit(BROWSED).toArray()
  const columns = inferColumns(
    documents.map((document) => Buffer.from(document as unknown as Uint8Array)),
    { mixed: 'json', nested: 'struct', decimals: 'text', decimal_scale: 0 },
  )
  return columns.map(({ name, shape }) => ({
    name,
    kind: 'column',
    type: duckType(shape),
    detail: `as in ${documents.length} documents`,
    children: false,
  }))
}
