import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { fillGaps } from './implementation.ts'

runFixtures(fillGaps, new URL('./fixtures/', import.meta.url))
runHostile(fillGaps, {
  config: ({ id, g }) => ({ column: id, group_by: [g], others: 'previous' }),
})

it('each group has every step and keeps its rows', async () => {
  const row = fc.tuple(
    fc.constantFrom('a', 'b'),
    fc.integer({ min: 0, max: 12 }),
    fc.option(fc.integer({ min: 0, max: 5 }), { nil: null }),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 8 }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (rows, amount, all) => {
        const day = (n: number) => new Date(Date.UTC(2024, 1, 25 + n)).toISOString().slice(0, 10)
        const columns = [
          { name: 'g', type: 'VARCHAR' },
          { name: 'd', type: 'DATE' },
          { name: 'x', type: 'INTEGER' },
        ]
        const config = { column: 'd', group_by: ['g'], amount, bounds: all ? 'all' : 'group', others: 'previous' }
        const { out } = await evaluate(fillGaps, config, {
          in: { columns, rows: rows.map(([g, d, x]) => [g, day(d), x]) },
        })
        const expected: (string | null)[][] = []
        const everyDay = rows.map(([, d]) => d)
        for (const group of new Set(rows.map(([g]) => g))) {
          const own = rows.filter(([g]) => g === group)
          const days = all ? everyDay : own.map(([, d]) => d)
          const order = (x: number | null) => x ?? 99
          const sorted = own.toSorted((a, b) => a[1] - b[1] || order(a[2]) - order(b[2]))
          for (const [g, d, x] of own) expected.push([g, day(d), x === null ? null : String(x)])
          for (let at = Math.min(...days); at <= Math.max(...days); at += amount) {
            if (own.some(([, d]) => d === at)) continue
            const before = sorted.findLast(([, d, x]) => d < at && x !== null)?.[2]
            expected.push([group, day(at), before === undefined ? null : String(before)])
          }
        }
        const bag = (table: readonly (readonly unknown[])[] = []) => table.map((each) => JSON.stringify(each)).sort()
        expect(bag(out?.rows)).toEqual(bag(expected))
      },
    ),
    { numRuns: 50 },
  )
})
