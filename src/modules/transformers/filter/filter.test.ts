import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { filter } from './implementation.ts'

runFixtures(filter, new URL('./fixtures/', import.meta.url))

runHostile(filter, {
  config: ({ value }) => ({ condition: `"${value.replaceAll('"', '""')}" IS NOT NULL` }),
  accountsFor: ['match', 'rest'],
})

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`
runHostile(filter, {
  config: ({ value, other }) => ({
    condition: `${quoted(value)} IS NOT DISTINCT FROM ${quoted(other)} OR ${quoted(value)} > ${quoted(other)}`,
  }),
  accountsFor: ['match', 'rest'],
})
