import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { withSftp } from './client.ts'
import { SftpStore } from './store.ts'

interface Asked {
  readonly connection?: ResolvedConnection | undefined
  readonly files: FileFinder
  readonly signal: AbortSignal
}

/** Opens the files of a connection, and closes them whatever happens. @throws LogiDataError */
export const withSftpStore = <T>(request: Asked, work: (store: SftpStore) => Promise<T>): Promise<T> =>
  withSftp(request.connection, request, (client) =>
    work(new SftpStore(client, String(request.connection?.settings['host'] ?? ''))),
  )
