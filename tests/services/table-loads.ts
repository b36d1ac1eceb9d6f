import { randomBytes } from 'node:crypto'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe } from 'vitest'
import { filesOf } from '../../src/modules/connectors/kit/project-file.ts'
import { withMysql } from '../../src/modules/connectors/mysql/client.ts'
import { openPostgres } from '../../src/modules/connectors/postgres/client.ts'
import type { LoadModule, LoadRequest, LoadResult, ProjectFiles } from '../../src/modules/kit/contract.ts'
import { sessionOver } from '../../src/modules/kit/duckdb-session.ts'
import { raw } from '../../src/modules/kit/sql.ts'
import { mysqlLoad } from '../../src/modules/loaders/mysql/implementation.ts'
import { postgresLoad } from '../../src/modules/loaders/postgres/implementation.ts'
import type { ResolvedConnection } from '../../src/shared/connections/connection.ts'
import type { LoadForecast } from '../../src/shared/engine/types.ts'
import { type DatabaseServer, describeService } from './services.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles
const never = new AbortController().signal

interface Server {
  readonly connection: ResolvedConnection
  // biome-ignore lint/suspicious/noExplicitAny: the loads of two servers, with the same fields.
  readonly module: LoadModule<any>
  /** Where the table is. */
  readonly place: Record<string, string>
  ask(query: string): Promise<readonly (readonly (string | null)[])[]>
  setUp(): Promise<unknown>
  tearDown(): Promise<unknown>
}

/** A server's tables, in a schema or database of their own, and loads of queries into them. */
export interface Tables {
  readonly server: Server
  load(query: string, given: object): Promise<LoadResult>
  forecast(query: string, given: object): Promise<LoadForecast | undefined>
  /** Of a table that is not there. */
  name(): string
}

function tablesOf(server: Server): Tables {
  let instance: DuckDBInstance
  let duck: DuckDBConnection
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '1' })
    duck = await instance.connect()
    await server.setUp()
  })
  afterAll(async () => {
    await server.tearDown()
    duck.closeSync()
    instance.closeSync()
  })
  async function requestOf(query: string, given: object): Promise<LoadRequest<never>> {
    const config = server.module.descriptor.config.parse({ connection: 'shop', ...server.place, ...given }) as never
    const session = sessionOver(duck)
    const { columns } = await session.query(raw(`SELECT * FROM (${query}) LIMIT 0`))
    const input = { name: raw(`(${query})`), columns }
    const inputs = new Map([['in', input]])
    server.module.check?.(config, columns, new Map([['in', columns]]))
    return {
      nodeId: 'to',
      config,
      parameters: new Map(),
      input,
      inputs,
      files,
      session,
      signal: never,
      connection: server.connection,
    }
  }
  const load = async (query: string, given: object) => server.module.write(await requestOf(query, given))
  const forecast = async (query: string, given: object) => server.module.forecast?.(await requestOf(query, given))
  const name = () => `t_${randomBytes(6).toString('hex')}`
  return { server, load, forecast, name }
}

/** Where the service runs. */
const over = (tests: (tables: Tables) => void, make: () => Server): void => tests(tablesOf(make()))

const connectionTo = (type: string, own: DatabaseServer): ResolvedConnection => ({
  name: 'shop',
  type,
  settings: { host: own.host, port: own.port, database: own.database, user: own.user, tls: 'off' },
  secrets: { password: own.password },
})

/** The same tests over each server. */
export const describeTables = (title: string, tests: (tables: Tables) => void): void => {
  describe(title, () => {
    describeService('postgres', 'of PostgreSQL', (own) =>
      over(tests, () => {
        const connection = connectionTo('postgres', own)
        const schema = `modes_${randomBytes(6).toString('hex')}`
        const ask = async (query: string) => {
          const client = await openPostgres(connection, { files, signal: never })
          try {
            await client.query(`SELECT set_config('search_path', $1, false)`, [schema])
            return (await client.query(query)).rows
          } finally {
            await client.close()
          }
        }
        return {
          connection,
          module: postgresLoad,
          place: { schema },
          ask,
          setUp: () => ask(`CREATE SCHEMA ${schema}`),
          tearDown: () => ask(`DROP SCHEMA ${schema} CASCADE`),
        }
      }),
    )
    describeService('mariadb', 'of MariaDB', (own) =>
      over(tests, () => {
        const database = `modes_${randomBytes(6).toString('hex')}`
        const connection = connectionTo('mysql', own)
        const ask = (query: string) =>
          withMysql(
            connection,
            { files, signal: never },
            async (client) => {
              if (query.startsWith('CREATE DATABASE') || query.startsWith('DROP')) {
                await client.execute(query.replace(/^(DROP TABLE IF EXISTS) /, `$1 ${database}.`))
                return []
              }
              return client.query(query.replace(/ FROM (t_\w+)/, ` FROM ${database}.$1`))
            },
            { loads: true },
          )
        return {
          connection,
          module: mysqlLoad,
          place: { database },
          ask,
          setUp: () => ask(`CREATE DATABASE ${database}`),
          tearDown: () => ask(`DROP DATABASE ${database}`),
        }
      }),
    )
  })
}
