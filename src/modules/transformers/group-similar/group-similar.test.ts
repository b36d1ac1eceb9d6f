import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { groupSimilar } from './implementation.ts'

runFixtures(groupSimilar, new URL('./fixtures/', import.meta.url))

for (const method of ['fingerprint', 'ngram', 'edit', 'jaro_winkler'])
  runHostile(groupSimilar, {
    config: ({ type, value }) =>
      type === 'VARCHAR' ? { column: value, method, name: 'the group', same_start: 0 } : undefined,
    untouched: ({ id, g, value, other }) => [id, g, value, other],
    accountsFor: ['out'],
  })

runHostile(groupSimilar, {
  config: ({ type, value }) => (type === 'DATE' ? { column: value } : undefined),
  refused: {
    'nulls only, dates': 'similar.not-text',
    'dates before 1582 and after 9999': 'similar.not-text',
    'infinite dates': 'similar.not-text',
  },
})
