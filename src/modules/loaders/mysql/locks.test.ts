import { randomBytes } from 'node:crypto'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../connectors/mysql/temporary-database.ts'
import type { ProjectFiles } from '../../kit/contract.ts'
import { sessionOver } from '../../kit/duckdb-session.ts'
import { raw } from '../../kit/sql.ts'
import { mysqlLoadDescriptor } from './descriptor.ts'
import { mysqlLoad } from './implementation.ts'
import { lockOf } from './target.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles

describeService('mariadb', 'Loads into MySQL beside each other', (server) => {
  let own: TemporaryDatabase
  let instance: DuckDBInstance
  const connections: DuckDBConnection[] = []
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  })
  afterAll(() => {
    for (const connection of connections) connection.closeSync()
    instance.closeSync()
  })
  beforeEach(async () => {
    own = await temporaryDatabase(server)
  })
  afterEach(() => own.close())

  async function load(query: string, given: Record<string, unknown>) {
    const connection = await instance.connect()
    connections.push(connection)
    const session = sessionOver(connection)
    const { columns } = await session.query(raw(`SELECT * FROM (${query}) LIMIT 0`))
    const input = { name: raw(`(${query})`), columns }
    return mysqlLoad.write({
      nodeId: 'to',
      config: mysqlLoadDescriptor.config.parse({ connection: 'shop', table: 't', ...given }),
      parameters: new Map(),
      input,
      inputs: new Map([['in', input]]),
      files,
      session,
      signal: new AbortController().signal,
      commit: undefined,
      connection: own.connection,
    })
  }
  const beside = async () => {
    const found = await own.client.query(
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME REGEXP '^_logidata_(new|mark|done|old)_' ORDER BY 1",
    )
    return found.map(([name]) => name)
  }

  test('what a load left that nobody takes up again goes with the next one, of any table', async () => {
    const [dead, alive, mine] = [0, 1, 2].map(() => randomBytes(16).toString('hex'))
    for (const name of [`new_${dead}`, `mark_${dead}`, `done_${dead}`, `new_${alive}`, `new_${mine}x`])
      await own.client.execute(`CREATE TABLE _logidata_${name} (x INT)`)
    const other = await own.another()
    await other.query('SELECT GET_LOCK(?, 0)', [lockOf(alive ?? '')])

    await load('SELECT 1 AS id', { mode: 'replace', table: 'another' })
    // What proves a load, what is at work, and what only looks alike, stays.
    expect(await beside()).toEqual(
      [`_logidata_done_${dead}`, `_logidata_new_${alive}`, `_logidata_new_${mine}x`].sort(),
    )

    await other.close()
    await load('SELECT 2 AS id', { mode: 'append' })
    expect(await beside()).toEqual([`_logidata_done_${dead}`, `_logidata_new_${mine}x`].sort())
  })

  test('loads at once by a key that no index guards bring each row once', { timeout: 60_000 }, async () => {
    await own.client.execute('CREATE TABLE t (id INT, n INT, INDEX (id))')
    const rows = (n: number) => `SELECT CAST(i AS INTEGER) AS id, ${n} AS n FROM range(2000) AS r(i)`
    await Promise.all([1, 2, 3, 4].map((n) => load(rows(n), { mode: 'upsert', key: ['id'] })))
    expect(await own.client.query('SELECT COUNT(*), COUNT(DISTINCT id), COUNT(DISTINCT n) FROM t')).toEqual([
      ['2000', '2000', '1'],
    ])
  })

  test('columns that were added for rows that do not come after all go again', async () => {
    await own.client.execute('CREATE TABLE t (id INT PRIMARY KEY, v INT NOT NULL)')
    await own.client.execute('INSERT INTO t VALUES (1, 1)')
    const columns = async () => (await own.client.query('SHOW COLUMNS FROM t')).map(([name]) => name)
    const more = { on_drift: 'adapt', mode: 'append' }
    const failed = await errorOf(load("SELECT 1 AS id, 5 AS v, 'new' AS w, 2 AS x", more))
    expect(failed).toMatchObject({ code: 'load.key' })
    expect(await columns()).toEqual(['id', 'v'])
    await load("SELECT 2 AS id, 5 AS v, 'new' AS w, 2 AS x", more)
    expect(await columns()).toEqual(['id', 'v', 'w', 'x'])
    expect(await own.client.query('SELECT * FROM t ORDER BY id')).toEqual([
      ['1', '1', null, null],
      ['2', '5', 'new', '2'],
    ])
  })
})
