import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { sql } from '../../kit/sql.ts'
import { connectionTo, type ExtractOptions, extract, type Place, temporarySchema } from './testing.ts'

describeService('postgres', 'Reading from PostgreSQL', (server) => {
  let place: Place
  beforeAll(async () => {
    place = await temporarySchema(server)
    await place.run(
      `CREATE TABLE big AS SELECT i AS id, 'text ' || i AS name, repeat('x', 200) AS filler FROM generate_series(1, 60000) i`,
      'CREATE TABLE tiny (id int, "ID" text)',
      `INSERT INTO tiny VALUES (2, 'b'), (1, 'a'), (3, NULL), (4, '')`,
      'CREATE TABLE parts (id int, at date) PARTITION BY RANGE (at)',
      `CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2024-02-01')`,
      `CREATE TABLE parts_2 PARTITION OF parts FOR VALUES FROM ('2024-02-01') TO ('2024-03-01')`,
      `INSERT INTO parts SELECT i, date '2024-01-01' + i % 60 FROM generate_series(1, 20000) i`,
      'CREATE VIEW seen AS SELECT id * 2 AS twice FROM tiny',
      'CREATE MATERIALIZED VIEW kept AS SELECT * FROM big',
      'ANALYZE',
    )
  })
  afterAll(() => place.close())

  const get = (config: Record<string, unknown>, options: ExtractOptions = {}) =>
    extract(
      connectionTo(server),
      { ...(config.query ? { read: 'query' } : { schema: place.schema }), ...config },
      options,
    )
  const ids = async (config: Record<string, unknown>, options?: ExtractOptions) =>
    (await get(config, options)).rows.map(([id]) => id)
  const check = {
    select: (from: never) => sql`SELECT count(*), count(DISTINCT c0), sum(c0) FROM ${from}`,
  } as ExtractOptions

  test('tables, views, materialised views and partitions', async () => {
    expect((await get({ table: 'tiny', order_by: [{ column: 'id', descending: true }] })).rows).toEqual([
      ['4', ''],
      ['3', null],
      ['2', 'b'],
      ['1', 'a'],
    ])
    expect(await ids({ table: 'seen' })).toHaveLength(4)
    expect((await get({ table: 'kept' }, check)).rows).toEqual([['60000', '60000', '1800030000']])
    expect((await get({ table: 'parts', parallel: 3 }, check)).rows).toEqual([['20000', '20000', '200010000']])
    expect((await get({ table: 'big' })).estimate).toBe(60_000)
  })

  test('columns, conditions, queries and their parameters', async () => {
    const since = { type: 'integer', value: '3' } as const
    const word = { type: 'text', value: "a'); DROP TABLE tiny; --" } as const
    expect((await get({ table: 'tiny', columns: ['ID', 'id'], filter: 'id = 1 -- one' })).rows).toEqual([['a', '1']])
    expect(
      await ids({ table: 'tiny', filter: 'id >= $since', order_by: [{ column: 'id' }] }, { parameters: { since } }),
    ).toEqual(['3', '4'])
    const query = `SELECT id, id, '$since' AS "$x", $$ $since $$ AS b FROM ${place.schema}.tiny /* $no */ WHERE id > $since ORDER BY id; -- end`
    const { columns, rows } = await get({ query }, { parameters: { since } })
    expect(columns.map(({ name }) => name)).toEqual(['id', 'id_2', '$x', 'b'])
    expect(rows).toEqual([['4', '4', '$since', ' $since ']])
    expect(await ids({ table: 'tiny', filter: '"ID" = $word' }, { parameters: { word } })).toEqual([])
    expect(await ids({ query: 'SELECT $word::text' }, { parameters: { word } })).toEqual([word.value])
  })

  test('a limit reaches the server', async () => {
    const started = performance.now()
    const query = 'SELECT i, pg_sleep(0.01) IS NULL FROM generate_series(1, 100000) i'
    expect(await ids({ query }, { limit: 3 })).toEqual(['1', '2', '3'])
    expect(performance.now() - started).toBeLessThan(5000)
  })

  test('a table read by several connections is of one state', async () => {
    let going = true
    const other = await temporarySchema(server)
    const writing = (async () => {
      // Rows change their page, and their sum stays the same.
      for (let at = 0; going; at++)
        await other.run(
          `UPDATE ${place.schema}.big SET id = id + CASE WHEN id % 2 = 0 THEN 60000000 ELSE -60000000 END WHERE id BETWEEN ${(at % 100) * 600 + 1} AND ${(at % 100) * 600 + 600}`,
          `UPDATE ${place.schema}.big SET id = id - CASE WHEN id > 100000 THEN 60000000 ELSE -60000000 END WHERE id NOT BETWEEN 1 AND 60000`,
        )
    })()
    try {
      for (let round = 0; round < 3; round++) {
        const { rows, files } = await get({ table: 'big', parallel: 4 }, check)
        expect(files).toBe(4)
        expect(rows).toEqual([['60000', '60000', '1800030000']])
      }
    } finally {
      going = false
      await writing
      await other.close()
    }
  })

  test.each([
    ['a table that is not there', { table: 'bigg' }, 'source.not-found', 'big'],
    ['a column that is not there', { table: 'tiny', columns: ['idd'] }, 'column.not-found', 'id'],
    ['a column of the order', { table: 'tiny', order_by: [{ column: 'Id' }] }, 'column.not-found', ''],
    ['a condition with an end', { table: 'tiny', filter: 'true) OR (true' }, 'expression.syntax', ''],
    ['a condition with a comment', { table: 'tiny', filter: 'true /*' }, 'expression.syntax', ''],
    [
      'a condition with a second statement',
      { table: 'tiny', filter: 'true; DROP TABLE tiny' },
      'expression.syntax',
      '',
    ],
    ['a condition that is none', { table: 'tiny', filter: 'id +' }, 'source.query', ''],
    ['two queries', { query: 'SELECT 1; SELECT 2' }, 'expression.syntax', ''],
    ['a way out of the brackets', { query: 'SELECT 1) TO STDOUT; SELECT (1' }, 'expression.syntax', ''],
    [
      'a query that writes',
      { query: 'WITH x AS (DELETE FROM public.artist RETURNING 1) SELECT * FROM x' },
      'source.query',
      '',
    ],
    [
      'a division by zero in the data',
      { query: 'SELECT 1 / (5 - i) FROM generate_series(1, 9) i' },
      'source.query',
      '',
    ],
    ['an unknown parameter', { query: 'SELECT $nothing::int' }, 'parameter.unknown', ''],
    ['a parameter by number', { query: 'SELECT $1' }, 'expression.syntax', ''],
  ])('%s is told', async (_name, config, code, hint) => {
    const info = await errorOf(get(config))
    expect(info.code).toContain(code)
    expect(info.kind).toBe('user')
    expect(info.hint ?? '').toContain(hint)
  })

  test('a function that writes is refused by the transaction', async () => {
    await place.run('CREATE SEQUENCE numbers')
    const info = await errorOf(get({ query: `SELECT nextval('${place.schema}.numbers')` }))
    expect(info).toMatchObject({ code: 'source.query', kind: 'user' })
  })

  test('a table that may not be read, that changes or goes', async () => {
    const reader = extract(connectionTo({ ...server, user: server.readOnlyUser }), {
      schema: place.schema,
      table: 'tiny',
    })
    expect(await errorOf(reader)).toMatchObject({ code: 'connection.rights' })
    await place.run('CREATE TABLE shifting (a int)')
    const change = (statement: string) => errorOf(get({ table: 'shifting' }, { between: () => place.run(statement) }))
    expect(await change('ALTER TABLE shifting ALTER a TYPE text')).toMatchObject({ code: 'source.changed' })
    expect(await change('DROP TABLE shifting')).toMatchObject({ code: 'source.not-found' })
  })

  test('rows that are too large say so; larger ones can be allowed', async () => {
    const query = "SELECT repeat('x', 3000000)"
    expect(await errorOf(get({ query, max_row_megabytes: 1 }))).toMatchObject({ code: 'source.row-too-large' })
    expect((await ids({ query, max_row_megabytes: 4 }))[0]).toHaveLength(3_000_000)
  })

  const pidsOf = async (mark: string) =>
    (
      await place.client.query(
        "SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1 AND pid <> pg_backend_pid()",
        [`%${mark}%`],
      )
    ).rows.map(([pid]) => pid ?? '')
  const waitFor = async (mark: string, count: number) => {
    for (let tries = 0; tries < 200; tries++) {
      const pids = await pidsOf(mark)
      if (pids.length >= count) return pids
      await sleep(20)
    }
    throw new Error('it never began')
  }

  test('a server process killed in the middle is a lost connection, also one of several', async () => {
    const slow = errorOf(
      get({ query: 'SELECT i, pg_sleep(0.001) IS NULL AS slow_one FROM generate_series(1, 100000) i' }),
    )
    const [pid = ''] = await waitFor('COPY%slow_one', 1)
    await place.client.query('SELECT pg_terminate_backend($1)', [pid])
    expect(await slow).toMatchObject({ code: 'connection.lost', kind: 'operational' })
    const several = errorOf(get({ table: 'big', filter: "name <> '' AND pg_sleep(0.001) IS NOT NULL", parallel: 3 }))
    const pids = await waitFor('COPY%pg_sleep', 3)
    await place.client.query('SELECT pg_terminate_backend($1)', [pids[1] ?? ''])
    expect(await several).toMatchObject({ code: 'connection.lost' })
    await sleep(200)
    expect(await pidsOf('COPY%pg_sleep')).toEqual([])
  })

  test('a cancel ends what the server does', async () => {
    const stop = new AbortController()
    const waiting = errorOf(get({ query: 'SELECT pg_sleep(60) IS NULL AS long_one' }, { signal: stop.signal }))
    await waitFor('COPY%long_one', 1)
    stop.abort()
    expect(await waiting).toMatchObject({ code: 'cancelled' })
    await sleep(200)
    expect(await pidsOf('COPY%long_one')).toEqual([])
  })

  test('a time limit is told', async () => {
    const limited = connectionTo(server, { statement_timeout_seconds: 1 })
    const info = await errorOf(extract(limited, { read: 'query', query: 'SELECT pg_sleep(9) IS NULL' }))
    expect(info).toMatchObject({ code: 'connection.timeout' })
  })

  test('incremental: what is new, the overlap again, nothing twice and nothing lost', async () => {
    await place.run(
      'CREATE TABLE news (id bigint, at timestamptz, big numeric)',
      `INSERT INTO news VALUES (1, '2024-01-01 00:00:00.000001+00', 1), (2, '2024-01-01 00:00:00.000002+00', 2), (3, NULL, NULL)`,
    )
    const config = { table: 'news', order_by: [{ column: 'id' }], incremental: { column: 'at' } }
    const first = await get(config)
    expect(first.rows.map(([id]) => id)).toEqual(['1', '2'])
    expect(first.result.state).toMatchObject({ column: 'at', value: '2024-01-01 00:00:00.000002+00' })
    const none = await get(config, { state: first.result.state })
    expect(none.rows).toEqual([])
    expect(none.result.state).toEqual(first.result.state)
    await place.run(`INSERT INTO news VALUES (4, '2024-01-01 00:00:00.000003+00', 3), (5, '2023-12-31 23:59:59+00', 4)`)
    expect(await ids(config, { state: first.result.state })).toEqual(['4'])
    const again = { ...config, incremental: { column: 'at', overlap: '1 hour' } }
    expect(await ids(again, { state: first.result.state })).toEqual(['1', '2', '4', '5'])
    const numbers = { ...config, incremental: { column: 'big', overlap: '1' } }
    const by = await get(numbers)
    expect(by.result.state).toMatchObject({ value: '4', type: 'numeric' })
    expect(await ids(numbers, { state: by.result.state })).toEqual(['5'])
    expect(await errorOf(get(numbers, { state: first.result.state }))).toMatchObject({ code: 'incremental.other' })
    await place.run(`INSERT INTO news VALUES (6, 'infinity', 'NaN')`)
    expect(await errorOf(get(config, { state: first.result.state }))).toMatchObject({ code: 'incremental.infinite' })
    expect(await errorOf(get({ query: 'SELECT true AS a', incremental: { column: 'a' } }))).toMatchObject({
      code: 'incremental.type',
    })
  })

  test('incremental with several connections', async () => {
    const config = { table: 'big', parallel: 3, incremental: { column: 'id' } }
    const first = await get(config, check)
    expect(first.rows).toEqual([['60000', '60000', '1800030000']])
    expect(
      (await get(config, { state: { ...(first.result.state as object), value: '59990' } as never, ...check })).rows,
    ).toEqual([['10', '10', '599955']])
  })
})
