import { randomBytes } from 'node:crypto'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { filesOf } from '../kit/project-file.ts'
import { MysqlClient } from './client.ts'
import { loginOf } from './login.ts'
import { quoteName } from './names.ts'

interface Server {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

export interface TemporaryDatabase {
  readonly name: string
  /** Its database is the temporary one. */
  readonly connection: ResolvedConnection
  readonly client: MysqlClient
  /** Another session. */
  another(signal?: AbortSignal): Promise<MysqlClient>
  close(): Promise<void>
}

/** A connection to a server, as a project would have it. */
export const connectionTo = (server: Server, settings: Record<string, string | number> = {}): ResolvedConnection => ({
  name: 'shop',
  type: 'mysql',
  settings: {
    host: server.host,
    port: server.port,
    user: server.user,
    database: server.database,
    tls: 'off',
    ...settings,
  },
  secrets: { password: server.password },
})

/** A database of a random name, for tests. */
export async function temporaryDatabase(server: Server): Promise<TemporaryDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const open = async (database: string, signal = new AbortController().signal) =>
    MysqlClient.open(await loginOf(connectionTo(server, { database }), filesOf('.')), signal)
  const first = await open(server.database)
  await first.execute(`CREATE DATABASE ${quoteName(name)} CHARACTER SET utf8mb4`)
  await first.close()
  const client = await open(name)
  return {
    name,
    connection: connectionTo(server, { database: name }),
    client,
    another: (signal) => open(name, signal),
    async close() {
      await client.close()
      const last = await open(server.database)
      await last.execute(`DROP DATABASE ${quoteName(name)}`)
      await last.close()
    },
  }
}
