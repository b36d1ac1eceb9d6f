import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { aggregate } from './implementation.ts'

runFixtures(aggregate, new URL('./fixtures/', import.meta.url))

runHostile(aggregate, {
  config: ({ g, value, other }) => ({
    group_by: [g, other],
    measures: [
      { name: 'n', function: 'count' },
      { name: 'different', function: 'count_distinct', column: value },
      { name: 'low', function: 'min', column: value },
      { name: 'usual', function: 'mode', column: value },
      { name: 'texts', function: 'string_agg', column: value, distinct: true },
      { name: 'at most', function: 'arg_max', column: value, by: other },
      { name: 'all', function: 'list', column: value },
    ],
    totals: 'cube',
    level_column: 'level',
    total_label: 'Total',
  }),
})
