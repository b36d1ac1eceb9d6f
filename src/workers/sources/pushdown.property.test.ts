import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { readCondition, type SourceColumn } from '../../engine/pushdown/condition.ts'
import { filesOf } from '../../modules/connectors/kit/project-file.ts'
import { noSession, temporarySink } from '../../modules/connectors/kit/temporary-sink.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../../modules/connectors/mysql/temporary-database.ts'
import { mysqlExtractDescriptor } from '../../modules/extractors/mysql/descriptor.ts'
import { mysqlExtract } from '../../modules/extractors/mysql/implementation.ts'
import { postgresConfig } from '../../modules/extractors/postgres/descriptor.ts'
import { postgresExtract } from '../../modules/extractors/postgres/implementation.ts'
import { connectionTo, type Place, temporarySchema } from '../../modules/extractors/postgres/testing.ts'
import type { ExtractModule } from '../../modules/kit/contract.ts'
import { expression } from '../../modules/kit/expression.ts'
import type { PushedKey } from '../../modules/kit/pushdown.ts'
import { raw, sql } from '../../modules/kit/sql.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'

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

const comparison = fc.integer({ min: 0, max: CONSTANTS.length - 1 }).chain((column) => {
  const constant = fc.constantFrom(...(CONSTANTS[column] ?? []))
  const name = `c${column + 1}`
  return fc.oneof(
    fc.tuple(fc.constantFrom('=', '<>', '<', '<=', '>', '>='), constant).map(([by, value]) => `${name} ${by} ${value}`),
    fc.tuple(constant, constant).map(([low, high]) => `${name} BETWEEN ${low} AND ${high}`),
    fc.array(constant, { minLength: 1, maxLength: 3 }).map((list) => `${name} NOT IN (${list.join(', ')})`),
    fc.constantFrom(`${name} IS NULL`, `${name} IS NOT NULL`),
  )
})
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc
      .tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition'))
      .map(([a, by, b]) => `(${a}) ${by} (${b})`),
    tie('condition').map((inner) => `NOT (${inner})`),
  ),
}))

async function setUp(module: ExtractModule, config: unknown, connection: ResolvedConnection) {
  const files = { ...filesOf('.'), staging: '/tmp', output: () => Promise.reject(new Error('no output')) }
  const signal = new AbortController().signal
  const request = {
    nodeId: 'from',
    config: config as never,
    parameters: new Map(),
    connection,
    files,
    withSession: noSession,
    signal,
  }
  const discovered = await module.discover(request)
  const pushable = module.pushable?.(config as never, discovered)
  if (!pushable || 'refused' in pushable) throw new Error('nothing can be pushed')
  const columns = discovered.columns.map(
    ({ name, type }, at): SourceColumn => ({ name, type, kind: pushable.columns[at], at }),
  )
  const read = async (where: string, push: boolean) => {
    const { pushed } = push ? readCondition(where, columns) : { pushed: [] }
    const sink = await temporarySink(discovered.columns, signal)
    try {
      await module.read({
        ...request,
        discovered,
        sink,
        ...(pushed.length > 0 ? { pushed: { where: { is: 'and', of: pushed } } } : {}),
      })
      const all = await sink.rows()
      const { rows } = await sink.rows((from) => sql`SELECT c0 FROM ${from} WHERE ${expression(where)} ORDER BY c0`)
      return { rows, sent: all.rows.length }
    } finally {
      sink.close()
    }
  }
  /** The first rows by keys, of which only some columns count. */
  const readFirst = async ({ by, rows: count, columns: needed }: Asked, push: boolean) => {
    const sink = await temporarySink(discovered.columns, signal)
    try {
      const pushed = { first: { rows: count, by }, columns: needed }
      await module.read({ ...request, discovered, sink, ...(push ? { pushed } : {}) })
      const keys = by.map(
        ({ column, descending, nullsFirst }) =>
          `c${column} ${descending ? 'DESC' : 'ASC'} NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`,
      )
      const list = raw(needed.map((column) => `c${column}`).join(', '))
      const order = raw([...keys, 'c0'].join(', '))
      const sent = (await sink.rows()).rows
      const { rows } = await sink.rows(
        (from) =>
          sql`SELECT ${list} FROM (SELECT * FROM ${from} ORDER BY ${order} LIMIT ${raw(String(count))}) ORDER BY ${order}`,
      )
      const empty = sent.every((row) => row.every((cell, index) => needed.includes(index) || cell === null))
      return { rows, sent: sent.length, empty }
    } finally {
      sink.close()
    }
  }
  return { columns, read, readFirst }
}

interface Asked {
  readonly by: PushedKey[]
  readonly rows: number
  readonly columns: number[]
}

const asked: fc.Arbitrary<Asked> = fc
  .record({
    by: fc.uniqueArray(
      fc.record({
        column: fc.integer({ min: 1, max: 5 }),
        descending: fc.boolean(),
        nullsFirst: fc.boolean(),
      }),
      { minLength: 1, maxLength: 3, selector: ({ column }) => column },
    ),
    rows: fc.integer({ min: 0, max: 12 }),
    others: fc.uniqueArray(fc.integer({ min: 1, max: 7 })),
  })
  .map(({ by, rows, others }) => {
    // What rows are put in order by is read.
    const columns = [...new Set([0, ...by.map(({ column }) => column), ...others])].sort((a, b) => a - b)
    return { by, rows, columns }
  })

async function checkFirst(given: Awaited<ReturnType<typeof setUp>>) {
  let fewer = 0
  await fc.assert(
    fc.asyncProperty(asked, async (what) => {
      const [off, on] = [await given.readFirst(what, false), await given.readFirst(what, true)]
      expect(on.rows).toEqual(off.rows)
      expect(on.empty).toBe(true)
      if (on.sent < off.sent) fewer++
    }),
    { numRuns: 40 },
  )
  expect(fewer).toBeGreaterThan(10)
}

async function check(given: Awaited<ReturnType<typeof setUp>>) {
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
