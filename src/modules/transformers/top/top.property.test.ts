import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { top } from './implementation.ts'

const rows = fc.array(
  fc.tuple(
    fc.option(fc.constantFrom('a', 'b'), { nil: null }),
    fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
    fc.integer({ min: 0, max: 99 }),
  ),
  { maxLength: 12 },
)
const columns = [
  { name: 'g', type: 'VARCHAR' },
  { name: 'x', type: 'INTEGER' },
  { name: 'id', type: 'INTEGER' },
]
type Row = readonly [string | null, number | null, number]
const bag = (found: readonly (readonly unknown[])[] | undefined) =>
  (found ?? []).map((row) => JSON.stringify(row)).sort()

it('takes the best of each group and leaves the others', async () => {
  const ties = fc.constantFrom('cut', 'keep', 'dense')
  await fc.assert(
    fc.asyncProperty(rows, ties, fc.integer({ min: 0, max: 3 }), async (given: readonly Row[], how, count) => {
      const results = await evaluate(top, { by: 'x', count, per: ['g'], ties: how }, { in: { columns, rows: given } })
      const size = (row: Row) => row[1] ?? -1
      const taken = [...Map.groupBy(given, ([g]) => g).values()].flatMap((members) => {
        const sorted = members.toSorted((a, b) => size(b) - size(a) || a[2] - b[2])
        if (how === 'cut') return sorted.slice(0, count)
        const values = how === 'dense' ? [...new Set(sorted.map(size))] : sorted.map(size)
        const last = values[Math.min(count, values.length) - 1]
        return last === undefined ? [] : sorted.filter((row) => size(row) >= last)
      })
      const text = (row: Row) => row.map((value) => (value === null ? null : String(value)))
      const rest = [...given]
      for (const row of taken)
        rest.splice(
          rest.findIndex((each) => String(each) === String(row)),
          1,
        )
      expect(bag(results.out?.rows)).toEqual(bag(taken.map(text)))
      expect(bag(results.rest?.rows)).toEqual(bag(rest.map(text)))
    }),
    { numRuns: 50 },
  )
})
