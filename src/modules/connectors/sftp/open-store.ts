import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { withSftp } from './client.ts'
import { type Again, SftpStore } from './store.ts'

interface Asked {
  readonly connection?: ResolvedConnection | undefined
  readonly files: FileFinder
  readonly signal: AbortSignal
}

/** As long as that is waited for, after a cancel, to clear away. */
const CLEAR_MS = 10_000

/** Opens the files of a connection, and closes them whatever happens. @throws LogiDataError */
export const withSftpStore = <T>(request: Asked, work: (store: SftpStore) => Promise<T>): Promise<T> =>
  withSftp(request.connection, request, (client) => {
    const again: Again = (clear) =>
      withSftp(request.connection, { ...request, signal: AbortSignal.timeout(CLEAR_MS) }, clear)
    return work(new SftpStore(client, String(request.connection?.settings['host'] ?? ''), again))
  })
