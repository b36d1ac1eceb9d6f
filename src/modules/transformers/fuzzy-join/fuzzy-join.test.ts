import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { fuzzyJoin } from './implementation.ts'

runFixtures(fuzzyJoin, new URL('./fixtures/', import.meta.url))

runHostile(fuzzyJoin, {
  config: ({ value, other, g, type }) =>
    type === 'VARCHAR'
      ? {
          keys: [
            { left: value, right: other },
            { left: value, right: value, method: 'token_set', weight: 2 },
            { left: value, right: other, method: 'trigram' },
            { left: g, right: g, method: 'exact' },
          ],
          key_scores: true,
        }
      : { keys: [{ left: g, right: g }], matches: 'best' },
  inputs: (table) => ({ left: table, right: table }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
})
