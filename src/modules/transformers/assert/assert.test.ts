import { expect, it } from 'vitest'
import type { Column } from '../../../shared/engine/types.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { identifier } from '../../kit/sql.ts'
import { assertStep } from './implementation.ts'

runFixtures(assertStep, new URL('./fixtures/', import.meta.url))

runHostile(assertStep, {
  config: ({ id, value }) => ({
    checks: [
      { check: 'rows', max: 100 },
      { check: 'unique', columns: [id, value] },
      { check: 'not_null', columns: [id] },
    ],
  }),
  untouched: ({ id, g, value, other }) => [id, g, value, other],
  accountsFor: ['out'],
})

it('does not judge a whole table by a sample of it', () => {
  const columns: Column[] = [{ name: 'a', type: 'INTEGER' }]
  const compile = (sampled: boolean) =>
    assertStep.compile({
      nodeId: 'node',
      config: {
        checks: [
          { check: 'rows', min: 5, columns: [] },
          { check: 'row', expression: 'a > 0', columns: [] },
        ],
      },
      inputs: new Map([['in', { name: identifier('t'), columns }]]),
      parameters: new Map(),
      facts: undefined,
      sampled,
    }).out?.text
  expect(compile(false)).toContain('count(*)')
  expect(compile(true)).not.toContain('count(*)')
  expect(compile(true)).toContain('a > 0')
})
