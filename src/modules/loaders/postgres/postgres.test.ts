import { randomBytes } from 'node:crypto'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { openPostgres, type PostgresClient } from '../../connectors/postgres/client.ts'
import type { LoadCommit, LoadRequest, ProjectFiles } from '../../kit/contract.ts'
import { sessionOver } from '../../kit/duckdb-session.ts'
import { raw } from '../../kit/sql.ts'
import { type PostgresLoadConfig, postgresLoadDescriptor } from './descriptor.ts'
import { postgresLoad } from './implementation.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles

describeService('postgres', 'Loading PostgreSQL', (server) => {
  let instance: DuckDBInstance
  let duck: DuckDBConnection
  let client: PostgresClient
  let schema: string
  const connectionAs = (user: string) => ({
    name: 'shop',
    type: 'postgres',
    settings: { host: server.host, port: server.port, database: server.database, user, tls: 'off' },
    secrets: { password: server.password },
  })
  beforeAll(async () => {
    instance = await DuckDBInstance.create(':memory:', { threads: '2' })
    duck = await instance.connect()
    await duck.run("SET TimeZone = 'America/New_York'")
    client = await openPostgres(connectionAs(server.user), { files, signal: new AbortController().signal })
  })
  afterAll(async () => {
    await client.close()
    duck.closeSync()
    instance.closeSync()
  })
  beforeEach(async () => {
    schema = `load_${randomBytes(6).toString('hex')}`
    await client.query(`CREATE SCHEMA ${schema}`)
    await client.query(`SELECT set_config('search_path', $1, false)`, [schema])
  })
  afterEach(async () => {
    await client.query(`DROP SCHEMA ${schema} CASCADE`)
  })
  const parse = (given: object): PostgresLoadConfig =>
    postgresLoadDescriptor.config.parse({ connection: 'shop', table: 't', schema, ...given })
  async function load(query: string, given: object = {}, commit?: LoadCommit, user = server.user) {
    const config = parse(given)
    const session = sessionOver(duck)
    const { columns } = await session.query(raw(`SELECT * FROM (${query}) LIMIT 0`))
    const input = { name: raw(`(${query})`), columns }
    const request: LoadRequest<PostgresLoadConfig> = {
      nodeId: 'to',
      config,
      parameters: new Map(),
      input,
      inputs: new Map([['in', input]]),
      files,
      session,
      signal: new AbortController().signal,
      commit,
      connection: connectionAs(user),
    }
    return postgresLoad.write(request)
  }
  const rowsOf = async (query = 'SELECT * FROM t ORDER BY 1') => (await client.query(query)).rows
  const two = "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) v(id, name)"
  const other = "SELECT * FROM (VALUES (2, 'B'), (3, 'c')) v(id, name)"

  test('makes a table of every type, and every value is there', async () => {
    const text = `chr(9) || '\\N' || chr(10) || chr(13) || '"🙂\\'`
    await load(`SELECT true b, 18446744073709551615::UBIGINT u, '-170141183460469231731687303715884105728'::HUGEINT h, -0.10::DECIMAL(10,2) d, 'nan'::DOUBLE n,
      '-inf'::FLOAT f, ${text} s, '' e, NULL::VARCHAR z, '\\x00\\xFF\\x5C'::BLOB bl, DATE '0044-03-15 (BC)' bc, DATE 'infinity' di, TIME '23:59:59.999999' tm,
      TIMESTAMP '0044-03-15 (BC) 01:02:03.000001' ts, TIMESTAMPTZ '2024-07-01 12:00:00.5-04' tz, TIMESTAMPTZ '-infinity' ti, '{"a": 1}'::JSON j, [1, 2] l, UUID '00000000-0000-0000-0000-00000000000a' id`)
    expect(await rowsOf()).toEqual([
      [
        't',
        '18446744073709551615',
        '-170141183460469231731687303715884105728',
        '-0.10',
        'NaN',
        '-Infinity',
        '\t\\N\n\r"🙂\\',
        '',
        null,
        '\\x00ff5c',
        '0044-03-15 BC',
        'infinity',
        '23:59:59.999999',
        '0044-03-15 01:02:03.000001 BC',
        '2024-07-01 16:00:00.5+00',
        '-infinity',
        '{"a": 1}',
        '{1,2}',
        '00000000-0000-0000-0000-00000000000a',
      ],
    ])
  })

  test('lists go into arrays, and into what else is there as JSON', async () => {
    const list = `['a,b', '{"x"}', '\\', '', NULL, 'NULL', ' é🦆']`
    const query = `SELECT 1 AS id, [1, NULL, -3] AS i, ${list} AS t, ${list} AS j, ${list} AS jb, []::INTEGER[] AS e, NULL::INTEGER[] AS n, [DATE '0044-03-15 (BC)'] AS d, [0.10, 2]::DECIMAL(4,2)[] AS m`
    const shown = String.raw`{"a,b","{\"x\"}","\\","",NULL,"NULL"," é🦆"}`
    const own = 'id int, i integer[], t text[], j json, jb jsonb, e bigint[], n text, d date[], m numeric(6,3)[]'
    await client.query(`CREATE TABLE t(${own})`)
    await load(query)
    const [row] = await rowsOf('SELECT i, t, j, jb, e, n, d, m FROM t')
    const json = JSON.stringify(['a,b', '{"x"}', '\\', '', null, 'NULL', ' é🦆'])
    expect(row?.slice(0, 2)).toEqual(['{1,NULL,-3}', shown])
    expect(JSON.parse(row?.[2] ?? '')).toEqual(JSON.parse(json))
    expect(JSON.parse(row?.[3] ?? '')).toEqual(JSON.parse(json))
    expect(row?.slice(4)).toEqual(['{}', null, '{"0044-03-15 BC"}', '{0.100,2.000}'])

    // As a key, and compared with what is there.
    const keyed = (n: number) => `SELECT [1, 2] AS k, ${n} AS n`
    await load(keyed(1), { table: 'u', mode: 'upsert', key: ['k'] })
    await load(keyed(2), { table: 'u', mode: 'upsert', key: ['k'] })
    expect(await rowsOf('SELECT k, n FROM u')).toEqual([['{1,2}', '2']])
    expect(await errorOf(load("SELECT ['a' || chr(0)] AS t, 2 AS id"))).toMatchObject({ code: 'load.value' })
    expect(await errorOf(load('SELECT [1000.5]::DECIMAL(8,2)[] AS m, 2 AS id'))).toMatchObject({ code: 'load.value' })
  })

  test.each([
    [
      'append',
      {},
      [
        ['1', 'a'],
        ['2', 'b'],
        ['2', 'B'],
        ['3', 'c'],
      ],
    ],
    [
      'truncate',
      {},
      [
        ['2', 'B'],
        ['3', 'c'],
      ],
    ],
    [
      'replace',
      {},
      [
        ['2', 'B'],
        ['3', 'c'],
      ],
    ],
    [
      'upsert',
      { key: ['id'] },
      [
        ['1', 'a'],
        ['2', 'B'],
        ['3', 'c'],
      ],
    ],
    [
      'delete_insert',
      { parts: ['id'] },
      [
        ['1', 'a'],
        ['2', 'B'],
        ['3', 'c'],
      ],
    ],
  ])('%s', async (mode, given, expected) => {
    await load(two)
    expect((await load(other, { mode, ...given })).rows).toBe(2n)
    expect(await rowsOf('SELECT * FROM t ORDER BY id, name COLLATE "C" DESC')).toEqual(expected)
  })

  test('replace keeps keys, comments and rights, and refuses what has views', async () => {
    await client.query('CREATE TABLE t (id integer PRIMARY KEY, name varchar(5) DEFAULT $$x$$)')
    await client.query(`COMMENT ON TABLE t IS 'it''s'`)
    await client.query(`GRANT SELECT ON t TO ${server.readOnlyUser}`)
    await load(other, { mode: 'replace' })
    expect(
      await rowsOf(
        `SELECT obj_description('t'::regclass), has_table_privilege('${server.readOnlyUser}', 't', 'SELECT')::text, (SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass)::text`,
      ),
    ).toEqual([["it's", 'true', '1']])
    await client.query('CREATE VIEW v AS SELECT * FROM t')
    expect((await errorOf(load(two, { mode: 'replace' }))).message).toContain('has views')
    expect(await rowsOf()).toEqual([
      ['2', 'B'],
      ['3', 'c'],
    ])
  })

  test('what the table cannot hold, keys and columns are refused, and it is as it was', async () => {
    await client.query('CREATE TABLE t (id integer, name varchar(3), x numeric(5,1), d date)')
    const failing = async (query: string, given: object = {}) => (await errorOf(load(query, given))).message
    expect(await failing("SELECT 1 id, 'abcd' AS name", { key: ['id'] })).toBe(
      'The column “name” (character varying(3)) cannot hold abcd in the row of key 1 exactly.',
    )
    expect(await failing('SELECT 1.25 x')).toContain('“x” (numeric(5,1)) cannot hold 1.25')
    expect(await failing("SELECT TIMESTAMP '2024-01-01 12:00:00' d")).toContain('“d” (date) cannot hold')
    expect(await failing("SELECT 'a' || chr(0) AS name")).toContain('NUL character')
    expect(await failing('SELECT 1 id UNION ALL SELECT 1', { key: ['id'], mode: 'upsert' })).toBe(
      'The key 1 comes 2 times.',
    )
    expect(await failing('SELECT NULL::INTEGER id', { key: ['id'], mode: 'upsert' })).toBe(
      'A row has no value in the key (id).',
    )
    expect(await failing('SELECT 1 id, 2 more')).toBe('The table “t” has no column “more”.')
    expect(await rowsOf()).toEqual([])
    await load('SELECT 1 id, 2 more', { on_drift: 'adapt' })
    expect(await rowsOf('SELECT id, more FROM t')).toEqual([['1', '2']])
  })

  test('the key of a load is there with its rows, or neither', async () => {
    const said: string[] = []
    const commit = (key: string, fails = false): LoadCommit => ({
      key,
      intend: async () => {
        said.push('intend')
        if (fails) throw new Error('no')
      },
      withdraw: async () => void said.push('withdraw'),
    })
    const committed = (key: string) =>
      postgresLoad.committed?.({ config: parse({}), connection: connectionAs(server.user), files, key })
    expect(await committed('one')).toBe(false)
    await load(two, {}, commit('one'))
    await expect(load(two, {}, commit('two', true))).rejects.toThrow()
    expect([await committed('one'), await committed('two'), said]).toEqual([true, false, ['intend', 'intend']])
    expect(await rowsOf()).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
  })

  test('a session that the server ends and a missing right leave the table as it was', async () => {
    await load(two)
    const ended = errorOf(
      load('SELECT range::INTEGER id, repeat(chr(97), 200) AS name FROM range(3000000)', { mode: 'truncate' }),
    )
    for (let ends = 0, asked = 0; ends === 0 && asked < 500; asked++)
      ends = (
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'COPY pg_temp%' AND pid <> pg_backend_pid()`,
        )
      ).rows.length
    expect((await ended).code).toBe('connection.lost')
    expect((await errorOf(load(other, {}, undefined, server.readOnlyUser))).code).toBe('connection.rights')
    expect(await rowsOf()).toEqual([
      ['1', 'a'],
      ['2', 'b'],
    ])
  })

  test('a table that is replaced goes on with its numbers, and keeps its options', async () => {
    await client.query(
      'CREATE UNLOGGED TABLE t (id int GENERATED BY DEFAULT AS IDENTITY, name text) WITH (fillfactor = 70)',
    )
    await client.query("INSERT INTO t (name) VALUES ('a'), ('b'), ('c')")
    await load("SELECT 'd' AS name", { mode: 'replace' })
    await client.query("INSERT INTO t (name) VALUES ('e')")
    expect(await rowsOf('SELECT name, id > 3 FROM t ORDER BY name')).toEqual([
      ['d', expect.any(String)],
      ['e', 't'],
    ])
    const options = "SELECT relpersistence, array_to_string(reloptions, ',') FROM pg_class WHERE oid = 't'::regclass"
    expect(await rowsOf(options)).toEqual([['u', 'fillfactor=70']])
  })

  test.each(['append', 'upsert'])('%s: rows that the server numbers are numbered in their order', async (mode) => {
    await duck.run('CREATE OR REPLACE TEMP TABLE counted AS SELECT range::INTEGER AS i FROM range(400000)')
    await client.query('CREATE TABLE t (i int UNIQUE, n int GENERATED ALWAYS AS IDENTITY)')
    await load('SELECT * FROM counted', { mode, ...(mode === 'upsert' && { key: ['i'] }) })
    expect(await rowsOf('SELECT count(*), count(*) FILTER (WHERE n <> i + 1) FROM t')).toEqual([['400000', '0']])
  })
})
