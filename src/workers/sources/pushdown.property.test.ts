import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../modules/connectors/mysql/temporary-database.ts'
import { mysqlExtractDescriptor } from '../../modules/extractors/mysql/descriptor.ts'
import { mysqlExtract } from '../../modules/extractors/mysql/implementation.ts'
import { postgresConfig } from '../../modules/extractors/postgres/descriptor.ts'
import { postgresExtract } from '../../modules/extractors/postgres/implementation.ts'
import { connectionTo, type Place, temporarySchema } from '../../modules/extractors/postgres/testing.ts'
import type { ExtractModule } from '../../modules/kit/contract.ts'
import { checkFirst, conditionOf, type Given, setUp } from '../testing/pushdown.ts'

// c0 INT, c1 BIGINT, c2 DECIMAL(10,2), c3 DATE, c4 TIMESTAMP(6), c5 VARCHAR, c6 TEXT
const INTEGERS = ['0', '1', '-1', '2147483647', '-2147483648']
const LONGS = ['0', '9223372036854775807', '-9223372036854775807', '5']
const DECIMALS = ['0', '-0.01', '1.50', '1.5', '99999999.99', '1.505']
const DATES = ['2024-02-29', '1000-01-01', '9999-12-31', '2023-12-31']
const TIMES = ['2024-02-29 00:00:00', '2024-02-29 23:59:59.999999', '1000-01-01 00:00:00', '2023-12-31 00:00:00.000001']
const TEXTS = ['', ' ', 'a', 'A', 'a ', 'é', 'e', "it''s", '1', '01', 'a%', 'ß', 'ss']
const quoted = (texts: readonly string[]) => texts.map((text) => `'${text}'`)
const VALUES = [
  INTEGERS,
  LONGS,
  DECIMALS.filter((text) => text !== '1.505'),
  quoted(DATES),
  quoted(TIMES),
  quoted(TEXTS),
  quoted(TEXTS),
]
const CONSTANTS = [INTEGERS, LONGS, DECIMALS, quoted(DATES), quoted([...TIMES, ...DATES]), quoted(TEXTS), quoted(TEXTS)]

const rowsOfTable = Array.from({ length: 60 }, (_, row) => [
  String(row),
  ...VALUES.map((list, column) =>
    (row * 7 + column * 3) % 11 === 0 ? 'NULL' : (list[(row + column * row) % list.length] ?? 'NULL'),
  ),
])

const condition = conditionOf(CONSTANTS)

async function check(given: Given) {
  expect(given.columns.map(({ kind }) => kind)).toEqual([
    'integer',
    'integer',
    'integer',
    'decimal',
    'date',
    'timestamp',
    'text',
    'text',
  ])
  let fewer = 0
  await fc.assert(
    fc.asyncProperty(condition, async (where) => {
      const [off, on] = [await given.read(where, false), await given.read(where, true)]
      expect(on.rows).toEqual(off.rows)
      expect(on.sent).toBeLessThanOrEqual(off.sent)
      if (on.sent < off.sent) fewer++
    }),
    { numRuns: 40 },
  )
  expect(fewer).toBeGreaterThan(10)
  // The server itself leaves rows out, by bytes and not by its collation.
  expect(await given.read("c6 = 'a'", true)).toMatchObject({
    sent: rowsOfTable.filter((row) => row[6] === "'a'").length,
  })
}

const insert = `INSERT INTO hostile VALUES ${rowsOfTable.map((row) => `(${row.join(', ')})`).join(', ')}`

describeService('postgres', 'Pushdown to PostgreSQL', (server) => {
  let place: Place
  beforeAll(async () => {
    place = await temporarySchema(server)
    await place.run(
      'CREATE TABLE hostile (c0 int, c1 int, c2 bigint, c3 numeric(10,2), c4 date, c5 timestamp, c6 varchar(20), c7 text)',
      insert,
    )
  })
  afterAll(() => place.close())

  test('rows are the same with it and without', { timeout: 120_000 }, async () => {
    const config = postgresConfig.parse({ connection: 'shop', schema: place.schema, table: 'hostile' })
    const given = await setUp(postgresExtract as unknown as ExtractModule, config, connectionTo(server))
    await check(given)
    await checkFirst(given)
  })
})

describeService('mariadb', 'Pushdown to MariaDB', (server) => {
  let own: TemporaryDatabase
  beforeAll(async () => {
    own = await temporaryDatabase(server)
    await own.client.execute(
      'CREATE TABLE hostile (c0 INT, c1 INT, c2 BIGINT, c3 DECIMAL(10,2), c4 DATE, c5 DATETIME(6), c6 VARCHAR(20), c7 TEXT CHARACTER SET latin1)',
    )
    await own.client.execute(insert)
  })
  afterAll(() => own.close())

  test('rows are the same with it and without', { timeout: 120_000 }, async () => {
    const config = mysqlExtractDescriptor.config.parse({ connection: 'shop', table: 'hostile' })
    const given = await setUp(mysqlExtract as unknown as ExtractModule, config, own.connection)
    await check(given)
    await checkFirst(given)
  })
})
