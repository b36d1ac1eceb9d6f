import { describe, expect, it } from 'vitest'
import { sharedSession } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { identifier, sql } from '../../kit/sql.ts'
import { union } from './implementation.ts'

runFixtures(union, new URL('./fixtures/', import.meta.url))

runHostile(union, {
  config: () => ({ source_column: 'source' }),
  inputs: (table) => ({ in_1: table, in_2: { columns: [{ name: table.id, type: 'INTEGER' }], rows: [] } }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})

describe('union', () => {
  const input = (columns: Record<string, string>, source?: string) => ({
    name: identifier('t'),
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
    ...(source === undefined ? {} : { source }),
  })
  const request = (config: object, ...inputs: ReturnType<typeof input>[]) => ({
    nodeId: 'node',
    config: union.descriptor.config.parse(config),
    inputs: new Map(inputs.map((each, index) => [`in_${index + 1}`, each])),
    parameters: new Map(),
    facts: undefined,
  })

  it('warns of what was widened, naming column, types and step', () => {
    const [warning, ...others] =
      union.columnWarnings?.(
        request(
          {},
          input({ a: 'INTEGER', b: 'VARCHAR' }, 'shops'),
          input({ a: 'DOUBLE', c: 'DATE' }, 'web'),
          input({ a: 'TINYINT', c: 'TIMESTAMP' }),
        ),
      ) ?? []
    expect(others).toEqual([])
    expect(warning).toMatchObject({
      code: 'union.types-changed',
      message:
        'Columns of different types were made one: “a” is DOUBLE (INTEGER in “shops”, TINYINT in “in_3”); “c” is TIMESTAMP (DATE in “web”).',
    })
  })

  it('does not warn where nothing changes', () => {
    expect(union.columnWarnings?.(request({}, input({ a: 'INTEGER' }), input({ A: 'INTEGER', b: 'DATE' })))).toEqual([])
  })

  it('keeps the rows in the order of the inputs, however many there are', async () => {
    const session = await sharedSession()
    const ranges = [0, 500_000].map((start) => ({
      name: sql`(SELECT i AS id FROM range(${start}, ${start + 500_000}) AS t(i))`,
      columns: [{ name: 'id', type: 'BIGINT' }],
    }))
    const { out = sql`` } = union.compile(request({ source_column: 'from' }, ...ranges))
    const { rows } = await session.query(
      sql`SELECT count(*) FROM (SELECT id, row_number() OVER () - 1 AS place FROM (${out})) WHERE id <> place`,
    )
    expect(rows).toEqual([['0']])
  })
})
