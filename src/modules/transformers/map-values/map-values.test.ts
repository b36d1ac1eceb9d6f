import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { mapValues } from './implementation.ts'

runFixtures(mapValues, new URL('./fixtures/', import.meta.url))

runHostile(mapValues, {
  config: (table) => ({
    columns: [table.value, table.id],
    mapping: [{ from: '1', to: '2' }],
    null_to: '3',
    others: 'keep',
    case_insensitive: true,
  }),
  untouched: (table) => [table.g, table.other],
  accountsFor: ['out', 'reject'],
  refused: {
    'nulls only, dates': 'value.invalid',
    'dates before 1582 and after 9999': 'value.invalid',
    'infinite dates': 'value.invalid',
    'timestamps at their limits': 'value.invalid',
    'timestamps with time zone': 'value.invalid',
    'decimals that are all fraction': 'value.invalid',
    booleans: 'value.invalid',
    structs: 'value.invalid',
    lists: 'value.invalid',
  },
})
