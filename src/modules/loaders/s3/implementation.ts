import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { userError } from '../../../shared/errors.ts'
import type { LoadModule, ProjectFiles } from '../../kit/contract.ts'
import { s3LoadDescriptor } from './descriptor.ts'

export const s3Load: LoadModule<typeof s3LoadDescriptor> = {
  kind: 'load',
  descriptor: s3LoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, path, mode }) => ({ path: `s3://${connection}/${path}`, mode }),
  write: (request) => withStore(request, request.signal, (store, { writeFiles }) => writeFiles(store, request)),
  committed: (request) =>
    withStore(request, new AbortController().signal, (store, { wasWritten }) =>
      wasWritten(store, request.config, request.key),
    ),
}

interface Asked {
  readonly connection?: ResolvedConnection | undefined
  readonly files: ProjectFiles
}
type Store = import('../../connectors/s3/store.ts').S3Store
type Writing = typeof import('../../connectors/remote-files/write.ts')

async function withStore<T>(
  { connection, files }: Asked,
  signal: AbortSignal,
  work: (store: Store, writing: Writing) => Promise<T>,
): Promise<T> {
  if (!connection) throw userError('connection.missing', 'No connection is named.', { field: ['connection'] })
  const [{ openS3 }, { S3Store }, writing] = await Promise.all([
    import('../../connectors/s3/client.ts'),
    import('../../connectors/s3/store.ts'),
    import('../../connectors/remote-files/write.ts'),
  ])
  const session = await openS3(connection, files)
  try {
    return await work(new S3Store(session, signal), writing)
  } finally {
    session.close()
  }
}
