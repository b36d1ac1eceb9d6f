import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { unpivot } from './implementation.ts'

runFixtures(unpivot, new URL('./fixtures/', import.meta.url))

runHostile(unpivot, {
  config: ({ value, other }) => ({ columns: [value, other], name_column: 'the name', value_column: 'the value' }),
})

// All columns at once, also where there are two thousand.
runHostile(unpivot, {
  config: () => ({ pattern: '.', types: 'text', position_column: 'position', empty: 'drop' }),
})
