import { expect, test } from 'vitest'
import type { Problem } from '../../shared/engine/types.ts'
import { inOrder } from './problem-order.ts'

const problem = (nodeId: string | undefined, severity: Problem['severity'], message = ''): Problem => ({
  code: 'test',
  kind: 'user',
  severity,
  message,
  ...(nodeId !== undefined && { nodeId }),
})

test('problems stand in the order of the steps, errors before warnings, those of the pipeline first', () => {
  const shown = inOrder(
    [
      problem('b', 'warning'),
      problem('c', 'error'),
      problem('gone', 'error'),
      problem('a', 'warning'),
      problem('a', 'error', 'one'),
      problem('a', 'error', 'two'),
      problem(undefined, 'warning'),
    ],
    ['a', 'b', 'c'],
  )
  expect(shown.map(({ nodeId, severity, message }) => `${nodeId} ${severity} ${message}`.trim())).toEqual([
    'undefined warning',
    'a error one',
    'a error two',
    'c error',
    'gone error',
    'a warning',
    'b warning',
  ])
})
