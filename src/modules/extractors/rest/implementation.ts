import { userError } from '../../../shared/errors.ts'
import type { ExtractModule, SourceRequest } from '../../kit/contract.ts'
import { type RestConfig, restExtractDescriptor } from './descriptor.ts'

const load = () => import('./requests.ts')

export const restExtract: ExtractModule<typeof restExtractDescriptor> = {
  kind: 'extract',
  descriptor: restExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, path }) => `http://${connection}/${path.replace(/^\//, '')}`,
  incremental: ({ incremental }) => incremental !== undefined,
  async discover(request) {
    checkConfig(request)
    return (await load()).discoverRest(request)
  },
  async read(request) {
    checkConfig(request)
    return (await load()).readRest(request)
  },
}

/** What a pagination cannot do without. */
function checkConfig({ config, nodeId }: SourceRequest<RestConfig>): void {
  const { pagination, page_param, next_path } = config
  const missing = (field: string, what: string) =>
    userError('http.pagination', `${what} is needed for this way to further pages.`, { nodeId, field: [field] })
  if (pagination === 'cursor' && !page_param) throw missing('page_param', 'The parameter that takes the cursor')
  if ((pagination === 'cursor' || pagination === 'next') && !next_path)
    throw missing('next_path', 'Where the answer says what is next')
}
