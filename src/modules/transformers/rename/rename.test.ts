import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { rename } from './implementation.ts'

runFixtures(rename, new URL('./fixtures/', import.meta.url))

runHostile(rename, {
  config: (table) => ({
    names: [
      { column: table.id, name: table.g },
      { column: table.g, name: table.id },
    ],
    rules: [{ operation: 'suffix', text: ' "x' }],
  }),
  accountsFor: ['out'],
})
