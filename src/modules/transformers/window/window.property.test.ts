import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { rank } from '../rank/implementation.ts'
import { windowStep } from './implementation.ts'

// Ranks and windows against loops over sorted arrays.

type Row = readonly [group: string, time: number | null, value: number | null, id: number]
const COLUMNS = [
  { name: 'g', type: 'VARCHAR' },
  { name: 't', type: 'INTEGER' },
  { name: 'x', type: 'INTEGER' },
  { name: 'id', type: 'INTEGER' },
]
const small = fc.option(fc.integer({ min: -3, max: 3 }), { nil: null })
const rowsOf = fc
  .array(fc.tuple(fc.constantFrom('a', 'b'), small, small), { maxLength: 12 })
  .map((rows) => rows.map((row, id): Row => [...row, id]))

const at = (value: number | null) => value ?? Number.POSITIVE_INFINITY
const compare = (a: number | null, b: number | null) => (at(a) === at(b) ? 0 : at(a) < at(b) ? -1 : 1)
/** Keys first, then every other column. */
const total = (a: Row, b: Row) => compare(a[1], b[1]) || compare(a[2], b[2]) || a[3] - b[3]
const byId = (rows: readonly (readonly unknown[])[]) => rows.toSorted((a, b) => Number(a[3]) - Number(b[3]))
const groups = (rows: readonly Row[]) => [...Map.groupBy(rows, ([group]) => group).values()]
const text = (value: number | null | undefined) => (value === null || value === undefined ? null : String(value))

describe('compared with a naive reference', () => {
  it('windows of rows see their neighbours and nobody else', async () => {
    const shape = fc.record({
      before: fc.integer({ min: 0, max: 3 }),
      after: fc.integer({ min: 1, max: 3 }),
      include_current: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        rowsOf,
        shape,
        fc.integer({ min: 1, max: 3 }),
        fc.boolean(),
        async (rows, frame, offset, skip) => {
          const measures = [
            { name: 'lag', function: 'previous', column: 'x', offset, skip_empty: skip },
            { name: 'lead', function: 'next', column: 'x', offset, skip_empty: skip },
            { name: 'nth', function: 'nth', column: 'x', offset, skip_empty: skip },
            { name: 'diff', function: 'difference', column: 'x', offset, skip_empty: skip },
            { name: 'sum', function: 'running_total', column: 'x' },
            { name: 'low', function: 'running_min', column: 'x' },
            { name: 'moving', function: 'moving_total', column: 'x', ...frame },
            { name: 'count', function: 'moving_count', column: 'x', ...frame },
            { name: 'near', function: 'moving_total', column: 'x', ...frame, over: 'range', unit: 'value' },
          ]
          const { out } = await evaluate(
            windowStep,
            { group_by: ['g'], order: [{ column: 't' }], measures },
            { in: { columns: COLUMNS, rows } },
          )
          const expected = groups(rows).flatMap((members) => {
            const sorted = members.toSorted(total)
            return sorted.map((row, index) => {
              const values = (some: readonly Row[]) => some.flatMap(([, , x]) => (x === null ? [] : [x]))
              const sum = (some: readonly Row[]) =>
                values(some).length > 0 ? values(some).reduce((a, b) => a + b, 0) : null
              const taken = (some: readonly Row[]) => (skip ? some.filter(([, , x]) => x !== null) : some)
              const earlier = taken(sorted.slice(0, index)).at(-offset)?.[2]
              const frameRows = sorted.filter(
                (_, other) =>
                  other >= index - frame.before &&
                  other <= index + frame.after &&
                  (frame.include_current || other !== index),
              )
              const near = sorted.filter((other, place) => {
                if (!frame.include_current && place === index) return false
                if (row[1] === null || other[1] === null) return row[1] === other[1]
                return other[1] >= row[1] - frame.before && other[1] <= row[1] + frame.after
              })
              const soFar = sorted.slice(0, index + 1)
              return [
                ...row.map((cell) => (cell === null ? null : String(cell))),
                text(earlier),
                text(taken(sorted.slice(index + 1))[offset - 1]?.[2]),
                text(taken(sorted)[offset - 1]?.[2]),
                text(row[2] === null || earlier === null || earlier === undefined ? null : row[2] - earlier),
                text(sum(soFar)),
                text(values(soFar).length > 0 ? Math.min(...values(soFar)) : null),
                text(sum(frameRows)),
                String(values(frameRows).length),
                text(sum(near)),
              ]
            })
          })
          // A range frame without the row itself would need to know it among its peers: the values are a bag of equal ones.
          const shown = (table: readonly (readonly unknown[])[]) =>
            byId(table).map((row) => (frame.include_current ? row : row.slice(0, -1)))
          expect(shown(out?.rows ?? [])).toEqual(shown(expected))
        },
      ),
      { numRuns: 60 },
    )
  })

  it('ranks count the rows before and the equal ones', async () => {
    const methods = fc.constantFrom('rank', 'dense', 'unique', 'average', 'last', 'percent', 'cumulative')
    await fc.assert(
      fc.asyncProperty(rowsOf, methods, fc.boolean(), fc.boolean(), async (rows, method, desc, rankEmpty) => {
        const config = {
          order: [{ column: 't', direction: desc ? 'desc' : 'asc' }],
          group_by: ['g'],
          method,
          name: 'r',
          rank_empty: rankEmpty,
        }
        const { out } = await evaluate(rank, config, { in: { columns: COLUMNS, rows } })
        const order = (a: number | null, b: number | null) =>
          a === null || b === null || !desc ? compare(a, b) : compare(b, a)
        const expected = groups(rows).flatMap((members) => {
          const ranked = rankEmpty ? members : members.filter(([, t]) => t !== null)
          return members.map((row) => {
            const cells = row.map((cell) => (cell === null ? null : String(cell)))
            if (!ranked.includes(row)) return [...cells, null]
            const before = ranked.filter((other) => order(other[1], row[1]) < 0)
            const equal = ranked.filter((other) => order(other[1], row[1]) === 0)
            const values: Record<string, number> = {
              rank: before.length + 1,
              dense: new Set(before.map(([, t]) => t)).size + 1,
              unique: before.length + 1 + equal.filter((other) => total(other, row) < 0).length,
              average: before.length + 1 + (equal.length - 1) / 2,
              last: before.length + equal.length,
              percent: ranked.length > 1 ? before.length / (ranked.length - 1) : 0,
              cumulative: (before.length + equal.length) / ranked.length,
            }
            return [...cells, values[method]]
          })
        })
        const shown = (table: readonly (readonly unknown[])[]) =>
          byId(table).map((row) => row.map((cell, index) => (index === 4 && cell !== null ? Number(cell) : cell)))
        expect(shown(out?.rows ?? [])).toEqual(shown(expected))
      }),
      { numRuns: 60 },
    )
  })
})
