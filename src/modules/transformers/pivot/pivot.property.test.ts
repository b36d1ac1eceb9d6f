import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { pivot } from './implementation.ts'

type Row = readonly [string | null, string | null, number | null]

const rows = fc.array(
  fc.tuple(
    fc.option(fc.constantFrom('x', 'y', "o'k"), { nil: null }),
    fc.option(fc.constantFrom('a', 'A', 'b', ''), { nil: null }),
    fc.option(fc.integer({ min: -5, max: 5 }), { nil: null }),
  ),
  { maxLength: 14 },
)
const columns = [
  { name: 'g', type: 'VARCHAR' },
  { name: 'k', type: 'VARCHAR' },
  { name: 'x', type: 'INTEGER' },
]
const bag = (found: readonly (readonly unknown[])[] | undefined) =>
  (found ?? []).map((row) => JSON.stringify(row)).sort()

it('has in each cell the measure of the rows with that group and value', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (given: readonly Row[]) => {
      const config = {
        column: 'k',
        group_by: ['g'],
        measures: [{ name: 'n' }, { name: 's', function: 'sum', column: 'x' }],
        values: [{ value: 'b' }, { value: 'a' }, {}],
        unseen: 'other',
      }
      const { out } = await evaluate(pivot, config, { in: { columns, rows: given } })
      const isOther = (k: string | null) => k === 'A' || k === ''
      const cell = (members: readonly Row[]) => {
        const numbers = members.flatMap(([, , x]) => (x === null ? [] : [x]))
        return [String(members.length), numbers.length > 0 ? String(numbers.reduce((a, b) => a + b, 0)) : null]
      }
      const expected = [...Map.groupBy(given, ([g]) => g)].map(([g, members]) => [
        g,
        ...['b', 'a', null].flatMap((value) => cell(members.filter(([, k]) => k === value))),
        ...cell(members.filter(([, k]) => isOther(k))),
      ])
      expect(bag(out?.rows)).toEqual(bag(expected))
    }),
    { numRuns: 50 },
  )
})
