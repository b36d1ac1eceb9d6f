import { expect, test } from 'vitest'
import { positionOf } from './cursor-words.ts'

test('a position is read as its column and its value, and what is neither is shown as it is', () => {
  expect(positionOf({ version: 1, column: 'updated_at', type: 'int4', value: '42' })).toBe('updated_at 42')
  expect(positionOf({ field: 'at', value: { $date: 'x' } })).toBe('at {"$date":"x"}')
  expect(positionOf({ value: 7 })).toBe('7')
  expect(positionOf({ after: 'x' })).toBe('{"after":"x"}')
  expect(positionOf(12)).toBe('12')
})
