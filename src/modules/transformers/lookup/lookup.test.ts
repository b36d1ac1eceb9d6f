import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { lookup } from './implementation.ts'

runFixtures(lookup, new URL('./fixtures/', import.meta.url))

runHostile(lookup, {
  config: ({ value, other, id }) => ({
    keys: [{ column: value, equals: value }],
    add: [{ column: other, name: 'found value' }],
    several: 'first',
    order: [{ column: id }],
    null_equal: true,
  }),
  inputs: (table) => ({ in: table, table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out', 'reject'],
})
runHostile(lookup, {
  config: ({ value, id }) => ({ keys: [{ column: id, equals: id }], add: [{ column: value, name: 'found' }] }),
  inputs: (table) => ({ in: table, table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
