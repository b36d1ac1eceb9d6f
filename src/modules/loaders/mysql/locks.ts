import { createHash } from 'node:crypto'
import { operationalError } from '../../../shared/errors.ts'
import type { MysqlClient } from '../../connectors/mysql/client.ts'
import { tableName } from '../../connectors/mysql/names.ts'
import type { MysqlLoadConfig } from './descriptor.ts'
import { lockOf } from './target.ts'

type Place = Pick<MysqlLoadConfig, 'table' | 'database'>

const AN_ATTEMPT_SECONDS = 60
/** As long as the largest load may change a table. */
const A_TABLE_SECONDS = 3600

/** Locks of a session end with it, however it ends. */
async function locked(client: MysqlClient, lock: string, seconds: number): Promise<boolean> {
  const [answer] = await client.query('SELECT GET_LOCK(?, ?)', [lock, seconds])
  return answer?.[0] === '1'
}

/** A process that died may have left a statement that the server is still at: it ends before anything is said or done. @throws LogiDataError `connection.timeout` */
export async function alone(client: MysqlClient, lock: string): Promise<void> {
  if (await locked(client, lock, AN_ATTEMPT_SECONDS)) return
  throw operationalError('connection.timeout', 'An earlier attempt at this load is still at work on the server.', {
    hint: 'Wait for it, or end it there (SHOW PROCESSLIST, KILL), then resume.',
  })
}

/**
 * One load at a time changes a table: what one finds to be new, another may be about to add. Staging goes on side by side.
 * @throws LogiDataError `connection.timeout`
 */
export async function aloneInTable(client: MysqlClient, { table, database }: Place): Promise<void> {
  const [row] = await client.query('SELECT DATABASE()')
  const name = JSON.stringify([database ?? row?.[0], table.toLowerCase()])
  const lock = `logidata_table_${createHash('sha256').update(name).digest('hex').slice(0, 32)}`
  if (await locked(client, lock, A_TABLE_SECONDS)) return
  throw operationalError('connection.timeout', `Another load has been changing “${table}” for an hour.`, {
    hint: 'Wait for it, or end it on the server (SHOW PROCESSLIST, KILL), then resume. The table is as it was.',
  })
}

/** Removes what loads left beside their tables whose sessions have ended: nobody may ever take them up again, and who does makes it anew. */
export async function sweepDead(client: MysqlClient, { database }: Place): Promise<void> {
  const found = await client.query(
    `SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = ${database === undefined ? 'DATABASE()' : '?'} AND TABLE_NAME REGEXP '^_logidata_(new|mark)_[0-9a-f]{32}$'`,
    database === undefined ? [] : [database],
  )
  for (const [name = null] of found) {
    const own = /_([0-9a-f]{32})$/.exec(name ?? '')?.[1]
    if (name === null || own === undefined) continue
    const lock = lockOf(own)
    // The one that is made here, and those of loads that are at work, are held.
    const [held] = await client.query('SELECT IS_USED_LOCK(?)', [lock])
    if (held?.[0] != null || !(await locked(client, lock, 0))) continue
    try {
      await client.execute(`DROP TABLE IF EXISTS ${tableName({ table: name, database })}`)
    } catch {
      // It is another user's: theirs to remove.
    } finally {
      await client.query('SELECT RELEASE_LOCK(?)', [lock])
    }
  }
}
