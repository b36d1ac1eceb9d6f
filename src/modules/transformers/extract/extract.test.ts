import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { extract } from './implementation.ts'

runFixtures(extract, new URL('./fixtures/', import.meta.url))

runHostile(extract, {
  config: (table) => ({
    column: table.type === 'VARCHAR' ? table.value : table.g,
    pattern: '(\\pL)(.?)',
    names: ['letter', 'next one'],
  }),
  untouched: (table) => [table.id, table.g, table.value, table.other],
  accountsFor: ['out', 'reject'],
})
