import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { compare } from './implementation.ts'

runFixtures(compare, new URL('./fixtures/', import.meta.url))

runHostile(compare, {
  // The summary of 2,000 columns takes DuckDB longer to plan than a test may.
  config: ({ id, columns }) =>
    columns.length > 1000 ? undefined : { keys: [id], tolerance: 0.5, ignore_case: true, changes: 'cells' },
  inputs: (table) => ({ old: table, new: table }),
  accountsFor: ['unchanged'],
})
runHostile(compare, {
  config: ({ value, columns }) => (columns.length > 1000 ? undefined : { keys: [value] }),
  inputs: (table) => ({ old: { ...table, rows: [] }, new: { ...table, rows: table.rows.slice(0, 1) } }),
})
