import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { userError } from '../../../shared/errors.ts'
import type { S3Store } from '../../connectors/s3/store.ts'
import type { LoadModule, ProjectFiles } from '../../kit/contract.ts'
import { s3LoadDescriptor } from './descriptor.ts'

export const s3Load: LoadModule<typeof s3LoadDescriptor> = {
  kind: 'load',
  descriptor: s3LoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, path, mode }) => ({ path: `s3://${connection}/${path}`, mode }),
  write: (request) => withStore(request, request.signal, async (store) => (await writing()).writeFiles(store, request)),
  forecast: (request) =>
    withStore(request, request.signal, async (store) => (await writing()).forecastFiles(store, request)),
  committed: (request) =>
    withStore(request, new AbortController().signal, async (store) =>
      (await writing()).wasWritten(store, request.config, request.key),
    ),
}

const writing = () => import('../../remote-files/write.ts')

interface Asked {
  readonly connection?: ResolvedConnection | undefined
  readonly files: ProjectFiles
}

async function withStore<T>(
  { connection, files }: Asked,
  signal: AbortSignal,
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
