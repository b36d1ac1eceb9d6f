import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { conditionStep } from './implementation.ts'

runFixtures(conditionStep, new URL('./fixtures/', import.meta.url))
runHostile(conditionStep, {
  config: ({ value, other, g }) => ({
    name: 'result',
    rules: [
      { when: [{ column: value, operator: 'is_empty' }], result: 'column', column: other },
      { when: [{ column: g, value: 'a' }], result: 'column', column: value },
    ],
  }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
})
