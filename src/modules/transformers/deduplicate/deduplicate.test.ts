import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { deduplicate } from './implementation.ts'

runFixtures(deduplicate, new URL('./fixtures/', import.meta.url))
runFixtures(deduplicate, new URL('./fixtures/', import.meta.url), { columnar: true })

runHostile(deduplicate, {
  config: ({ value, other }) => ({ keys: [value], keep: 'last', order: [{ column: other }] }),
  accountsFor: ['out', 'duplicates'],
})
runHostile(deduplicate, { config: () => ({}), accountsFor: ['out', 'duplicates'] })
runHostile(deduplicate, {
  config: ({ value }) => ({ keys: [value], ignore: ['case', 'accents', 'spaces', 'punctuation'] }),
  accountsFor: ['out', 'duplicates'],
})
for (const method of ['fingerprint', 'edit'])
  runHostile(deduplicate, {
    config: ({ type, value, other }) =>
      type === 'VARCHAR'
        ? { keys: [other], similar: [{ column: value, method, same_start: 0 }], group_column: 'the group' }
        : undefined,
    accountsFor: ['out', 'duplicates'],
  })
