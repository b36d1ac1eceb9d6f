import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { union } from './implementation.ts'

runFixtures(union, new URL('./fixtures/', import.meta.url))

runHostile(union, {
  config: () => ({ source_column: 'source' }),
  inputs: (table) => ({ in_1: table, in_2: { columns: [{ name: table.id, type: 'INTEGER' }], rows: [] } }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
