import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import type { LoadCommit, LoadRequest, ProjectFiles, QuerySession } from '../../kit/contract.ts'
import { raw } from '../../kit/sql.ts'
import { type MongodbLoadConfig, mongodbLoadDescriptor } from './descriptor.ts'
import { mongodbLoad } from './implementation.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles

export interface Loading {
  readonly signal?: AbortSignal
  readonly commit?: LoadCommit
}

const configOf = (given: Record<string, unknown>): MongodbLoadConfig =>
  mongodbLoadDescriptor.config.parse({ connection: 'shop', collection: 't', ...given })

async function requestOf(
  session: QuerySession,
  connection: ResolvedConnection,
  query: string,
  given: Record<string, unknown>,
  { signal = new AbortController().signal, commit }: Loading = {},
): Promise<LoadRequest<MongodbLoadConfig>> {
  const config = configOf(given)
  const { columns } = await session.query(raw(`SELECT * FROM (${query}) LIMIT 0`))
  const input = { name: raw(`(${query})`), columns }
  mongodbLoad.check?.(config, columns, new Map([['in', columns]]))
  return {
    nodeId: 'to',
    config,
    parameters: new Map(),
    input,
    inputs: new Map([['in', input]]),
    files,
    session,
    signal,
    commit,
    connection,
  }
}

/** Loads what a query of DuckDB gives. */
export const loadRows = async (...given: Parameters<typeof requestOf>) => mongodbLoad.write(await requestOf(...given))

export const forecastRows = async (...given: Parameters<typeof requestOf>) =>
  (await mongodbLoad.forecast?.(await requestOf(...given))) ?? { rows: {}, columns: [] }

export const isCommitted = async (connection: ResolvedConnection, key: string, given: Record<string, unknown> = {}) =>
  (await mongodbLoad.committed?.({ config: configOf(given), connection, files, key })) ?? false

/** A commit that says what it is asked. */
export const notedCommit = (key: string) => {
  const said: string[] = []
  const commit: LoadCommit = {
    key,
    intend: async () => void said.push('intend'),
    withdraw: async () => void said.push('withdraw'),
  }
  return { said, commit }
}
