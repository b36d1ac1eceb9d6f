import type { BrowseEntry, Diagnosis, ResolvedConnection } from '../../../shared/connections/connection.ts'
import { toErrorInfo, userError } from '../../../shared/errors.ts'
import type { Connector, ConnectorContext } from '../../kit/connector.ts'
import { type Check, diagnose } from '../kit/diagnose.ts'
import { filesOf } from '../kit/project-file.ts'
import { checkRoute } from '../kit/tunnel.ts'
import { MysqlClient, withMysql } from './client.ts'
import { mysqlDescriptor } from './descriptor.ts'
import { type Login, loginOf } from './login.ts'

export const mysqlConnector: Connector<typeof mysqlDescriptor.settings> = {
  descriptor: mysqlDescriptor,
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
  const { about, settings, tls, tunnel } = login
  let client: MysqlClient | undefined
  let failure: unknown
  const openOnce = async () => {
    if (client || failure !== undefined) return
    try {
      client = await MysqlClient.open(login, signal)
    } catch (thrown) {
      failure = thrown
    }
  }
  const failedAt = (...codes: readonly string[]) => {
    if (failure !== undefined && codes.includes(toErrorInfo(failure).code)) throw failure
  }
  const session = (): MysqlClient => {
    if (failure !== undefined || !client) throw failure
    return client
  }
  const checks: Check[] = [
    ...checkRoute(
      () => ({ remote: about, tunnel, timeoutMs: settings.connect_timeout_seconds * 1000 }),
      tunnel !== undefined,
      signal,
    ),
    {
      step: 'tls',
      run: async () => {
        await openOnce()
        failedAt('connection.tls', 'connection.lost', 'connection.timeout', 'connection.refused')
        if (tls === undefined) return 'The connection is not encrypted.'
        return settings.tls === 'verified'
          ? 'The connection is encrypted, and the server has shown who it is.'
          : 'The connection is encrypted; who the server is was not checked.'
      },
    },
    {
      step: 'login',
      run: async () => {
        failedAt('connection.login')
        if (failure !== undefined && toErrorInfo(failure).code !== 'connection.database') throw failure
        return `“${about.user}” is let in.`
      },
    },
    {
      step: 'database',
      run: async () => {
        await session().query('SELECT 1')
        return `The database “${about.database}” is there.`
      },
    },
    {
      step: 'rights',
      run: async () => {
        const rows = await session().query(
          'SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE()',
        )
        const count = Number(rows[0]?.[0] ?? 0)
        return count === 0
          ? `“${about.user}” sees no table there: the database is empty, or rights are missing.`
          : `“${about.user}” sees ${count} table${count === 1 ? '' : 's'} and views there.`
      },
    },
  ]
  try {
    return await diagnose(checks, signal, () => client && serverName(client))
  } finally {
    await client?.close()
  }
}

/** @example 'MariaDB 10.11.19' */
const serverName = ({ isMariaDb, version }: MysqlClient): string =>
  `${isMariaDb ? 'MariaDB' : 'MySQL'} ${/^[\d.]+/.exec(version.replace(/^5\.5\.5-/, ''))?.[0] ?? version}`

async function browse(
  connection: ResolvedConnection,
  path: readonly string[],
  context: ConnectorContext,
): Promise<readonly BrowseEntry[]> {
  const [schema, table] = path
  if (path.length > 2) throw userError('source.not-found', `There is nothing below ${path.join('.')}.`)
  return withMysql(connection, { files: filesOf(context.projectRoot), signal: context.signal }, (client) => {
    if (schema === undefined) return schemas(client)
    if (table === undefined) return tables(client, schema, client.about.database)
    return columns(client, schema, table)
  })
}

async function schemas(client: MysqlClient): Promise<BrowseEntry[]> {
  const rows = await client.query(
    `SELECT SCHEMA_NAME FROM information_schema.SCHEMATA
     WHERE SCHEMA_NAME NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY SCHEMA_NAME <> DATABASE(), SCHEMA_NAME`,
  )
  return rows.map(([name]) => ({ name: name ?? '', kind: 'schema', children: true }))
}

async function tables(client: MysqlClient, schema: string, own: string): Promise<BrowseEntry[]> {
  const rows = await client.query(
    `SELECT TABLE_NAME, TABLE_TYPE, TABLE_ROWS FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?
     AND TABLE_NAME NOT LIKE '\\_logidata%' ORDER BY TABLE_NAME`,
    [schema],
  )
  return rows.map(([name, type, count]) => {
    const table = name ?? ''
    return {
      name: table,
      kind: type?.includes('VIEW') ? 'view' : 'table',
      ...(count === null || count === undefined || type?.includes('VIEW') ? {} : { detail: `about ${count} rows` }),
      children: true,
      extract: { type: 'extract.mysql', config: schema === own ? { table } : { table, database: schema } },
    }
  })
}

async function columns(client: MysqlClient, schema: string, table: string): Promise<BrowseEntry[]> {
  const rows = await client.query(
    `SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_KEY FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION`,
    [schema, table],
  )
  return rows.map(([name, type, nullable, key]) => {
    const detail = [key === 'PRI' ? 'key' : '', nullable === 'NO' ? 'never NULL' : ''].filter((word) => word !== '')
    return {
      name: name ?? '',
      kind: 'column',
      type: type ?? '',
      ...(detail.length === 0 ? {} : { detail: detail.join(', ') }),
      children: false,
    }
  })
}
