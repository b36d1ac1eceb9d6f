import { randomBytes } from 'node:crypto'
import { filesOf } from '../../../src/modules/connectors/kit/project-file.ts'
import { withMysql } from '../../../src/modules/connectors/mysql/client.ts'
import { openPostgres } from '../../../src/modules/connectors/postgres/client.ts'
import type { ResolvedConnection } from '../../../src/shared/connections/connection.ts'
import { type DatabaseServer, service } from '../../services/services.ts'
import { keyedModes, type LoadTarget, type Mode } from './target.ts'

const OVER: Readonly<Record<string, string>> = { soft_delete: 'deleted_at IS NOT NULL', history: 'NOT is_current' }
const MODES = keyedModes(
  { name: 'merge', config: { mode: 'merge', key: ['id'], deleted_when: 'gone' }, says: 'gone' },
  { vanished: 'close' },
)
const ROWS = { old: 800, fresh: 6_000, changed: 5_000 }
const context = { files: filesOf('/'), signal: new AbortController().signal }
type Ask = (query: string) => Promise<readonly (readonly (string | null)[])[]>

const connectionOf = (type: string, { host, port, database, user, password }: DatabaseServer): ResolvedConnection => ({
  name: 'shop',
  type,
  settings: { host, port, database, user, tls: 'off' },
  secrets: { password },
})

async function linesOf(ask: Ask, table: string, mode: Mode): Promise<readonly string[]> {
  const isOver = mode.isNew ? undefined : OVER[mode.name]
  const rows = await ask(`SELECT id, part, name, CASE WHEN ${isOver ?? '1 = 0'} THEN 1 ELSE 0 END FROM ${table}`)
  return rows.map((row) => row.join('|')).sort()
}

/** In a schema of its own. */
export async function postgresTarget(): Promise<LoadTarget | undefined> {
  const server = service('postgres')
  if (!server) return undefined
  const connection = connectionOf('postgres', server)
  const schema = `faults_${randomBytes(5).toString('hex')}`
  const client = await openPostgres(connection, context)
  const ask: Ask = async (query) => (await client.query(query)).rows
  await ask(`CREATE SCHEMA ${schema}`)
  const tables = async () =>
    (await ask(`SELECT relname FROM pg_class WHERE relnamespace = '${schema}'::regnamespace AND relkind = 'r'`)).map(
      ([name]) => name ?? '',
    )
  return {
    name: 'PostgreSQL',
    connection,
    step: 'load.postgres',
    modes: MODES,
    moments: ['written', 'intended', 'published'],
    rows: ROWS,
    at: (place) => ({ schema, table: place }),
    async copy(from, to) {
      if (!(await tables()).includes(from)) return
      await ask(`CREATE TABLE ${schema}.${to} (LIKE ${schema}.${from} INCLUDING ALL)`)
      await ask(`INSERT INTO ${schema}.${to} SELECT * FROM ${schema}.${from}`)
    },
    async state(place, mode) {
      return (await tables()).includes(place) ? linesOf(ask, `${schema}.${place}`, mode) : []
    },
    leftovers: async () => (await tables()).filter((name) => name.startsWith('_') && name !== '_logidata_loads'),
    async remove(place) {
      await ask(`DROP TABLE IF EXISTS ${schema}.${place}`)
    },
    async close() {
      await ask(`DROP SCHEMA ${schema} CASCADE`)
      await client.close()
    },
  }
}

/** In a database of its own. */
export async function mysqlTarget(): Promise<LoadTarget | undefined> {
  const server = service('mariadb')
  if (!server) return undefined
  const connection = connectionOf('mysql', server)
  const database = `faults_${randomBytes(5).toString('hex')}`
  const ask: Ask = (query) =>
    withMysql(
      connection,
      context,
      async (client) => {
        if (query.startsWith('SELECT')) return client.query(query)
        await client.execute(query)
        return []
      },
      { loads: true },
    )
  await ask(`CREATE DATABASE ${database}`)
  const tables = async () =>
    (await ask(`SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${database}'`)).map(
      ([name]) => name ?? '',
    )
  return {
    name: 'MariaDB',
    connection,
    step: 'load.mysql',
    modes: MODES,
    moments: ['written', 'intended', 'changed', 'published'],
    rows: ROWS,
    at: (place) => ({ database, table: place }),
    async copy(from, to) {
      if (!(await tables()).includes(from)) return
      await ask(`CREATE TABLE ${database}.${to} LIKE ${database}.${from}`)
      await ask(`INSERT INTO ${database}.${to} SELECT * FROM ${database}.${from}`)
    },
    async state(place, mode) {
      return (await tables()).includes(place) ? linesOf(ask, `${database}.${place}`, mode) : []
    },
    leftovers: async () => (await tables()).filter((name) => name.startsWith('_') && name !== '_logidata_loads'),
    async remove(place) {
      await ask(`DROP TABLE IF EXISTS ${database}.${place}`)
    },
    async close() {
      await ask(`DROP DATABASE ${database}`)
    },
  }
}
