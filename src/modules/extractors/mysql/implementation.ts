import type { ExtractModule } from '../../kit/contract.ts'
import { mysqlExtractDescriptor } from './descriptor.ts'
import { pushable } from './pushdown.ts'

export const mysqlExtract: ExtractModule<typeof mysqlExtractDescriptor> = {
  kind: 'extract',
  descriptor: mysqlExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, database, table }) =>
    `mysql://${connection}/${[database, table ?? 'query'].filter((part) => part !== undefined).join('.')}`,
  pushable,
  incremental: ({ incremental }) => incremental !== undefined,
  // The driver is large: it comes when somebody asks a server.
  discover: async (request) => (await import('./read.ts')).discover(request),
  read: async (request) => (await import('./read.ts')).read(request),
}
