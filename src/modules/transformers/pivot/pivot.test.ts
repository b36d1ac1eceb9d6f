import { expect, it } from 'vitest'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { raw } from '../../kit/sql.ts'
import { pivotDescriptor } from './descriptor.ts'
import { pivot } from './implementation.ts'

runFixtures(pivot, new URL('./fixtures/', import.meta.url))

runHostile(pivot, {
  config: ({ g, value, other }) => ({
    column: g,
    group_by: [value],
    measures: [
      { name: 'n' },
      { name: 'low', function: 'min', column: other },
      { name: 'all', function: 'list', column: other },
    ],
    values: [{ value: 'a' }, { value: 'b' }],
  }),
})

runHostile(pivot, {
  config: ({ g, value }) => ({ column: value, group_by: [g], measures: [{ name: 'n' }], unseen: 'other' }),
})

it('takes values from the data after those that are listed, and tells names apart', () => {
  const columns = [
    { name: 'k', type: 'VARCHAR' },
    { name: 'g', type: 'VARCHAR' },
  ]
  const suggestion = pivot.suggest?.values?.({
    nodeId: 'n',
    config: pivotDescriptor.config.parse({ column: 'k', group_by: ['g'], values: [{ value: 'b', name: 'B' }] }),
    inputs: new Map([['in', { name: raw('t'), columns }]]),
    parameters: new Map(),
    facts: undefined,
  })
  expect(suggestion?.change([['a'], ['A'], ['b'], ['g'], [''], [null]])).toEqual({
    values: [
      { value: 'b', name: 'B' },
      { value: 'a' },
      { value: 'A', name: 'A_2' },
      { value: 'g', name: 'g_2' },
      { value: '' },
      {},
    ],
  })
})
