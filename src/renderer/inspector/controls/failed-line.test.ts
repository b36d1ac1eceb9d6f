import { expect, it } from 'vitest'
import { failedLine } from './failed-line.ts'

it('is the line that a message names', () => {
  expect(failedLine([undefined, 'no line', 'TypeError: x is not a function (line 12).'])).toBe(12)
  expect(failedLine(['no line', undefined])).toBeUndefined()
})
