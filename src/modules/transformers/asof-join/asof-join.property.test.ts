import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { asofJoin } from './implementation.ts'

type Row = readonly [number | null, number | null, number]

const value = fc.option(fc.integer({ min: -4, max: 4 }), { nil: null, freq: 8 })
const rows = fc
  .array(fc.tuple(fc.option(fc.constantFrom(1, 2), { nil: null, freq: 8 }), value), { maxLength: 12 })
  .map((list) => list.map(([k, t], index): Row => [k, t, index]))

const columns = (last: string) => ['k', 't', last].map((name) => ({ name, type: 'INTEGER' }))
const bag = (list: readonly (readonly unknown[])[] | undefined) =>
  (list ?? []).map((row) => JSON.stringify(row.map((cell) => (cell === null ? null : String(cell))))).sort()

it('gives each left row the right row that a search through all of them finds', async () => {
  const options = fc.record({
    direction: fc.constantFrom<'earlier' | 'later' | 'nearest'>('earlier', 'later', 'nearest'),
    nearest_tie: fc.constantFrom<'earlier' | 'later'>('earlier', 'later'),
    strict: fc.boolean(),
    keep: fc.constantFrom<'all' | 'matched'>('all', 'matched'),
    tolerance: fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined }),
  })
  await fc.assert(
    fc.asyncProperty(options, fc.boolean(), rows, rows, async ({ tolerance, ...config }, keyed, left, right) => {
      const result = await evaluate(
        asofJoin,
        {
          ...config,
          ...(tolerance === undefined ? {} : { tolerance }),
          on: { left: 't', right: 't' },
          keys: keyed ? [{ left: 'k', right: 'k' }] : [],
          right_columns: ['t', 'r'],
        },
        { left: { columns: columns('l'), rows: left }, right: { columns: columns('r'), rows: right } },
      )
      const find = ([k, t]: Row): Row | undefined => {
        if (t === null) return undefined
        const possible = right.flatMap((row) => {
          const u = row[1]
          if (u === null || (keyed && (k === null || row[0] !== k)) || (config.strict && u === t)) return []
          if (tolerance !== undefined && Math.abs(t - u) > tolerance) return []
          if ((config.direction === 'earlier' && u > t) || (config.direction === 'later' && u < t)) return []
          return [{ row, far: Math.abs(t - u), side: u <= t === (config.nearest_tie === 'earlier') ? 0 : 1 }]
        })
        // Right rows of one moment: the smallest in the order of the columns (k, where it is no key, then r), NULL last.
        const rank = (row: Row) => (keyed ? 0 : (row[0] ?? 9)) * 100 + row[2]
        return possible.sort(
          (a, b) => a.far - b.far || (a.far === 0 ? 0 : a.side - b.side) || rank(a.row) - rank(b.row),
        )[0]?.row
      }
      const pairs = left.map((row) => [row, find(row)] as const)
      const shown = pairs.filter(([, found]) => found || config.keep === 'all')
      expect(bag(result.match?.rows)).toEqual(
        bag(shown.map(([row, found]) => [...row, found?.[1] ?? null, found?.[2] ?? null])),
      )
      expect(bag(result.left_rest?.rows)).toEqual(bag(pairs.flatMap(([row, found]) => (found ? [] : [row]))))
      const used = new Set(pairs.map(([, found]) => found && `${keyed ? found[0] : ''}:${found[1]}`))
      expect(bag(result.right_rest?.rows)).toEqual(
        bag(right.filter((row) => !used.has(`${keyed ? row[0] : ''}:${row[1]}`))),
      )
    }),
    { numRuns: 60 },
  )
})
