import { expect, test } from 'vitest'
import { mapWithinTime } from './within-time.ts'

const evil = /^(a+)+$/
const hopeless = `${'a'.repeat(50)}b`

test('an expression that backtracks for ever is ended, and says at which item', () => {
  expect(mapWithinTime(['aa', 'ab', hopeless, 'aaa'], (text) => evil.test(text), 200)).toEqual([true, false])
})

test('many items that take long together are all done, each once', () => {
  const all = Array.from({ length: 30 }, (_, index) => index)
  const slow = (index: number) => {
    const until = performance.now() + 10
    while (performance.now() < until);
    return index
  }
  expect(mapWithinTime(all, slow, 100)).toEqual(all)
})

test('what the work throws comes out as it is', () => {
  const error = new RangeError('mine')
  expect(() =>
    mapWithinTime([1], () => {
      throw error
    }),
  ).toThrow(error)
})
