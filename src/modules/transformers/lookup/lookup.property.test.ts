import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { lookup } from './implementation.ts'

type Pair = readonly [number | null, number | null]
const value = fc.option(fc.integer({ min: 0, max: 4 }), { nil: null, freq: 5 })
const rows = fc.array(fc.tuple(value, value), { maxLength: 10 })
const bag = (list: readonly (readonly unknown[])[] | undefined) =>
  (list ?? []).map((row) => JSON.stringify(row.map((cell) => (cell === null ? null : String(cell))))).sort()
const columns = (...names: string[]) => names.map((name) => ({ name, type: 'INTEGER' }))

it('finds what a search through the table finds', async () => {
  const options = fc.record({
    several: fc.constantFrom<'first' | 'all'>('first', 'all'),
    no_match: fc.constantFrom<'keep' | 'reject' | 'drop'>('keep', 'reject', 'drop'),
    null_equal: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(options, rows, rows, async (config, left: Pair[], right: Pair[]) => {
      const result = await evaluate(
        lookup,
        { ...config, keys: [{ column: 'k', equals: 'k' }], add: [{ column: 'v', default: '99' }] },
        { in: { columns: columns('k', 'x'), rows: left }, table: { columns: columns('k', 'v'), rows: right } },
      )
      const find = ([k]: Pair) =>
        right
          .filter(([other]) => other === k && (k !== null || config.null_equal))
          .map(([, v]) => v)
          .sort((a, b) => (a ?? 100) - (b ?? 100))
      const expected = left.flatMap((row) => {
        const found = find(row)
        if (found.length === 0) return config.no_match === 'keep' ? [[...row, 99]] : []
        return (config.several === 'first' ? found.slice(0, 1) : found).map((v) => [...row, v])
      })
      expect(bag(result.out?.rows)).toEqual(bag(expected))
      const rejected = config.no_match === 'reject' ? left.filter((row) => find(row).length === 0) : []
      expect(bag(result.reject?.rows.map((row) => row.slice(0, 2)))).toEqual(bag(rejected))
    }),
    { numRuns: 30 },
  )
})
