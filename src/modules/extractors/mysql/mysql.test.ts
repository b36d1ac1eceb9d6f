import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { filesOf } from '../../connectors/kit/project-file.ts'
import { noSession, temporarySink } from '../../connectors/kit/temporary-sink.ts'
import { connectionTo, type TemporaryDatabase, temporaryDatabase } from '../../connectors/mysql/temporary-database.ts'
import type { ParameterValue, ProjectFiles, ReadRequest } from '../../kit/contract.ts'
import { type MysqlExtractConfig, mysqlExtractDescriptor } from './descriptor.ts'
import { mysqlExtract } from './implementation.ts'

const files = { ...filesOf('.'), staging: '/tmp' } as ProjectFiles
const never = new AbortController().signal

describeService('mariadb', 'Reading MySQL and MariaDB', (server) => {
  let own: TemporaryDatabase
  beforeAll(async () => {
    own = await temporaryDatabase(server)
  })
  afterAll(() => own.close())

  type More = Partial<Pick<ReadRequest<MysqlExtractConfig>, 'limit' | 'state' | 'signal' | 'connection'>> & {
    readonly parameters?: Readonly<Record<string, ParameterValue>>
  }

  /** Everything that a config reads, as exact text. */
  async function read(given: Record<string, unknown>, { parameters = {}, ...more }: More = {}) {
    const config = mysqlExtractDescriptor.config.parse({ connection: 'shop', ...given })
    const request = {
      nodeId: 'from',
      config,
      parameters: new Map(Object.entries(parameters)),
      connection: own.connection,
      files,
      withSession: noSession,
      signal: never,
      ...more,
    }
    const discovered = await mysqlExtract.discover(request)
    const sink = await temporarySink(discovered.columns, request.signal)
    try {
      const result = await mysqlExtract.read({ ...request, discovered, sink })
      const types = Object.fromEntries(discovered.columns.map(({ name, type }) => [name, type]))
      return { types, discovered, ...result, ...(await sink.rows()) }
    } finally {
      sink.close()
    }
  }

  const make = async (table: string, columns: string, ...rows: readonly string[]) => {
    await own.client.execute(`CREATE TABLE ${table} (${columns})`)
    for (const row of rows) await own.client.execute(`INSERT INTO ${table} VALUES (${row})`)
  }
  const lax = (sql: string) =>
    own.another().then(async (client) => {
      await client.execute(`SET SESSION sql_mode = 'ALLOW_INVALID_DATES'`)
      await client.execute(sql)
      await client.close()
    })

  test('every type, with its greatest and least values', async () => {
    await make(
      'types',
      `id INT PRIMARY KEY, ti TINYINT, tu TINYINT UNSIGNED, si SMALLINT, su SMALLINT UNSIGNED, mi MEDIUMINT, mu MEDIUMINT UNSIGNED,
       i INT, iu INT UNSIGNED, bi BIGINT, bu BIGINT UNSIGNED, z INT(8) ZEROFILL, d DECIMAL(10,2), du DECIMAL(10,2) UNSIGNED, dd DECIMAL(38,10), huge DECIMAL(65,30),
       f FLOAT, x DOUBLE, b1 BIT(1), b64 BIT(64), dt DATE, dtm DATETIME(6), ts TIMESTAMP(6) NULL, tm TIME(6), y YEAR,
       c CHAR(5), vc VARCHAR(100), tx TEXT, bin BINARY(3), vb VARBINARY(100), bl BLOB, e ENUM('a','b"c'), s SET('x','y'), j JSON, g GEOMETRY, u UUID`,
      `1, -128, 255, -32768, 65535, -8388608, 16777215, -2147483648, 4294967295, -9223372036854775808, 18446744073709551615, 42, -99999999.99, 0.10,
       -1234567890123456789012345678.0123456789, 12345678901234567890123456789012345.123456789012345678901234567890,
       16777217.5, 1.7976931348623157e308, b'1', b'1111111111111111111111111111111111111111111111111111111111111111', '9999-12-31', '1000-01-01 00:00:00.000001',
       '2024-01-31 23:59:59.999999', '23:59:59.999999', 2155, 'é', 'a,"b"\\n\\r\\\\N\\0🙂', '', x'00ff22', x'', x'5c4e0022', 'b"c', 'x,y', '{"a": "é\\\\n", "n": 12345678901234567890}',
       ST_GeomFromText('POINT(1 2)', 4326), '123e4567-e89b-12d3-a456-426614174000'`,
      `2${', NULL'.repeat(35)}`,
    )
    const { types, rows } = await read({ table: 'types' })
    expect(types).toMatchObject({
      ti: 'TINYINT',
      tu: 'UTINYINT',
      su: 'USMALLINT',
      mi: 'INTEGER',
      mu: 'UINTEGER',
      iu: 'UINTEGER',
      bu: 'UBIGINT',
      d: 'DECIMAL(10,2)',
      du: 'DECIMAL(10,2)',
      dd: 'DECIMAL(38,10)',
      huge: 'VARCHAR',
      f: 'FLOAT',
      x: 'DOUBLE',
      b64: 'UBIGINT',
      dt: 'DATE',
      dtm: 'TIMESTAMP',
      ts: 'TIMESTAMP WITH TIME ZONE',
      tm: 'TIME',
      y: 'SMALLINT',
      c: 'VARCHAR',
      bin: 'BLOB',
      e: 'VARCHAR',
      s: 'VARCHAR',
      j: 'JSON',
      g: 'BLOB',
      u: 'UUID',
    })
    expect(rows[0]).toEqual([
      '1',
      '-128',
      '255',
      '-32768',
      '65535',
      '-8388608',
      '16777215',
      '-2147483648',
      '4294967295',
      '-9223372036854775808',
      '18446744073709551615',
      '42',
      '-99999999.99',
      '0.10',
      '-1234567890123456789012345678.0123456789',
      '12345678901234567890123456789012345.123456789012345678901234567890',
      '16777218.0',
      '1.7976931348623157e+308',
      '1',
      '18446744073709551615',
      '9999-12-31',
      '1000-01-01 00:00:00.000001',
      '2024-01-31 23:59:59.999999+00',
      '23:59:59.999999',
      '2155',
      'é',
      'a,"b"\n\r\\N\0🙂',
      '',
      '\\x00ff22',
      '\\x',
      '\\x5c4e0022',
      'b"c',
      'x,y',
      '{"a": "é\\n", "n": 12345678901234567890}',
      '\\x0101000000000000000000f03f0000000000000040',
      '123e4567-e89b-12d3-a456-426614174000',
    ])
    expect(rows[1]?.slice(1).every((cell) => cell === null)).toBe(true)
  })

  test('dates that are none: an error that names the row, NULL, or text', async () => {
    await make('zeros', 'id INT PRIMARY KEY, d DATE, t DATETIME')
    await lax(
      "INSERT INTO zeros VALUES (1, '2024-02-29', '2024-01-01 10:00:00'), (2, '0000-00-00', '2024-00-10 00:00:00'), (3, '2023-02-29', NULL)",
    )
    expect(await errorOf(read({ table: 'zeros' }))).toMatchObject({
      code: 'source.value',
      kind: 'user',
      message: 'Row 2, column “d”: 0000-00-00 is no date of the calendar.',
      field: ['zero_dates'],
    })
    expect((await read({ table: 'zeros', zero_dates: 'null' })).rows).toEqual([
      ['1', '2024-02-29', '2024-01-01 10:00:00'],
      ['2', null, null],
      ['3', null, null],
    ])
    const text = await read({ table: 'zeros', zero_dates: 'text' })
    expect(text.types).toMatchObject({ d: 'VARCHAR', t: 'VARCHAR' })
    expect(text.rows[1]).toEqual(['2', '0000-00-00', '2024-00-10 00:00:00'])
  })

  test('times beyond a day: an error, text, or microseconds', async () => {
    await make('hours', 't TIME(1)', "'-838:59:59'", "'25:00:00.5'")
    expect(await errorOf(read({ table: 'hours' }))).toMatchObject({
      message: 'Row 1, column “t”: -838:59:59.0 is no time of a day.',
    })
    expect((await read({ table: 'hours', times: 'text' })).rows).toEqual([['-838:59:59.0'], ['25:00:00.5']])
    const { rows, types } = await read({ table: 'hours', times: 'microseconds' })
    expect([types, rows]).toEqual([{ t: 'BIGINT' }, [['-3020399000000'], ['90000500000']]])
  })

  test('bits, truths, great decimals and geometry as chosen', async () => {
    await make(
      'chosen',
      'a TINYINT(1), b BIT(5), h DECIMAL(40,0), g POINT',
      "1, b'00101', 1, POINT(1, 2)",
      '0, 0, 2, NULL',
    )
    const choices = { table: 'chosen', tinyint1: 'boolean', bits: 'text', geometry: 'hex' }
    expect((await read(choices)).rows).toEqual([
      ['true', '00101', '1', '0101000000000000000000F03F0000000000000040'],
      ['false', '00000', '2', null],
    ])
    expect((await read({ table: 'chosen', bits: 'blob', columns: ['b'] })).rows).toEqual([['\\x05'], ['\\x00']])
    expect(await errorOf(read({ table: 'chosen', big_decimals: 'fail' }))).toMatchObject({ code: 'source.type' })
    await own.client.execute('INSERT INTO chosen (a) VALUES (2)')
    expect(await errorOf(read(choices))).toMatchObject({ message: 'Row 3, column “a”: 2 is neither 0 nor 1.' })
  })

  test('singles are exact, in tables and in queries; doubles too', async () => {
    await make('floats', 'id INT AUTO_INCREMENT PRIMARY KEY, f FLOAT, x DOUBLE')
    const doubles = Array.from({ length: 200 }, (_, i) => Math.fround(Math.sin(i + 1) * 10 ** ((i % 60) - 30)))
    const exact = doubles.map((_, i) => Math.cos(i + 1) * 10 ** ((i % 500) - 250))
    for (const [i, f] of doubles.entries())
      await own.client.execute('INSERT INTO floats (f, x) VALUES (CAST(? AS DOUBLE), CAST(? AS DOUBLE))', [
        String(f),
        String(exact[i]),
      ])
    for (const given of [{ table: 'floats' }, { query: 'SELECT * FROM floats' }]) {
      const { rows } = await read(given)
      const sorted = rows.toSorted(([a], [b]) => Number(a) - Number(b))
      expect(sorted.map(([, f]) => Math.fround(Number(f)))).toEqual(doubles)
      expect(sorted.map(([, , x]) => Number(x))).toEqual(exact)
    }
  })

  test('other character sets, one column of NULLs, odd names, and no rows', async () => {
    await make(
      '`a``b $x`',
      't VARCHAR(10) CHARACTER SET latin1, `select "` VARCHAR(9) COLLATE utf8mb4_bin',
      "'é€', ''",
      'NULL, NULL',
    )
    expect((await read({ table: 'a`b $x' })).rows).toEqual([
      ['é€', ''],
      [null, null],
    ])
    expect((await read({ table: 'a`b $x', columns: ['t'] })).rows).toEqual([['é€'], [null]])
    expect(await read({ table: 'a`b $x', filter: 'false -- no' })).toMatchObject({ rows: [] })
  })

  test('parameters are bound, and are no parameters in texts and comments', async () => {
    const parameters: Record<string, ParameterValue> = {
      name: { type: 'text', value: "x' OR '1'='1" },
      n: { type: 'integer', value: '9007199254740993' },
    }
    const query = "SELECT $name AS a, '$name ?' AS b, $n + 0 AS n -- $other ?\n /* $other */"
    expect((await read({ query }, { parameters })).rows).toEqual([["x' OR '1'='1", '$name ?', '9007199254740993']])
    expect(await errorOf(read({ query: 'SELECT $nam' }, { parameters }))).toMatchObject({
      code: 'parameter.unknown',
      hint: 'Did you mean “name”?',
      field: ['query'],
    })
    await make('few', 'id BIGINT', '9007199254740993', '9007199254740992')
    const latin: Record<string, ParameterValue> = { t: { type: 'text', value: 'é€' } }
    expect((await read({ table: 'a`b $x', filter: 't = $t' }, { parameters: latin })).rows).toHaveLength(1)
    expect((await read({ table: 'few', filter: 'id >= $n' }, { parameters })).rows).toEqual([['9007199254740993']])
  })

  test('what is not there is named, with what was meant; a query that writes changes nothing', async () => {
    expect(await errorOf(read({ table: 'fwe' }))).toMatchObject({
      code: 'source.not-found',
      hint: 'Did you mean “few”?',
    })
    expect(await errorOf(read({ table: 'few', columns: ['idd'] }))).toMatchObject({
      code: 'column.not-found',
      hint: 'Did you mean “id”?',
    })
    expect(await errorOf(read({ query: 'SELEC 1' }))).toMatchObject({ code: 'source.query', kind: 'user' })
    expect(await errorOf(read({ query: 'DELETE FROM few' }))).toMatchObject({ code: 'source.query' })
    expect(await errorOf(read({ query: 'DELETE FROM few RETURNING id' }))).toMatchObject({ code: 'source.query' })
    expect(await errorOf(read({ query: 'SELECT 1; SELECT 2' }))).toMatchObject({ code: 'source.query' })
    expect((await read({ table: 'few' })).rows).toHaveLength(2)
  })

  test('a limit reaches the server', async () => {
    const endless = 'WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 100000) SELECT * FROM r'
    expect((await read({ query: endless }, { limit: 3 })).rows).toEqual([['1'], ['2'], ['3']])
    expect((await read({ query: `${endless} LIMIT 90000` }, { limit: 3 })).rows).toHaveLength(3)
    expect((await read({ table: 'few' }, { limit: 1 })).rows).toHaveLength(1)
  })

  test('rows are of one state, whatever others do meanwhile; memory stays bounded', async () => {
    await own.client.execute(
      'CREATE TABLE large AS SELECT seq AS id, 0 AS n, REPEAT("x", 200) AS t FROM seq_1_to_300000',
    )
    const reading = read({ table: 'large' })
    const writer = await own.another()
    for (let i = 0; i < 5; i++) await writer.execute('UPDATE large SET n = n + 1')
    await writer.close()
    const { rows } = await reading
    expect(rows).toHaveLength(300_000)
    expect(new Set(rows.map(([, n]) => n)).size).toBe(1)
  })

  test('a connection that is killed is lost; an abort ends the query on the server', async () => {
    const ids = async () =>
      (
        await own.client.query(
          `SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE '%SLEEP(0.001)%' AND ID <> CONNECTION_ID() AND DB = DATABASE()`,
        )
      ).map(([id]) => id)
    const slow = { query: 'SELECT seq, SLEEP(0.001) AS s FROM seq_1_to_1000000' }
    const failing = errorOf(read(slow))
    while ((await ids()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    for (const id of await ids()) await own.client.execute(`KILL ${id}`)
    expect(await failing).toMatchObject({ code: 'connection.lost', kind: 'operational' })
    const stop = new AbortController()
    const stopped = errorOf(read(slow, { signal: stop.signal }))
    while ((await ids()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    stop.abort()
    expect(await stopped).toMatchObject({ kind: 'cancelled' })
    await expect.poll(async () => (await ids()).length, { timeout: 3000 }).toBe(0)
  })

  test('only what is new, by number and by time with an overlap; a reset state of another table is refused', async () => {
    await make(
      'news',
      'id BIGINT UNSIGNED PRIMARY KEY, at DATETIME(3)',
      "1, '2024-01-01 00:00:00.5'",
      '18446744073709551614, NULL',
    )
    const byId = { table: 'news', incremental: { column: 'id' } }
    const first = await read(byId)
    expect(first.rows).toHaveLength(2)
    await own.client.execute("INSERT INTO news VALUES (18446744073709551615, '2024-01-01 00:00:01')")
    const second = await read(byId, { state: first.state ?? null })
    expect(second.rows).toEqual([['18446744073709551615', '2024-01-01 00:00:01']])
    expect((await read(byId, { state: second.state ?? null })).rows).toEqual([])
    await own.client.execute('DELETE FROM news WHERE id > 1')
    expect((await read(byId, { state: second.state ?? null })).state).toEqual(second.state)
    const byTime = { table: 'news', incremental: { column: 'at', overlap: 1.5 } }
    const state = (await read(byTime)).state ?? null
    expect(state).toMatchObject({ value: '2024-01-01 00:00:00.500' })
    await own.client.execute("INSERT INTO news VALUES (2, '2023-12-31 23:59:59'), (3, '2023-12-31 23:59:58.9')")
    expect((await read(byTime, { state })).rows.map(([id]) => id)).toEqual(['1', '2'])
    expect(await errorOf(read({ ...byTime, table: 'few', incremental: { column: 'id' } }, { state }))).toMatchObject({
      code: 'cursor.other',
    })
    expect(await errorOf(read({ table: 'zeros', incremental: { column: 'idd' } }))).toMatchObject({
      code: 'column.not-found',
    })
  })

  test('long values come whole', async () => {
    await own.client.execute('CREATE TABLE longs (t LONGTEXT, b LONGBLOB)')
    await own.client.execute(`INSERT INTO longs VALUES (REPEAT('a"', 5000000), REPEAT(UNHEX('00FF'), 3000000))`)
    const { rows } = await read({ query: 'SELECT t, b, LENGTH(t) AS n FROM longs' })
    expect(rows[0]?.[0]).toHaveLength(10_000_000)
    expect(rows[0]?.[1]).toHaveLength(12_000_002)
  })

  test('a wrong password is said, and not shown', async () => {
    const connection = { ...connectionTo(server), secrets: { password: 'hunter2222' } }
    const error = await errorOf(read({ table: 'x' }, { connection }))
    expect(error).toMatchObject({ code: 'connection.login', kind: 'operational' })
    expect(JSON.stringify(error)).not.toContain('hunter2222')
  })
})
