import { userError } from '../../../shared/errors.ts'
import type { S3Store } from '../../connectors/s3/store.ts'
import type { ExtractModule, SourceRequest } from '../../kit/contract.ts'
import type { S3ExtractConfig } from './descriptor.ts'
import { s3ExtractDescriptor } from './descriptor.ts'

export const s3Extract: ExtractModule<typeof s3ExtractDescriptor> = {
  kind: 'extract',
  descriptor: s3ExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, path }) => `s3://${connection}/${path}`,
  incremental: ({ incremental }) => incremental !== undefined,
  discover: (request) => withStore(request, async (store) => (await reading()).discoverFiles(store, request)),
  read: (request) => withStore(request, async (store) => (await reading()).readFiles(store, request)),
}

const reading = () => import('../../remote-files/read.ts')

async function withStore<T>(
  { connection, files, signal }: SourceRequest<S3ExtractConfig>,
  work: (store: S3Store) => Promise<T>,
): Promise<T> {
  if (!connection) throw userError('connection.missing', 'No connection is named.', { field: ['connection'] })
  const [{ openS3 }, { S3Store }] = await Promise.all([
    import('../../connectors/s3/client.ts'),
    import('../../connectors/s3/store.ts'),
  ])
  const session = await openS3(connection, files)
  try {
    return await work(new S3Store(session, signal))
  } finally {
    session.close()
  }
}
