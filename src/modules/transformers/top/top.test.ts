import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { top } from './implementation.ts'

runFixtures(top, new URL('./fixtures/', import.meta.url))

for (const ties of ['cut', 'keep', 'dense'])
  runHostile(top, {
    config: ({ g, value }) => ({ by: value, count: 1, per: [g], ties }),
    accountsFor: ['out', 'rest'],
  })
