import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { rowsExtract } from './implementation.ts'

runFixtures(rowsExtract, new URL('./fixtures/', import.meta.url))

it('numbers are those of a loop', async () => {
  const tenths = fc.integer({ min: -50, max: 50 })
  await fc.assert(
    fc.asyncProperty(tenths, tenths, fc.integer({ min: 1, max: 30 }), async (from, to, step) => {
      const text = (value: number) => (value / 10).toFixed(1)
      const { out } = await evaluate(rowsExtract, { name: 'n', from: text(from), to: text(to), step: text(step) }, {})
      const expected: string[] = []
      if (from <= to) for (let value = from; value <= to; value += step) expected.push(text(value))
      else for (let value = from; value >= to; value -= step) expected.push(text(value))
      expect(out?.rows.map(([value]) => Number(value))).toEqual(expected.map(Number))
    }),
    { numRuns: 40 },
  )
})
