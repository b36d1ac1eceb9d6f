import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { explode } from './implementation.ts'

runFixtures(explode, new URL('./fixtures/', import.meta.url))

runHostile(explode, {
  config: ({ type, value, other }) =>
    type === 'VARCHAR' || type.endsWith('[]')
      ? { columns: [value, other], on_error: 'reject', position_column: 'the place' }
      : undefined,
})

// What has no lists is refused, whatever its type.
runHostile(explode, {
  config: ({ type, value }) => (type === 'DOUBLE' || type.startsWith('STRUCT') ? { columns: [value] } : undefined),
  refused: {
    'nulls only, numbers': 'explode.no-list',
    'NaN and infinity': 'explode.no-list',
    structs: 'explode.no-list',
  },
})
