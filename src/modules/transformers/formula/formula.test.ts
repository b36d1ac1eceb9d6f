import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { formula } from './implementation.ts'

runFixtures(formula, new URL('./fixtures/', import.meta.url))

runHostile(formula, {
  config: ({ value }) => ({ formulas: [{ name: 'copy', expression: `"${value.replaceAll('"', '""')}"` }] }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
