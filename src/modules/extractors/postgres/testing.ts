import { randomBytes } from 'node:crypto'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import type { Cell, Column } from '../../../shared/engine/types.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { noSession, type TemporarySink, temporarySink } from '../../connectors/kit/temporary-sink.ts'
import { openPostgres, type PostgresClient, quoteName } from '../../connectors/postgres/client.ts'
import type { ParameterValue, ReadResult } from '../../kit/contract.ts'
import type { Sql } from '../../kit/sql.ts'
import { postgresConfig } from './descriptor.ts'
import { postgresExtract } from './implementation.ts'

interface Server {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
}

const never = new AbortController().signal

export const connectionTo = (server: Server, settings: object = {}): ResolvedConnection => ({
  name: 'shop',
  type: 'postgres',
  settings: {
    host: server.host,
    port: server.port,
    database: server.database,
    user: server.user,
    tls: 'off',
    ...settings,
  },
  secrets: { password: server.password },
})

/** A schema of a test's own. */
export interface Place {
  readonly schema: string
  readonly client: PostgresClient
  /** Statements one after the other. */
  run(...statements: string[]): Promise<void>
  close(): Promise<void>
}

export async function temporarySchema(server: Server): Promise<Place> {
  const schema = `t_${randomBytes(6).toString('hex')}`
  const client = await openPostgres(connectionTo(server, { search_path: [schema, 'public'] }), {
    files: filesOf('/'),
    signal: never,
  })
  await client.query(`CREATE SCHEMA ${quoteName(schema)}`)
  return {
    schema,
    client,
    async run(...statements) {
      for (const text of statements) await client.query(text)
    },
    async close() {
      await client.query(`DROP SCHEMA ${quoteName(schema)} CASCADE`)
      await client.close()
    },
  }
}

export interface Extracted {
  readonly columns: readonly Column[]
  readonly rows: Cell[][]
  readonly result: ReadResult
  /** As the source estimates them. */
  readonly estimate: number | undefined
  readonly files: number
}

export interface ExtractOptions {
  readonly limit?: number
  readonly state?: JsonValue | undefined
  readonly parameters?: Readonly<Record<string, ParameterValue>>
  readonly signal?: AbortSignal
  readonly select?: (from: Sql) => Sql
  /** Between what is said of the rows and reading them. */
  readonly between?: () => Promise<void>
}

/** Discovers and reads as the engine does. @throws LogiDataError */
export async function extract(
  connection: ResolvedConnection,
  config: Record<string, unknown>,
  { limit, state, parameters = {}, signal = never, select, between }: ExtractOptions = {},
): Promise<Extracted> {
  const parsed = postgresConfig.parse({ connection: connection.name, ...config })
  const files = { staging: '', inputs: filesOf('/').inputs, output: () => Promise.reject(new Error('no output')) }
  const request = {
    nodeId: 'from',
    config: parsed,
    parameters: new Map(Object.entries(parameters)),
    connection,
    files,
    withSession: noSession,
    signal,
  }
  const discovered = JSON.parse(JSON.stringify(await postgresExtract.discover(request)))
  await between?.()
  const sink: TemporarySink = await temporarySink(discovered.columns, signal)
  try {
    const result = await postgresExtract.read({
      ...request,
      discovered,
      sink,
      ...(limit === undefined ? {} : { limit }),
      ...(state === undefined ? {} : { state }),
    })
    const { rows, columns } =
      result.state === undefined && sink.files() === 0 ? { rows: [], columns: [] } : await sink.rows(select)
    const types = columns.map(({ type }) => type)
    if (
      select === undefined &&
      columns.length > 0 &&
      JSON.stringify(types) !== JSON.stringify(discovered.columns.map((c: Column) => c.type))
    )
      throw new Error(`other types than were said: ${types.join(', ')}`)
    return { columns: discovered.columns, rows, result, estimate: discovered.rows, files: sink.files() }
  } finally {
    atEnd(sink.running)
    sink.close()
  }
}

/** Nothing reads once an extract has ended, however it did. */
function atEnd(running: number): void {
  if (running > 0) throw new Error('something still reads')
}
