import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { fill } from './implementation.ts'

type Value = number | null
interface Row {
  readonly group: string | null
  readonly value: Value
}

const row = fc.record({
  group: fc.constantFrom('a', 'b', null),
  value: fc.option(fc.integer({ min: -5, max: 5 }), { nil: null }),
})
const halfAway = (value: number) => Math.sign(value) * Math.floor(Math.abs(value) + 0.5)
const known = (values: readonly Value[]) => values.filter((value) => value !== null).toSorted((a, b) => a - b)

/** What fills the gap at `at`, in the plainest way. */
const references: Readonly<Record<string, (values: readonly Value[], at: number, limit: number) => Value | undefined>> =
  {
    zero: () => 0,
    mean: (values) => {
      const all = known(values)
      return all.length === 0 ? null : halfAway(all.reduce((a, b) => a + b, 0) / all.length)
    },
    median: (values) => {
      const all = known(values)
      const [low, high] = [all[Math.floor((all.length - 1) / 2)], all[Math.floor(all.length / 2)]]
      return low === undefined || high === undefined ? null : halfAway((low + high) / 2)
    },
    mode: (values) => {
      const counts = Map.groupBy(known(values), (value) => value)
      return [...counts].toSorted(([a, x], [b, y]) => y.length - x.length || a - b)[0]?.[0] ?? null
    },
    min: (values) => known(values)[0] ?? null,
    max: (values) => known(values).at(-1) ?? null,
    forward: (values, at, limit) =>
      values.slice(Math.max(0, at - limit), at).findLast((value) => value !== null) ?? null,
    backward: (values, at, limit) => values.slice(at + 1, at + 1 + limit).find((value) => value !== null) ?? null,
    linear: (values, at, limit) => {
      const from = values.findLastIndex((value, index) => index < at && value !== null)
      const to = values.findIndex((value, index) => index > at && value !== null)
      const [first, last] = [values[from], values[to]]
      if (typeof first !== 'number' || typeof last !== 'number' || to - from - 1 > limit) return null
      return halfAway(first + (last - first) * ((at - from) / (to - from)))
    },
  }

it('filling, compared with a naive reference, whatever the order of the rows', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      fc.constantFrom(...Object.keys(references)),
      fc.integer({ min: 1, max: 3 }),

      async (rows: Row[], method, limit) => {
        const numbered = rows.map((each, at) => ({ ...each, at }))
        const expected = [...Map.groupBy(numbered, ({ group }) => group).values()].flatMap((members) => {
          const values = members.map(({ value }) => value)
          return members.map(({ at, value }, place) => [
            String(at),
            value ?? references[method]?.(values, place, limit) ?? null,
          ])
        })
        const { out } = await evaluate(
          fill,
          {
            fills: [{ columns: ['v'], method, along: 'rows', ...(/ward|linear/.test(method) ? { limit } : {}) }],
            group_by: ['g'],
            order: [{ column: 'at' }],
          },
          {
            in: {
              columns: [
                { name: 'at', type: 'INTEGER' },
                { name: 'g', type: 'VARCHAR' },
                { name: 'v', type: 'INTEGER' },
              ],
              rows: numbered.map(({ at, group, value }) => [at, group, value]).toReversed(),
            },
          },
        )
        const got = out?.rows.map(([at, , value]) => JSON.stringify([at, value])).sort()
        expect(got).toEqual(
          expected.map(([at, value]) => JSON.stringify([at, value === null ? null : String(value)])).sort(),
        )
      },
    ),
    { numRuns: 60 },
  )
})
