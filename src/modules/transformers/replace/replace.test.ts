import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { replace } from './implementation.ts'

runFixtures(replace, new URL('./fixtures/', import.meta.url))

runHostile(replace, {
  config: (table) => ({
    rules: [
      { columns: [table.type === 'VARCHAR' ? table.value : table.g], find: 'x', replace: '\\' },
      { columns: [table.g], find: '(.)', replace: '$1$1', regex: true },
    ],
  }),
  untouched: (table) => [table.id, table.other],
  accountsFor: ['out'],
})
