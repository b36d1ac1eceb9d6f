import type { ExtractModule } from '../../kit/contract.ts'
import { postgresExtractDescriptor } from './descriptor.ts'
import { pushable } from './pushdown.ts'

/** The driver is large: it comes when something is read. */
const reading = () => import('./read.ts')

export const postgresExtract: ExtractModule<typeof postgresExtractDescriptor> = {
  kind: 'extract',
  descriptor: postgresExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, read, schema, table }) =>
    `postgres://${connection}/${read === 'query' ? 'query' : [schema, table].filter(Boolean).join('.')}`,
  discover: async (request) => (await reading()).discover(request),
  read: async (request) => (await reading()).read(request),
  pushable,
  incremental: ({ incremental }) => incremental !== undefined,
}
