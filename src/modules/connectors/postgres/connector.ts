import type { BrowseEntry } from '../../../shared/connections/connection.ts'
import { cancelledError, operationalError } from '../../../shared/errors.ts'
import type { Connector } from '../../kit/connector.ts'
import { type Check, diagnose } from '../kit/diagnose.ts'
import { filesOf } from '../kit/project-file.ts'
import { checkRoute } from '../kit/tunnel.ts'
import { type Login, loginOf, PostgresClient } from './client.ts'
import { postgresDescriptor } from './descriptor.ts'
import { openTransport } from './transport.ts'

export const postgresConnector: Connector<typeof postgresDescriptor.settings> = {
  descriptor: postgresDescriptor,
  async test(connection, { projectRoot, signal }) {
    let login: Login | undefined
    let client: PostgresClient | undefined
    const hasTunnel = connection.settings['tunnel'] === 'ssh'
    const known = (): Login => {
      if (!login) throw new TypeError('the settings come first')
      return login
    }
    try {
      return await diagnose(
        [
          {
            step: 'settings',
            run: async () => {
              login = await loginOf(connection, filesOf(projectRoot))
              return 'The settings are complete.'
            },
          },
          ...checkRoute(() => ({ ...known().route, tunnel: known().route.tunnel }), hasTunnel, signal),
          tlsCheck(known, signal),
          {
            step: 'login',
            run: async () => {
              // The database is looked at after the password: the server tells its absence only to those whom it lets in.
              client = await PostgresClient.open(known(), signal).catch((thrown: unknown) => {
                if (isAbout(thrown, 'connection.database')) return undefined
                throw thrown
              })
              return `“${known().about.user}” is let in.`
            },
          },
          {
            step: 'database',
            run: async () => {
              client ??= await PostgresClient.open(known(), signal)
              return `The database “${known().about.database}” is there.`
            },
          },
          { step: 'rights', run: () => rights(client) },
        ],
        signal,
        () => client && `PostgreSQL ${Math.floor(client.version / 10_000)}.${client.version % 10_000}`,
      )
    } finally {
      await client?.close()
    }
  },
  async browse(connection, path, context) {
    const [schema, table, ...more] = path
    if (more.length > 0) return []
    const client = await PostgresClient.open(await loginOf(connection, filesOf(context.projectRoot)), context.signal)
    try {
      if (schema === undefined) return await schemas(client)
      return table === undefined ? await tables(client, schema) : await columns(client, schema, table)
    } finally {
      await client.close()
    }
  },
}

const isAbout = (thrown: unknown, code: string): boolean =>
  (thrown as { info?: { code: string } } | undefined)?.info?.code === code

const tlsCheck = (known: () => Login, signal: AbortSignal): Check => ({
  step: 'tls',
  run: async () => {
    const { route, settings } = known()
    if (!route.tls) return 'Not encrypted: everybody on the way can read along.'
    const socket = await openTransport(route, signal)
    socket.destroy()
    return settings.tls === 'verified'
      ? 'Encrypted, and the server has shown who it is.'
      : 'Encrypted; who the server is was not checked.'
  },
})

async function rights(client: PostgresClient | undefined): Promise<string> {
  if (!client) throw cancelledError()
  const { rows } = await client.query(
    `SELECT count(*) FILTER (WHERE readable), count(*) FROM (
       SELECT has_schema_privilege(n.oid, 'USAGE') AND (has_table_privilege(c.oid, 'SELECT')
         OR has_any_column_privilege(c.oid, 'SELECT')) AS readable
       FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ${OWN_SCHEMAS}) t`,
  )
  const [readable = '0', all = '0'] = rows[0] ?? []
  if (readable === '0' && all !== '0')
    throw operationalError('connection.rights', `“${client.about.user}” may read none of ${all} tables and views.`, {
      hint: 'Ask who runs the database for USAGE on the schemas and SELECT on the tables.',
    })
  return `${readable} of ${all} tables and views can be read.`
}

const OWN_SCHEMAS =
  "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast') AND n.nspname !~ '^pg_(toast_)?temp_'"

async function schemas(client: PostgresClient): Promise<BrowseEntry[]> {
  const { rows } = await client.query(
    `SELECT n.nspname FROM pg_catalog.pg_namespace n
     WHERE ${OWN_SCHEMAS} AND has_schema_privilege(n.oid, 'USAGE') ORDER BY n.nspname <> 'public', n.nspname`,
  )
  return rows.map(([name]) => ({ name: name ?? '', kind: 'schema', children: true }))
}

const KINDS: Readonly<Record<string, string>> = {
  p: 'partitioned',
  m: 'materialised view',
  f: 'foreign table',
}

async function tables(client: PostgresClient, schema: string): Promise<BrowseEntry[]> {
  const { rows } = await client.query(
    `SELECT c.relname, c.relkind, c.reltuples::bigint FROM pg_catalog.pg_class c
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition ORDER BY c.relname`,
    [schema],
  )
  return rows.map(([name, kind, estimate]) => {
    const about = [
      KINDS[kind ?? ''],
      Number(estimate) > 0 ? `about ${Number(estimate).toLocaleString('en')} rows` : undefined,
    ]
    const detail = about.filter((part) => part !== undefined).join(', ')
    return {
      name: name ?? '',
      kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
      ...(detail === '' ? {} : { detail }),
      children: true,
      extract: { type: 'extract.postgres', config: { read: 'table', schema, table: name ?? '' } },
    }
  })
}

async function columns(client: PostgresClient, schema: string, table: string): Promise<BrowseEntry[]> {
  const { rows } = await client.query(
    `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
       EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY(i.indkey))
     FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
       JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [schema, table],
  )
  return rows.map(([name, type, required, isKey]) => {
    const detail = isKey === 't' ? 'primary key' : required === 't' ? 'not null' : undefined
    return {
      name: name ?? '',
      kind: 'column',
      type: type ?? '',
      ...(detail === undefined ? {} : { detail }),
      children: false,
    }
  })
}
