import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { bin } from './implementation.ts'

const value = fc.oneof(
  fc.integer({ min: -30, max: 30 }).map((tenths) => tenths / 10),
  fc.double({ min: -50, max: 50, noNaN: true }),
)
const rows = fc.array(fc.option(value, { nil: null }), { maxLength: 15 })
const columns = [{ name: 'x', type: 'DOUBLE' }]

it('every value is between the limits of its bin, which follow each other without a gap', async () => {
  const method = fc.constantFrom('equal_width', 'equal_count', 'size', 'deviations', 'edges')
  await fc.assert(
    fc.asyncProperty(rows, method, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (values, how, bins, left) => {
      const config = {
        column: 'x',
        name: 'n',
        result: 'number',
        method: how,
        bins,
        width: bins / 10,
        deviations: bins / 2,
        edges: Array.from({ length: bins + 1 }, (_, index) => index / 10 - 0.3),
        outside: 'empty',
        closed: left ? 'left' : 'right',
        lower_name: 'low',
        upper_name: 'high',
      }
      config.edges = config.edges.map((edge) => Number(edge.toFixed(1)))
      const { out } = await evaluate(bin, config, { in: { columns, rows: values.map((x) => [x]) } })
      const ends = new Map<number, number[]>()
      for (const [x, n, low, high] of (out?.rows ?? []).map((row) =>
        row.map((cell) => (cell === null ? null : Number(cell))),
      )) {
        if (x === null) expect([n, low, high]).toEqual([null, null, null])
        if (n === null || n === undefined || x === null || x === undefined) continue
        const [from, to] = [low ?? Number.NaN, high ?? Number.NaN]
        const counted = how === 'equal_width' || how === 'equal_count' || how === 'edges'
        const first = counted && n === 1
        const last = counted && n === bins
        const alone = from === to
        const within = left
          ? x >= from && (x < to || ((last || alone) && x <= to))
          : x <= to && (x > from || ((first || alone) && x >= from))
        expect(within, `${x} in ${n}: ${from} to ${to}`).toBe(true)
        if (how === 'size') expect(Math.abs(to - from - config.width)).toBeLessThan(1e-9)
        ends.set(n, [from, to])
      }
      for (const [n, [, to = 0]] of ends) {
        const next = ends.get(n + 1)
        if (next) expect(Math.abs((next[0] ?? 0) - to)).toBeLessThan(1e-9)
      }
    }),
    { numRuns: 60 },
  )
})

it('tiles differ by one row at most, and go up with the values', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 5 }), async (values, bins) => {
      const config = { column: 'x', name: 'n', result: 'number', method: 'tile', bins }
      const { out } = await evaluate(bin, config, { in: { columns, rows: values.map((x) => [x]) } })
      const placed = (out?.rows ?? []).filter(([x]) => x !== null).map((row) => row.map(Number))
      const sizes = Array.from({ length: bins }, (_, index) => placed.filter(([, n]) => n === index + 1).length)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      const sorted = placed.toSorted(([a = 0, n = 0], [b = 0, m = 0]) => a - b || n - m).map(([, n]) => n)
      expect(sorted).toEqual(sorted.toSorted((a = 0, b = 0) => a - b))
    }),
    { numRuns: 40 },
  )
})
