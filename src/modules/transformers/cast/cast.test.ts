import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { cast } from './implementation.ts'

runFixtures(cast, new URL('./fixtures/', import.meta.url))

runHostile(cast, {
  config: (table) => ({
    casts: [
      { columns: [table.value], type: 'VARCHAR' },
      { columns: [table.id], type: 'DECIMAL(38,2)' },
      { columns: [table.other], type: table.type === 'VARCHAR' ? 'DOUBLE' : table.type },
    ],
    on_error: 'reject',
  }),
  accountsFor: ['out', 'reject'],
})
