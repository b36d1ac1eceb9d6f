import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { merge } from './implementation.ts'

runFixtures(merge, new URL('./fixtures/', import.meta.url))

runHostile(merge, {
  config: (table) => ({
    columns: [table.id, table.value, table.other, table.g],
    separator: '|',
    name: 'all of it',
    decimals: 2,
  }),
  untouched: (table) => [table.id, table.g, table.value, table.other],
  accountsFor: ['out'],
})
