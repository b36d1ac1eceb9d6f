import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { asofJoin } from './implementation.ts'

runFixtures(asofJoin, new URL('./fixtures/', import.meta.url))

runHostile(asofJoin, {
  config: ({ value, id }) => ({ on: { left: value, right: value }, tie_order: [{ column: id, direction: 'desc' }] }),
  inputs: (table) => ({ left: table, right: table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
})
runHostile(asofJoin, {
  config: (table) =>
    /^(VARCHAR|STRUCT|BOOLEAN|INTEGER\[\])/.test(table.type)
      ? undefined
      : {
          on: { left: table.value, right: table.other },
          direction: 'nearest',
          tolerance: 1e30,
          ...(/^(DATE|TIMESTAMP)/.test(table.type) ? { tolerance: 36, tolerance_unit: 'hours' } : {}),
          keys: [{ left: table.g, right: table.g }],
          difference_column: 'apart',
        },
  inputs: (table) => ({ left: table, right: table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
})
