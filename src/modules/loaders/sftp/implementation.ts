import type { LoadModule } from '../../kit/contract.ts'
import { sftpLoadDescriptor } from './descriptor.ts'

const opening = () => import('../../connectors/sftp/open-store.ts')
const writing = () => import('../../remote-files/write.ts')

export const sftpLoad: LoadModule<typeof sftpLoadDescriptor> = {
  kind: 'load',
  descriptor: sftpLoadDescriptor,
  connection: ({ connection }) => connection,
  target: ({ connection, path, mode }) => ({ path: `sftp://${connection}/${path}`, mode }),
  write: async (request) =>
    (await opening()).withSftpStore(request, async (store) => (await writing()).writeFiles(store, request)),
  forecast: async (request) =>
    (await opening()).withSftpStore(request, async (store) => (await writing()).forecastFiles(store, request)),
  committed: async (request) =>
    (await opening()).withSftpStore({ ...request, signal: new AbortController().signal }, async (store) =>
      (await writing()).wasWritten(store, request.config, request.key),
    ),
}
