import { type HostileTable, runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { sort } from './implementation.ts'

runFixtures(sort, new URL('./fixtures/', import.meta.url))

// DuckDB writes a negative zero that it sorted by as zero, as the documentation says.
const all = ({ name, id, g, value, other }: HostileTable) =>
  name === 'NaN and infinity' ? [id, g] : [id, g, value, other]
runHostile(sort, {
  config: ({ value, other }) => ({
    keys: [
      { column: value, direction: 'desc' },
      { column: other, nulls: 'first' },
    ],
  }),
  untouched: all,
  accountsFor: ['out'],
})
runHostile(sort, {
  config: ({ g, value }) => ({
    keys: [
      { column: g, values: ['b'] },
      { column: value, natural: true, case_insensitive: true, language: 'fr' },
    ],
  }),
  untouched: all,
  accountsFor: ['out'],
})
