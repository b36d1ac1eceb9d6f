import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { select } from './implementation.ts'

runFixtures(select, new URL('./fixtures/', import.meta.url))

runHostile(select, {
  config: ({ id, value }) => ({ columns: [{ column: value }, { column: id, name: 'renamed' }], others: 'keep' }),
  untouched: ({ g, value, other }) => [g, value, other],
  accountsFor: ['out'],
})
// As texts and back again: nothing is lost, or the row is rejected.
runHostile(select, {
  config: ({ value }) => ({ columns: [{ column: value, type: 'INTEGER' }], others: 'keep', on_error: 'reject' }),
  accountsFor: ['out', 'reject'],
})
