import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { limit } from './implementation.ts'

runFixtures(limit, new URL('./fixtures/', import.meta.url))

runHostile(limit, {
  config: () => ({ rows: 100 }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
