import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { resample } from './implementation.ts'

runFixtures(resample, new URL('./fixtures/', import.meta.url))
runHostile(resample, {
  config: ({ value, g, type }) =>
    /^(DATE|TIMESTAMP)/.test(type) && type !== 'DATE'
      ? { column: value, unit: 'year', group_by: [g], measures: [{ name: 'n', function: 'count' }], empty: 'zero' }
      : type === 'DATE'
        ? { column: value, unit: 'year', group_by: [g], measures: [{ name: 'n', function: 'count' }] }
        : undefined,
})

it('each interval has the sum of its rows, and a line between where it has none', async () => {
  const row = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -9, max: 9 }))
  const empty = fc.constantFrom('skip', 'empty', 'zero', 'previous', 'linear')
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 6 }),
      fc.integer({ min: 1, max: 5 }),
      empty,
      async (rows, amount, how) => {
        const day = (n: number) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10)
        const columns = [
          { name: 'd', type: 'DATE' },
          { name: 'x', type: 'INTEGER' },
        ]
        const config = {
          column: 'd',
          amount,
          origin: '2024-01-01',
          empty: how,
          measures: [{ name: 's', function: 'sum', column: 'x' }],
        }
        const { out } = await evaluate(resample, config, { in: { columns, rows: rows.map(([d, x]) => [day(d), x]) } })
        const sums = new Map<number, number>()
        for (const [d, x] of rows) sums.set(Math.floor(d / amount), (sums.get(Math.floor(d / amount)) ?? 0) + x)
        const known = [...sums.keys()].sort((a, b) => a - b)
        const expected: [string, number | null][] = []
        for (let at = known[0] ?? 0; at <= (known.at(-1) ?? -1); at++) {
          const own = sums.get(at)
          const [before, after] = [known.findLast((other) => other < at) ?? 0, known.find((other) => other > at) ?? 0]
          const [low, high] = [sums.get(before) ?? 0, sums.get(after) ?? 0]
          const line = low + ((high - low) * (at - before)) / (after - before)
          const fill = { skip: null, empty: null, zero: 0, previous: low, linear: line }[how as 'zero']
          if (own !== undefined || how !== 'skip') expected.push([day(at * amount), own ?? fill])
        }
        const shown = (out?.rows ?? []).map(([d, s]) => [d, s === null ? null : Number(s).toFixed(6)])
        expect(shown).toEqual(expected.map(([d, s]) => [d, s === null ? null : s.toFixed(6)]))
      },
    ),
    { numRuns: 50 },
  )
})
