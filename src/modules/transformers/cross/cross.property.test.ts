import fc from 'fast-check'
import { expect, it } from 'vitest'
import { toErrorInfo } from '../../../shared/errors.ts'
import { evaluate } from '../../kit/harness.ts'
import { cross } from './implementation.ts'

const rows = fc.array(fc.option(fc.integer({ min: 0, max: 3 }), { nil: null }), { maxLength: 5 })

it('makes every combination, or none when there would be too many', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(rows, { minLength: 2, maxLength: 3 }),
      fc.integer({ min: 1, max: 40 }),
      async (sides, limit) => {
        const inputs = Object.fromEntries(
          sides.map((values, index) => [
            `in_${index + 1}`,
            { columns: [{ name: `c${index}`, type: 'INTEGER' }], rows: values.map((value) => [value]) },
          ]),
        )
        const expected = sides.reduce<(number | null)[][]>(
          (all, values) => all.flatMap((row) => values.map((value) => [...row, value])),
          [[]],
        )
        const result = await evaluate(cross, { limit }, inputs).catch(toErrorInfo)
        if (expected.length > limit) {
          expect(result).toMatchObject({ code: 'cross.too-many' })
          return
        }
        const out = 'out' in result && typeof result.out === 'object' ? result.out.rows : []
        const text = (row: readonly unknown[]) => row.map((cell) => (cell === null ? 'NULL' : String(cell))).join()
        expect(out.map(text).sort()).toEqual(expected.map(text).sort())
      },
    ),
    { numRuns: 40 },
  )
})
