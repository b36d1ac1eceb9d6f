import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { filter } from './implementation.ts'

runFixtures(filter, new URL('./fixtures/', import.meta.url))

runHostile(filter, {
  config: ({ value }) => ({ condition: `"${value.replaceAll('"', '""')}" IS NOT NULL` }),
  accountsFor: ['match', 'rest'],
})
