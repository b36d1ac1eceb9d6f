import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { transpose } from './implementation.ts'

runFixtures(transpose, new URL('./fixtures/', import.meta.url))

runHostile(transpose, {
  config: ({ value, other }) => ({ rows: 13, columns: [value, other] }),
})

runHostile(transpose, {
  config: ({ id }) => ({
    header: id,
    values: Array.from({ length: 13 }, (_, index) => ({ value: String(index + 1), name: `r${index + 1}` })),
    types: 'text',
  }),
})
