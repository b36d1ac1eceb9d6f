import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import type { FileFinder } from '../kit/project-file.ts'

/** For connections without certificates. */
export const noFiles: FileFinder = { inputs: () => Promise.reject(new Error('no file is asked for')) }

/** A connection to a server of this machine, for tests. */
export const connectionTo = (
  base_url: string,
  settings: Record<string, unknown> = {},
  secrets: Record<string, string> = {},
): ResolvedConnection => ({
  name: 'api',
  type: 'http',
  settings: { base_url, allow_private: true, ...settings } as ResolvedConnection['settings'],
  secrets,
})

/**
 * Makes servers of a test's own, by their addresses.
 * @param atEnd what the test framework calls at the end of a test
 */
export const serving =
  (atEnd: (end: () => void) => void) =>
  async (listener: RequestListener): Promise<string> => {
    const server = createServer(listener)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => {
      server.closeAllConnections()
      server.close()
    })
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
