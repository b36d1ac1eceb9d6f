import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { fill } from './implementation.ts'

runFixtures(fill, new URL('./fixtures/', import.meta.url))

runHostile(fill, {
  config: (table) => {
    const numbers =
      /INT|DECIMAL|DOUBLE/.test(table.type) && !table.type.endsWith(']') && !table.type.startsWith('STRUCT')
    return {
      fills: [
        { columns: [table.value], method: numbers ? 'linear' : 'forward' },
        { columns: [table.other], method: numbers ? 'mean' : 'mode' },
      ],
      group_by: [table.g],
      order: [{ column: table.id }],
      flag: '_f',
    }
  },
  untouched: (table) => [table.id, table.g],
  accountsFor: ['out'],
})
