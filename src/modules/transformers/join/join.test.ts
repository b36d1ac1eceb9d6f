import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { join } from './implementation.ts'

runFixtures(join, new URL('./fixtures/', import.meta.url))

runHostile(join, {
  config: ({ id }) => ({ kind: 'left', keys: [{ left: id, right: 'key' }] }),
  inputs: (table) => ({
    left: table,
    right: {
      columns: [
        { name: 'key', type: 'INTEGER' },
        { name: 'found', type: 'VARCHAR' },
      ],
      rows: [[1, 'x']],
    },
  }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['match'],
})

runHostile(join, {
  // Whatever the type of the keys: what equals itself meets itself.
  config: ({ value }) => ({ kind: 'semi', keys: [{ left: value, right: value }], null_equal: true }),
  inputs: (table) => ({ left: table, right: table }),
  accountsFor: ['match'],
})
