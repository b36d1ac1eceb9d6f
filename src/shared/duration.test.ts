import { expect, test } from 'vitest'
import { durationSchema, milliseconds, parseDuration } from './duration.ts'

test.each([
  ['500ms', 500],
  ['2s', 2000],
  ['1.5h', 5_400_000],
  ['7d', 604_800_000],
  ['0s', 0],
])('%s is %d milliseconds', (text, expected) => {
  expect(milliseconds(text)).toBe(expected)
  expect(durationSchema.parse(text)).toBe(text)
})

test.each(['', '2', '-1s', '1 h', '1h30m', 's', '1e3s', '∞s'])('“%s” is no length of time', (text) => {
  expect(parseDuration(text)).toBeUndefined()
  expect(durationSchema.safeParse(text).success).toBe(false)
  expect(() => milliseconds(text)).toThrow(TypeError)
})
