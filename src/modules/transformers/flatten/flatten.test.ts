import { expect, it } from 'vitest'
import { sharedSession } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { raw } from '../../kit/sql.ts'
import { flattenDescriptor } from './descriptor.ts'
import { flatten } from './implementation.ts'

runFixtures(flatten, new URL('./fixtures/', import.meta.url))

runHostile(flatten, {
  config: ({ type, value }) => (type.startsWith('STRUCT') ? { columns: [value] } : undefined),
  untouched: ({ id, g, other }) => [id, g, other],
  accountsFor: ['out', 'reject'],
})
runHostile(flatten, {
  config: ({ type, value }) =>
    type === 'VARCHAR'
      ? { json: [{ column: value, path: '$.a', type: 'INTEGER', name: 'the field' }], on_error: 'reject' }
      : undefined,
  accountsFor: ['out', 'reject'],
})

it('takes the fields of JSON from the data, with their types', async () => {
  const rows = `(VALUES ('{"a": 1, "b c": {"d.e": true, "l": [1]}}'), ('{"a": 2.5, "f\\"g": "x"}'), ('nope'), ('[1]'), (NULL)) AS t(j)`
  const suggestion = flatten.suggest?.json?.({
    nodeId: 'n',
    config: flattenDescriptor.config.parse({ json: [{ column: 'j', path: '$.a', type: 'VARCHAR', name: 'own' }] }),
    inputs: new Map([['in', { name: raw(`(SELECT * FROM ${rows})`), columns: [{ name: 'j', type: 'VARCHAR' }] }]]),
    parameters: new Map(),
    facts: undefined,
  })
  const found = await (await sharedSession()).query(suggestion?.query ?? raw(''))
  expect(suggestion?.change(found.rows)).toEqual({
    json: [
      { column: 'j', path: '$.a', type: 'VARCHAR', name: 'own' },
      { column: 'j', path: '$."b c"."d.e"', type: 'BOOLEAN' },
      { column: 'j', path: '$."b c".l', type: 'JSON' },
      { column: 'j', path: '$."f\\"g"', type: 'VARCHAR' },
    ],
  })
})
