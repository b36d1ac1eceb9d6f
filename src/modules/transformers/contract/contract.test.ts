import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { contract } from './implementation.ts'

runFixtures(contract, new URL('./fixtures/', import.meta.url))

runHostile(contract, {
  config: ({ id, value, type }) => ({
    columns: [
      { name: value, type },
      { name: id, type: 'BIGINT', required: true },
    ],
    types: 'convert',
    extra: 'keep',
    on_error: 'reject',
  }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out', 'reject'],
})
