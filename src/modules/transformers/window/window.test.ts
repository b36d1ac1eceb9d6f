import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { windowStep } from './implementation.ts'

runFixtures(windowStep, new URL('./fixtures/', import.meta.url))
runHostile(windowStep, {
  config: ({ id, g, value }) => ({
    order: [{ column: id }],
    group_by: [g],
    measures: [
      { name: 'm1', function: 'previous', column: value },
      { name: 'm2', function: 'running_max', column: value },
      { name: 'm3', function: 'moving_count', column: value, after: 1 },
      { name: 'm4', function: 'last', column: value, skip_empty: true },
    ],
  }),
  // Sorting makes 0.0 of -0.0, which is equal to it.
  untouched: ({ name, id, g, value, other }) => (name.startsWith('NaN') ? [id, g] : [id, g, value, other]),
  accountsFor: ['out'],
})
