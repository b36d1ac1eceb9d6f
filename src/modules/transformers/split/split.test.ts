import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { split } from './implementation.ts'

runFixtures(split, new URL('./fixtures/', import.meta.url))

runHostile(split, {
  config: (table) => ({
    column: table.type === 'VARCHAR' ? table.value : table.g,
    delimiters: ["'", ' '],
    parts: [{ name: 'p1' }, { name: 'p 2' }],
  }),
  untouched: (table) => [table.id, table.other],
  accountsFor: ['out', 'reject'],
})
