import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { sqlStep } from './implementation.ts'

runFixtures(sqlStep, new URL('./fixtures/', import.meta.url))

runHostile(sqlStep, {
  config: () => ({ sql: 'SELECT * FROM in_table' }),
  inputs: (table) => ({ in_table: table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
