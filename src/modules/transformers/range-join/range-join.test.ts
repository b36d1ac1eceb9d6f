import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it, onTestFinished } from 'vitest'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { identifier } from '../../kit/sql.ts'
import { rangeJoin } from './implementation.ts'

runFixtures(rangeJoin, new URL('./fixtures/', import.meta.url))

runHostile(rangeJoin, {
  config: ({ value, other, id }) => ({
    left_value: value,
    right_start: value,
    right_end: other,
    matches: 'first',
    match_order: [{ column: id }],
    keep: 'all',
  }),
  inputs: (table) => ({ left: table, right: table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
})
runHostile(rangeJoin, {
  config: ({ value, other, g }) => ({
    compare: 'range',
    left_start: value,
    left_end: other,
    right_start: other,
    right_end: value,
    bounds: 'start',
    keys: [{ left: g, right: g }],
  }),
  inputs: (table) => ({ left: table, right: table }),
})

it('joins by sorting, whatever is kept, and never compares all with all', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  onTestFinished(() => instance.closeSync())
  const connection = await instance.connect()
  await connection.run('CREATE TABLE points AS SELECT range AS v FROM range(20000)')
  await connection.run(
    'CREATE TABLE spans AS SELECT range AS s, range + 5 AS e, range * 1.5::DOUBLE AS d FROM range(20000)',
  )
  const side = (name: string, columns: readonly (readonly [string, string])[]) => ({
    name: identifier(name),
    columns: columns.map(([column, type]) => ({ name: column, type })),
  })
  const spans = side('spans', [
    ['s', 'BIGINT'],
    ['e', 'BIGINT'],
    ['d', 'DOUBLE'],
  ])
  const cases = [
    { left: side('points', [['v', 'BIGINT']]), config: { left_value: 'v', right_start: 's', right_end: 'd' } },
    { left: spans, config: { compare: 'range', left_start: 's', left_end: 'e', right_start: 's', right_end: 'd' } },
  ]
  for (const { left, config } of cases)
    for (const keep of ['all', 'matched']) {
      const ports = rangeJoin.compile({
        nodeId: 'node',
        config: rangeJoin.descriptor.config.parse({ ...config, keep }),
        inputs: new Map([
          ['left', left],
          ['right', spans],
        ]),
        parameters: new Map(),
        facts: undefined,
      })
      for (const [port, query] of Object.entries(ports)) {
        const plan = (await connection.runAndReadAll(`EXPLAIN ${query.text}`)).getRows().flat().join('\n')
        expect(plan, port).toContain('IE_JOIN')
        expect(plan, port).not.toMatch(/NL_JOIN|NESTED_LOOP|CROSS_PRODUCT/)
      }
    }
})
