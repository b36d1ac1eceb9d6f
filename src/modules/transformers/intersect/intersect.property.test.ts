import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { intersect } from './implementation.ts'

type Row = readonly [number | null, number | null]
const value = fc.option(fc.integer({ min: 0, max: 2 }), { nil: null, freq: 5 })
const rows = fc.array(fc.tuple(value, value), { maxLength: 10 })
const columns = (type: string, ...names: string[]) => names.map((name) => ({ name, type }))
const bag = (list: readonly (readonly unknown[])[]) =>
  list.map((row) => JSON.stringify(row.map((cell) => (cell === null ? null : String(cell))))).sort()
/** Smallest first, NULL last. */
const rank = ([a, b]: Row) => (a ?? 9) * 10 + (b ?? 9)

it('keeps what a search through the right side keeps', async () => {
  const kinds = fc.constantFrom<'all' | 'distinct' | 'counted'>('all', 'distinct', 'counted')
  await fc.assert(
    fc.asyncProperty(kinds, fc.boolean(), rows, rows, async (kind, chosen, left: Row[], right: Row[]) => {
      const result = await evaluate(
        intersect,
        { rows: kind, columns: chosen ? ['a'] : [] },
        {
          left: { columns: columns('INTEGER', 'a', 'b'), rows: left },
          right: { columns: columns('BIGINT', 'B', 'A'), rows: right.map(([a, b]) => [b, a]) },
        },
      )
      const key = (row: Row) => JSON.stringify(chosen ? row.slice(0, 1) : row)
      const has = Map.groupBy(right, key)
      const seen = new Map<string, number>()
      const expected = left
        .toSorted((p, q) => rank(p) - rank(q))
        .filter((row) => {
          const before = seen.get(key(row)) ?? 0
          seen.set(key(row), before + 1)
          const there = has.get(key(row))?.length ?? 0
          if (kind === 'counted') return before < there
          return there > 0 && (kind === 'all' || before === 0)
        })
      expect(bag(result.out?.rows ?? [])).toEqual(bag(expected))
    }),
    { numRuns: 30 },
  )
})
