import type { ExtractModule } from '../../kit/contract.ts'
import { graphqlExtractDescriptor } from './descriptor.ts'

const load = () => import('./requests.ts')

export const graphqlExtract: ExtractModule<typeof graphqlExtractDescriptor> = {
  kind: 'extract',
  descriptor: graphqlExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, path, records_path }) => `graphql://${connection}/${path.replace(/^\//, '')}#${records_path}`,
  incremental: ({ incremental }) => incremental !== undefined,
  discover: async (request) => (await load()).discoverGraphql(request),
  read: async (request) => (await load()).readGraphql(request),
}
