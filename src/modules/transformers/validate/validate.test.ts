import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { validate } from './implementation.ts'

runFixtures(validate, new URL('./fixtures/', import.meta.url))

runHostile(validate, {
  config: ({ value, other, g }) => ({
    rules: [
      { check: 'not_empty', columns: [value] },
      { check: 'unique', columns: [value, other] },
      { check: 'type', columns: [other], type: 'VARCHAR' },
      { check: 'set', columns: [g], values: ['a', 'b'], severity: 'warn' },
    ],
  }),
  accountsFor: ['pass', 'reject'],
})
