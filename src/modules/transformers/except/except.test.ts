import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { except } from './implementation.ts'

runFixtures(except, new URL('./fixtures/', import.meta.url))

for (const rows of ['all', 'counted'])
  runHostile(except, {
    config: () => ({ rows }),
    inputs: (table) => ({ left: table, right: { ...table, rows: [] } }),
    // Partitions make 0 of -0, which equals it.
    untouched: ({ id, g, value, other, type }) =>
      rows === 'counted' && type === 'DOUBLE' ? [id, g] : [id, g, value, other],
    accountsFor: ['out'],
  })
