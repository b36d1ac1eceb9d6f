import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { intersect } from './implementation.ts'

runFixtures(intersect, new URL('./fixtures/', import.meta.url))

for (const rows of ['all', 'counted'])
  runHostile(intersect, {
    config: () => ({ rows }),
    inputs: (table) => ({ left: table, right: table }),
    // Partitions make 0 of -0, which equals it.
    untouched: ({ id, g, value, other, type }) =>
      rows === 'counted' && type === 'DOUBLE' ? [id, g] : [id, g, value, other],
    accountsFor: ['out'],
  })
