import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { rangeJoin } from './implementation.ts'

type Value = number | null
type Row = readonly [Value, Value, Value, number]

const value = fc.option(fc.integer({ min: -4, max: 4 }), { nil: null, freq: 6 })
const rows = fc
  .array(fc.tuple(fc.option(fc.constantFrom(1, 2), { nil: null, freq: 8 }), value, value), { maxLength: 10 })
  .map((list) => list.map(([k, a, b], index): Row => [k, a, b, index]))
const types = fc.constantFrom('INTEGER', 'BIGINT', 'DOUBLE', 'DECIMAL(6,0)', 'HUGEINT')

const columns = (type: string) => [
  { name: 'k', type: 'INTEGER' },
  { name: 'a', type },
  { name: 'b', type },
  { name: 'n', type: 'INTEGER' },
]
const bag = (list: readonly (readonly unknown[])[] | undefined) =>
  (list ?? []).map((row) => JSON.stringify(row.map((cell) => (cell === null ? null : Number(cell))))).sort()

const options = fc.record({
  compare: fc.constantFrom<'value' | 'range'>('value', 'range'),
  bounds: fc.constantFrom<'both' | 'start' | 'end' | 'neither'>('both', 'start', 'end', 'neither'),
  empty_bound: fc.constantFrom<'open' | 'never'>('open', 'never'),
  matches: fc.constantFrom<'all' | 'first'>('all', 'first'),
  keep: fc.constantFrom<'all' | 'matched'>('all', 'matched'),
})

it('finds what comparing every left row with every range finds', async () => {
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.boolean(),
      types,
      types,
      rows,
      rows,
      async (config, keyed, leftType, rightType, left, right) => {
        const result = await evaluate(
          rangeJoin,
          {
            ...config,
            ...(config.compare === 'value' ? { left_value: 'a' } : { left_start: 'a', left_end: 'b' }),
            right_start: 'a',
            right_end: 'b',
            keys: keyed ? [{ left: 'k', right: 'k' }] : [],
            right_columns: ['n'],
          },
          { left: { columns: columns(leftType), rows: left }, right: { columns: columns(rightType), rows: right } },
        )
        const open = config.empty_bound === 'open'
        const [from, to] = [
          config.bounds === 'both' || config.bounds === 'start',
          config.bounds === 'both' || config.bounds === 'end',
        ]
        /** `undefined` is a bound that nothing passes. */
        const range = (start: Value, end: Value) =>
          open || (start !== null && end !== null)
            ? { start: start ?? Number.NEGATIVE_INFINITY, end: end ?? Number.POSITIVE_INFINITY }
            : undefined
        const before = (a: number, b: number) => (config.bounds === 'both' ? a <= b : a < b)
        const match = (l: Row, r: Row): boolean => {
          if (keyed && (l[0] === null || l[0] !== r[0])) return false
          const theirs = range(r[1], r[2])
          if (!theirs) return false
          if (config.compare === 'value') {
            const point = l[1]
            if (point === null) return false
            return (
              (from ? point >= theirs.start : point > theirs.start) && (to ? point <= theirs.end : point < theirs.end)
            )
          }
          const ours = range(l[1], l[2])
          if (!ours || !before(ours.start, ours.end) || !before(theirs.start, theirs.end)) return false
          return before(ours.start, theirs.end) && before(theirs.start, ours.end)
        }
        const rank = (row: Row) => [row[1] ?? 99, row[0] ?? 99, row[2] ?? 99, row[3]]
        const compare = (x: Row, y: Row) => {
          const [p, q] = [rank(x), rank(y)]
          const place = p.findIndex((each, index) => each !== q[index])
          return place < 0 ? 0 : (p[place] ?? 0) - (q[place] ?? 0)
        }
        const pairs = left.flatMap((l): [Row, Row | undefined][] => {
          const found = right.filter((r) => match(l, r)).sort(compare)
          if (found.length === 0) return config.keep === 'all' ? [[l, undefined]] : []
          return (config.matches === 'first' ? found.slice(0, 1) : found).map((r) => [l, r])
        })
        expect(bag(result.match?.rows)).toEqual(bag(pairs.map(([l, r]) => [...l, r?.[3] ?? null])))
        expect(bag(result.left_rest?.rows)).toEqual(bag(left.filter((l) => !right.some((r) => match(l, r)))))
        expect(bag(result.right_rest?.rows)).toEqual(bag(right.filter((r) => !left.some((l) => match(l, r)))))
      },
    ),
    { numRuns: 60 },
  )
})
