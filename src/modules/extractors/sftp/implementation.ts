import type { ExtractModule } from '../../kit/contract.ts'
import { sftpExtractDescriptor } from './descriptor.ts'

const opening = () => import('../../connectors/sftp/open-store.ts')
const reading = () => import('../../remote-files/read.ts')

export const sftpExtract: ExtractModule<typeof sftpExtractDescriptor> = {
  kind: 'extract',
  descriptor: sftpExtractDescriptor,
  connection: ({ connection }) => connection,
  source: ({ connection, path }) => `sftp://${connection}/${path}`,
  incremental: ({ incremental }) => incremental !== undefined,
  discover: async (request) =>
    (await opening()).withSftpStore(request, async (store) => (await reading()).discoverFiles(store, request)),
  read: async (request) =>
    (await opening()).withSftpStore(request, async (store) => (await reading()).readFiles(store, request)),
}
