import { randomBytes } from 'node:crypto'
import { MongoClient } from 'mongodb'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'

interface Server {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** A connection to a server, as a project would have it. */
export const connectionTo = (
  server: Server,
  settings: Record<string, string | number | boolean> = {},
): ResolvedConnection => ({
  name: 'shop',
  type: 'mongodb',
  settings: {
    host: server.host,
    port: server.port,
    user: server.user,
    database: server.database,
    auth_source: server.database,
    tls: 'off',
    ...settings,
  },
  secrets: { password: server.password },
})

export interface TemporaryDatabase {
  readonly name: string
  /** Its database is the temporary one. */
  readonly connection: ResolvedConnection
  readonly client: MongoClient
  db(): ReturnType<MongoClient['db']>
  close(): Promise<void>
}

/** A database of a random name, for tests. */
export async function temporaryDatabase(server: Server): Promise<TemporaryDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  const client = new MongoClient(`mongodb://${server.host}:${server.port}/`, {
    auth: { username: server.user, password: server.password },
    authSource: server.database,
  })
  await client.connect()
  return {
    name,
    connection: connectionTo(server, { database: name }),
    client,
    db: () => client.db(name),
    async close() {
      await client.db(name).dropDatabase()
      await client.close()
    },
  }
}
