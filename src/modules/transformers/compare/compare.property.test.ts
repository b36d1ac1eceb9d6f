import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { compare } from './implementation.ts'

type Value = number | null
type Row = readonly [Value, Value, Value]
const value = fc.option(fc.integer({ min: 0, max: 3 }), { nil: null, freq: 5 })
const rows = fc.array(fc.tuple(value, value, value), { maxLength: 7 })
const columns = ['k', 'x', 'y'].map((name) => ({ name, type: 'INTEGER' }))
const bag = (list: readonly (readonly unknown[])[] | undefined) => (list ?? []).map((row) => JSON.stringify(row)).sort()
const cells = (list: readonly (readonly Value[])[]) =>
  list.map((row) => row.map((cell) => (cell === null ? null : String(cell))))

it('puts every row where a search by its key puts it', async () => {
  await fc.assert(
    fc.asyncProperty(rows, rows, fc.constantFrom(undefined, 1), async (old: Row[], next: Row[], tolerance) => {
      const result = await evaluate(
        compare,
        { keys: ['k'], ...(tolerance === undefined ? {} : { tolerance }) },
        { old: { columns, rows: old }, new: { columns, rows: next } },
      )
      const times = (list: Row[], [k]: Row) => list.filter((row) => row[0] === k).length
      const once = (list: Row[]) => list.filter((row) => times(list, row) === 1)
      expect(bag(result.added?.rows)).toEqual(bag(cells(once(next).filter((row) => times(old, row) === 0))))
      expect(bag(result.removed?.rows)).toEqual(bag(cells(once(old).filter((row) => times(next, row) === 0))))
      const far = (a: Value, b: Value) => (a === null || b === null ? a !== b : Math.abs(a - b) > (tolerance ?? 0))
      const both = once(next).flatMap((row) =>
        once(old)
          .filter((other) => other[0] === row[0])
          .map((other) => [other, row] as const),
      )
      const changed = both.filter(([a, b]) => far(a[1], b[1]) || far(a[2], b[2]))
      expect(bag(result.unchanged?.rows)).toEqual(
        bag(cells(both.filter((pair) => !changed.includes(pair)).map(([, row]) => row))),
      )
      const text = (cell: Value) => (cell === null ? null : String(cell))
      expect(bag(result.changed?.rows)).toEqual(
        bag(
          changed.map(([a, b]) => [
            text(b[0]),
            JSON.stringify([...(far(a[1], b[1]) ? ['x'] : []), ...(far(a[2], b[2]) ? ['y'] : [])]),
            ...[a[1], b[1], a[2], b[2]].map(text),
          ]),
        ),
      )
    }),
    { numRuns: 30 },
  )
})
