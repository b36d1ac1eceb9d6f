import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../connectors/mysql/temporary-database.ts'
import type { LoadCommit, LoadRequest, ProjectFiles } from '../../kit/contract.ts'
import { sessionOver } from '../../kit/duckdb-session.ts'
import { raw } from '../../kit/sql.ts'
import { type MysqlLoadConfig, mysqlLoadDescriptor } from './descriptor.ts'
import { mysqlLoad } from './implementation.ts'
import { namesOf } from './target.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles

describeService('mariadb', 'Loading MySQL and MariaDB', (server) => {
  let own: TemporaryDatabase
  let instance: DuckDBInstance
  let connection: DuckDBConnection
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    connection = await instance.connect()
    await connection.run("SET TimeZone = 'America/New_York'")
  })
  afterAll(() => {
    connection.closeSync()
    instance.closeSync()
  })
  beforeEach(async () => {
    own = await temporaryDatabase(server)
  })
  afterEach(async () => {
    const left = await own.client.query(
      "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE '\\_logidata\\_%' AND TABLE_NAME <> '_logidata_loads'",
    )
    await own.close()
    expect(left).toEqual([])
  })

  interface More {
    readonly signal?: AbortSignal
    readonly commit?: LoadCommit
  }
  /** Loads what a query of DuckDB gives. */
  async function load(
    query: string,
    given: Record<string, unknown>,
    { signal = new AbortController().signal, commit }: More = {},
  ) {
    const config: MysqlLoadConfig = mysqlLoadDescriptor.config.parse({ connection: 'shop', table: 't', ...given })
    const session = sessionOver(connection)
    const { columns } = await session.query(raw(`SELECT * FROM (${query}) LIMIT 0`))
    const input = { name: raw(`(${query})`), columns }
    mysqlLoad.check?.(config, columns, new Map([['in', columns]]))
    const request: LoadRequest<MysqlLoadConfig> = {
      nodeId: 'to',
      config,
      parameters: new Map(),
      input,
      inputs: new Map([['in', input]]),
      files,
      session,
      signal,
      commit,
      connection: own.connection,
    }
    return mysqlLoad.write(request)
  }
  const all = (table = 't', order = '1') => own.client.query(`SELECT * FROM ${table} ORDER BY ${order}`)
  /** A commit that says what it is asked. */
  const noted = (key: string) => {
    const said: string[] = []
    const commit: LoadCommit = {
      key,
      intend: async () => void said.push('intend'),
      withdraw: async () => void said.push('withdraw'),
    }
    return { said, commit }
  }
  const committed = (key: string, given: Record<string, unknown> = {}) =>
    mysqlLoad.committed?.({
      config: mysqlLoadDescriptor.config.parse({ connection: 'shop', table: 't', ...given }),
      connection: own.connection,
      files,
      key,
    })

  test('makes a table of every type, and every value is there', async () => {
    const query = `SELECT 1::TINYINT id, true b, 18446744073709551615::UBIGINT u, '-170141183460469231731687303715884105728'::HUGEINT h, -0.10::DECIMAL(10,2) d,
      0.1::FLOAT f, 1.7976931348623157e308::DOUBLE x, chr(9) || '\\N' || chr(10) || chr(13) || '"''🙂' || chr(0) || 'é\\' s, '' e, '\\x00\\xFF\\x5C\\x09'::BLOB bl, ''::BLOB eb,
      DATE '9999-12-31' dt, TIME '23:59:59.999999' tm, TIMESTAMP '1000-01-01 00:00:00.000001' ts, TIMESTAMPTZ '2024-07-01 12:00:00.5-04' tz,
      '123e4567-e89b-12d3-a456-426614174000'::UUID uu, '{"a": [1, "\\n"]}'::JSON j, [1, NULL]::INTEGER[] l, {'k': 'v'} st
      UNION ALL SELECT 2${', NULL'.repeat(18)}`
    expect(await load(query, { key: ['id'] })).toMatchObject({ rows: 2n, written: ['t'] })
    const rows = await own.client.query(
      'SELECT id, b, u, h, d, f + 0e0, x, s, e, HEX(bl), HEX(eb), dt, tm, ts, tz, uu, j, l, st FROM t ORDER BY id',
    )
    expect(rows[0]).toEqual([
      '1',
      '1',
      '18446744073709551615',
      '-170141183460469231731687303715884105728',
      '-0.10',
      '0.10000000149011612',
      '1.7976931348623157e+308',
      '\t\\N\n\r"\'🙂\0é\\',
      '',
      '00FF5C09',
      '',
      '9999-12-31',
      '23:59:59.999999',
      '1000-01-01 00:00:00.000001',
      '2024-07-01 16:00:00.500000',
      '123e4567-e89b-12d3-a456-426614174000',
      '{"a": [1, "\\n"]}',
      '[1,null]',
      '{"k":"v"}',
    ])
    expect(rows[1]?.slice(1).every((cell) => cell === null)).toBe(true)
    const types = await own.client.query(
      "SELECT COLUMN_TYPE, COLUMN_KEY FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME IN ('id', 'u', 'h', 'ts') ORDER BY 1",
    )
    expect(types).toEqual([
      ['bigint(20) unsigned', ''],
      ['datetime(6)', ''],
      ['decimal(39,0)', ''],
      ['int(11)', 'PRI'],
    ])
  })

  test.each([
    ['text too long', 'v VARCHAR(3)', "'abcd' v", /column 'v' at row 1/],
    ['trailing blanks', 'v VARCHAR(3)', "'abc ' v", /'v'/],
    ['a number too great', 'v TINYINT', '300 v', /'v'/],
    ['a negative number', 'v INT UNSIGNED', '-1 v', /'v'/],
    ['more decimal places', 'v DECIMAL(5,2)', '1.005::DECIMAL(5,3) v', /'v'/],
    ['a double in a decimal', 'v DECIMAL(5,2)', '1.005::DOUBLE v', /'v'/],
    ['a fraction in a whole number', 'v INT', '1.5::DOUBLE v', /“v” \(int\) cannot hold 1.5 exactly/],
    ['a decimal in a whole number', 'v INT', '1.5::DECIMAL(3,1) v', /“v” \(int\) cannot hold 1.5 exactly/],
    ['a double in a single', 'v FLOAT', '0.1::DOUBLE v', /“v” \(float\) cannot hold 0.1 exactly/],
    ['microseconds', 'v DATETIME', "TIMESTAMP '2024-01-01 00:00:00.5' v", /cannot hold 2024-01-01 00:00:00.5 exactly/],
    ['NaN', 'v DOUBLE', "'nan'::DOUBLE v", /'nan'/],
    ['an infinite date', 'v DATE', "'infinity'::DATE v", /'v'/],
    ['a year before Christ', 'v DATE', "'0044-03-15 (BC)'::DATE v", /'v'/],
    ['a time in a date', 'v DATE', "TIMESTAMP '2024-01-01 10:00:00' v", /'v'/],
    ['a word that is none of an ENUM', "v ENUM('a')", "'b' v", /'v'/],
    ['NULL where none may be', 'v INT NOT NULL', 'NULL::INTEGER v', /'v'/],
    ['a column without a default', 'v INT, w INT NOT NULL', '1 v', /'w'/],
    ['bits too many', 'v BIT(3)', '8 v', /'v'/],
    ['an emoji in latin1', 'v VARCHAR(9) CHARACTER SET latin1', "'🙂' v", /'v'|`v`/],
    ['a text in a number', 'v INT', "'1.5' v", /VARCHAR; “v” of the table is int/],
  ])('%s is an error, and the table stays as it was, in every mode', async (_what, columns, value, message) => {
    await own.client.execute(`CREATE TABLE t (id INT PRIMARY KEY, ${columns})`)
    for (const mode of ['append', 'replace', 'truncate', 'upsert']) {
      const { said, commit } = noted('k')
      const error = await errorOf(
        load(`SELECT 1 id, ${value}`, { mode, key: mode === 'upsert' ? ['id'] : [] }, { commit }),
      )
      expect([mode, error.kind, error.message]).toEqual([mode, 'user', expect.stringMatching(message)])
      expect(said.at(-1)).not.toBe('intend')
      expect(await all()).toEqual([])
    }
  })

  test('what fits comes in whatever the type says', async () => {
    await own.client.execute(
      `CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, a INT, b BIT(8), c FLOAT, d DATETIME, e BLOB, f YEAR, g SET('x','y'), h TIME(2), i DECIMAL(65,30))`,
    )
    await load(
      `SELECT 0 id, 2.0::DOUBLE a, 200 b, 0.5::DOUBLE c, TIMESTAMP '2024-01-01 10:00:00' d, 'a'::BLOB e, 2024 f, 'x,y' g, TIME '10:00:00.25' h, '0.000000000000000000000000000001' i`,
      {},
    )
    expect(await own.client.query('SELECT id, a, b + 0, c, d, e, f, g, h, i FROM t')).toEqual([
      [
        '0',
        '2',
        '200',
        '0.5',
        '2024-01-01 10:00:00',
        'a',
        '2024',
        'x,y',
        '10:00:00.25',
        '0.000000000000000000000000000001',
      ],
    ])
  })

  test('modes: append, truncate, upsert, parts; each with the key of its load', async () => {
    await load("SELECT i id, 'old' v, i % 2 p FROM range(4) r(i)", { key: ['id'] })
    const { said, commit } = noted('one')
    await load("SELECT 9 id, 'new' v, 7 p", { mode: 'append' }, { commit })
    expect([said, await committed('one'), await committed('two')]).toEqual([['intend'], true, false])
    // Killed between the commit and the clearing away: who asks clears away.
    const { staging } = namesOf({ table: 't' }, 'one')
    await own.client.execute(`CREATE TABLE ${staging} (id INT)`)
    await committed('one')
    expect(await own.client.query("SHOW TABLES LIKE '\\_logidata\\_new%'")).toEqual([])
    await load("SELECT i id, 'up' v, NULL p FROM range(3, 6) r(i)", { mode: 'upsert', key: ['id'] })
    expect(await all()).toEqual([
      ['0', 'old', '0'],
      ['1', 'old', '1'],
      ['2', 'old', '0'],
      ['3', 'up', null],
      ['4', 'up', null],
      ['5', 'up', null],
      ['9', 'new', '7'],
    ])
    await load("SELECT 20 id, 'part' v, 0 p UNION ALL SELECT 21, 'part', NULL", { mode: 'delete_insert', parts: ['p'] })
    expect(await all()).toEqual([
      ['1', 'old', '1'],
      ['9', 'new', '7'],
      ['20', 'part', '0'],
      ['21', 'part', null],
    ])
    await load("SELECT 1 id, 'only' v, 1 p", { mode: 'truncate' })
    expect(await all()).toEqual([['1', 'only', '1']])
  })

  test('a key that repeats or is missing is refused before anything changes', async () => {
    await load("SELECT 1 id, 'x' v", { key: ['id'] })
    for (const [query, message] of [
      ['SELECT 2 id, 3 v UNION ALL SELECT 2, 4', /The key 2 comes 2 times/],
      ['SELECT NULL::INTEGER id, 3 v', /./],
    ] as const)
      expect(await errorOf(load(query, { mode: 'upsert', key: ['id'] }))).toMatchObject({
        kind: 'user',
        message: expect.stringMatching(message),
      })
    expect(await errorOf(load("SELECT 1 id, 'y' v", { mode: 'append' }))).toMatchObject({ code: 'load.key' })
    expect(await errorOf(load('SELECT 2 id UNION ALL SELECT 2', { mode: 'replace' }))).toMatchObject({
      code: 'load.key',
    })
    expect(await errorOf(load('SELECT 2 id UNION ALL SELECT 2', { table: 'fresh', key: ['id'] }))).toMatchObject({
      code: 'load.key',
    })
    expect(await errorOf(load('SELECT 2 id', { key: ['idd'] }))).toMatchObject({
      code: 'column.not-found',
      hint: 'Did you mean “id”?',
    })
    expect(await all()).toEqual([['1', 'x']])
  })

  test('columns that the table lacks: refused, added, or left out', async () => {
    await own.client.execute('CREATE TABLE t (id INT, v VARCHAR(9))')
    expect(await errorOf(load("SELECT 1 id, 'a' v, 2.5 w", {}))).toMatchObject({ code: 'load.drift' })
    await load("SELECT 1 id, 'a' V, 2.5 w", { on_drift: 'ignore' })
    await load("SELECT 2 id, 'b' v, 2.5 w", { on_drift: 'adapt' })
    await load("SELECT 3 id, 'c' v, 2.5 w, 4 z", { on_drift: 'adapt', mode: 'replace' })
    expect(await all()).toEqual([['3', 'c', '2.5', '4']])
  })

  test('replace keeps indexes; readers see the old table or the new; triggers and foreign keys are not lost', async () => {
    await own.client.execute('CREATE TABLE t (id INT PRIMARY KEY, v INT, KEY by_v (v))')
    await load('SELECT i id, 0 v FROM range(500) r(i)', {})
    const seen = new Set<string>()
    let reading = true
    const reader = await own.another()
    const looking = (async () => {
      while (reading) seen.add((await reader.query('SELECT COUNT(*), MIN(v), MAX(v) FROM t')).join())
    })()
    for (let round = 1; round <= 5; round++)
      await load(`SELECT i id, ${round} v FROM range(${500 + round}) r(i)`, { mode: 'replace' })
    reading = false
    await looking
    await reader.close()
    for (const one of seen) expect(one).toMatch(/^(\d+),(\d),\2$/)
    expect([...seen].every((one) => Number(one.split(',')[0]) === 500 + Number(one.split(',')[1]))).toBe(true)
    expect((await own.client.query('SHOW INDEX FROM t')).map((row) => row[2])).toEqual(['PRIMARY', 'by_v'])
    await own.client.execute('CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.v = 1')
    expect(await errorOf(load('SELECT 1 id', { mode: 'replace' }))).toMatchObject({
      code: 'load.target',
      field: ['mode'],
    })
  })

  test.each(['append', 'upsert'])('%s: rows that the server numbers are numbered in their order', async (mode) => {
    await connection.run('CREATE OR REPLACE TEMP TABLE counted AS SELECT range::INTEGER AS i FROM range(400000)')
    await own.client.query('CREATE TABLE t (i INT UNIQUE, n INT PRIMARY KEY AUTO_INCREMENT)')
    await load('SELECT * FROM counted', { mode, ...(mode === 'upsert' && { key: ['i'] }) })
    // The numbers of a large load may have gaps.
    const query = 'SELECT count(*), sum(follows) FROM (SELECT n > lag(n) OVER (ORDER BY i) AS follows FROM t) AS x'
    expect(await own.client.query(query)).toEqual([['400000', '399999']])
  })

  test('a connection that is killed while loading leaves the table as it was', async () => {
    await own.client.execute('CREATE TABLE t (id BIGINT, v VARCHAR(100))')
    const { said, commit } = noted('killed')
    const failing = errorOf(load("SELECT i id, repeat('x', 90) v FROM range(3000000) r(i)", {}, { commit }))
    const ids = async () =>
      (
        await own.client.query(
          "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'LOAD DATA%' AND DB = DATABASE()",
        )
      ).map(([id]) => id)
    while ((await ids()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10))
    for (const id of await ids()) await own.client.execute(`KILL ${id}`)
    expect(await failing).toMatchObject({ code: 'connection.lost', kind: 'operational' })
    expect([said, await all(), await committed('killed')]).toEqual([[], [], false])
    // What is left of it goes with the next attempt.
    await load("SELECT 1 id, 'again' v", {}, { commit })
    expect([await all(), await committed('killed')]).toEqual([[['1', 'again']], true])
  })

  test('a cancel ends the load', async () => {
    await own.client.execute('CREATE TABLE t (id BIGINT, v VARCHAR(100))')
    const stop = new AbortController()
    const { commit } = noted('cancelled')
    const stopped = errorOf(
      load("SELECT i id, repeat('x', 90) v FROM range(3000000) r(i)", {}, { signal: stop.signal, commit }),
    )
    setTimeout(() => stop.abort(), 300)
    expect(await stopped).toMatchObject({ kind: 'cancelled' })
    await load("SELECT 1 id, 'again' v", {}, { commit })
    expect(await all()).toEqual([['1', 'again']])
  })

  test('a table whose engine knows no transactions is refused before anything changes, but for replace', async () => {
    await own.client.execute('CREATE TABLE t (a INT PRIMARY KEY, b INT) ENGINE = MyISAM')
    await own.client.execute('INSERT INTO t VALUES (1, 1), (2, 2)')
    for (const given of [{ mode: 'truncate' }, { mode: 'append' }, { mode: 'upsert', key: ['a'] }])
      expect(await errorOf(load('SELECT 7 AS a, i::INTEGER AS b FROM range(2) r(i)', given))).toMatchObject({
        code: 'load.target',
        message: expect.stringContaining('MyISAM'),
      })
    expect(await all()).toEqual([
      ['1', '1'],
      ['2', '2'],
    ])
    await load('SELECT 7 AS a, 8 AS b', { mode: 'replace' })
    expect(await all()).toEqual([['7', '8']])
  })
})
