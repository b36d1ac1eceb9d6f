import { expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { sharedSession } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { identifier, sql } from '../../kit/sql.ts'
import { cross } from './implementation.ts'

runFixtures(cross, new URL('./fixtures/', import.meta.url))
runFixtures(cross, new URL('./fixtures/', import.meta.url), { columnar: true })

runHostile(cross, {
  config: () => ({}),
  inputs: (table) => ({ in_1: table, in_2: { columns: [{ name: 'once', type: 'INTEGER' }], rows: [[1]] } }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
runHostile(cross, { config: () => ({}), inputs: (table) => ({ in_1: table, in_2: table }) })

const range = (rows: number) => ({
  name: sql`(SELECT i FROM range(${rows}) AS t(i))`,
  columns: [{ name: 'i', type: 'BIGINT' }],
})
const compiled = (config: object, sides: readonly number[], sampled = false) =>
  cross.compile({
    nodeId: 'node',
    config: cross.descriptor.config.parse(config),
    inputs: new Map(sides.map((rows, index) => [`in_${index + 1}`, range(rows)])),
    parameters: new Map(),
    facts: undefined,
    sampled,
  }).out ?? identifier('')

it('fails before the first row, also where only some are read and where the product is beyond every integer', async () => {
  const session = await sharedSession()
  for (const [sides, told] of [
    [[100_000, 100_000], '10000000000 combinations of 100000 rows of “in_1” and 100000 rows of “in_2”'],
    [Array(8).fill(100_000), 'more than 10^38 combinations'],
  ] as const) {
    const info = await session
      .query(sql`SELECT * FROM (${compiled({}, sides)}) LIMIT 1`)
      .then(() => undefined, toErrorInfo)
    expect(info).toMatchObject({ code: 'cross.too-many', message: expect.stringContaining(told) })
  }
})

it('does not limit a preview over samples', async () => {
  const session = await sharedSession()
  const { rows } = await session.query(sql`SELECT count(*) FROM (${compiled({ limit: 3 }, [2, 2], true)})`)
  expect(rows).toEqual([['4']])
})
