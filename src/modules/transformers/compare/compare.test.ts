import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { compare } from './implementation.ts'

runFixtures(compare, new URL('./fixtures/', import.meta.url))

runHostile(compare, {
  config: ({ id, columns }) => ({
    keys: [id],
    changes: 'cells',
    ignore_case: true,
    // Measuring 2,000 distances takes DuckDB long to plan, in each of the six outputs.
    ...(columns.length > 1000 ? {} : { tolerance: 0.5 }),
  }),
  inputs: (table) => ({ old: table, new: table }),
  accountsFor: ['unchanged'],
})
runHostile(compare, {
  config: ({ value }) => ({ keys: [value] }),
  inputs: (table) => ({ old: { ...table, rows: [] }, new: { ...table, rows: table.rows.slice(0, 1) } }),
})
