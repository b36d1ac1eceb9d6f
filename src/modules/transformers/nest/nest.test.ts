import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { nest } from './implementation.ts'

runFixtures(nest, new URL('./fixtures/', import.meta.url))

runHostile(nest, {
  config: ({ value, other }) => ({ columns: [value, other], name: 'the nest', keep: true }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})
runHostile(nest, { config: () => ({ pattern: '.', as: 'json' }), accountsFor: ['out'] })
runHostile(nest, { config: ({ g }) => ({ mode: 'rows', group_by: [g], as: 'json' }) })
