import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import type { Cell, Column } from '../../../shared/engine/types.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { noSession, temporarySink } from '../../connectors/kit/temporary-sink.ts'
import type { CellValue, Discovered, ParameterValue, ProjectFiles, ReadResult } from '../../kit/contract.ts'
import { mongodbExtractDescriptor } from './descriptor.ts'
import { mongodbExtract } from './implementation.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles

export interface Reading {
  readonly signal?: AbortSignal
  readonly state?: JsonValue
  readonly limit?: number
  readonly parameters?: Record<string, ParameterValue>
  /** Instead of asking for it. */
  readonly discovered?: Discovered
}

export interface ReadRows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  readonly rejected: readonly (readonly CellValue[])[]
  readonly result: ReadResult
  readonly leftovers: readonly string[]
}

const requestOf = (
  connection: ResolvedConnection,
  given: Record<string, unknown>,
  { signal = new AbortController().signal, parameters = {} }: Reading,
) => ({
  nodeId: 'from',
  config: mongodbExtractDescriptor.config.parse({ connection: 'shop', collection: 'c', ...given }),
  parameters: new Map(Object.entries(parameters)),
  connection,
  files,
  withSession: noSession,
  signal,
})

export const discoverFrom = (connection: ResolvedConnection, given: Record<string, unknown> = {}, more: Reading = {}) =>
  mongodbExtract.discover(requestOf(connection, given, more))

/** What an extract reads, as exact text. */
export async function readFrom(
  connection: ResolvedConnection,
  given: Record<string, unknown> = {},
  more: Reading = {},
): Promise<ReadRows> {
  const request = requestOf(connection, given, more)
  const discovered = more.discovered ?? (await mongodbExtract.discover(request))
  const sink = await temporarySink(discovered.columns, request.signal)
  const rejected: (readonly CellValue[])[] = []
  try {
    const result = await mongodbExtract.read({
      ...request,
      discovered,
      sink: { ...sink, reject: async (rows) => void rejected.push(...rows) },
      ...(more.limit === undefined ? {} : { limit: more.limit }),
      ...(more.state === undefined ? {} : { state: more.state }),
    })
    const { rows } = await sink.rows()
    return { columns: discovered.columns, rows, rejected, result, leftovers: sink.leftovers() }
  } finally {
    sink.close()
  }
}
