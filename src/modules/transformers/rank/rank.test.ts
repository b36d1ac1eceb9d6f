import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { rank } from './implementation.ts'

runFixtures(rank, new URL('./fixtures/', import.meta.url))
runHostile(rank, {
  config: ({ value, g }) => ({ order: [{ column: value }], group_by: [g], method: 'unique', name: 'made' }),
  // Sorting makes 0.0 of -0.0, which is equal to it.
  untouched: ({ name, id, g, value, other }) => (name.startsWith('NaN') ? [id, g] : [id, g, value, other]),
  accountsFor: ['out'],
})
