import type { ExtractModule } from '../../kit/contract.ts'
import { mongodbExtractDescriptor } from './descriptor.ts'
import { pushable } from './pushdown.ts'

export const mongodbExtract: ExtractModule<typeof mongodbExtractDescriptor> = {
  kind: 'extract',
  descriptor: mongodbExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, database, collection }) =>
    `mongodb://${connection}/${[database, collection].filter((part) => part !== undefined).join('.')}`,
  pushable,
  incremental: ({ incremental }) => incremental !== undefined,
  // The driver is large: it comes when somebody asks a server.
  discover: async (request) => (await import('./read.ts')).discover(request),
  read: async (request) => (await import('./read.ts')).read(request),
}
