import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cell } from '../../shared/engine/types.ts'
import { type AnyRelationModule, evaluate } from '../kit/harness.ts'
import { aggregate } from './aggregate/implementation.ts'
import { deduplicate } from './deduplicate/implementation.ts'
import { filter } from './filter/implementation.ts'
import { join } from './join/implementation.ts'
import { union } from './union/implementation.ts'

// Each transform against a few lines of TypeScript that say the same in the plainest way.

type Value = number | string | null
type Row = readonly Value[]

const number = fc.option(fc.integer({ min: -3, max: 3 }), { nil: null })
const word = fc.option(fc.constantFrom('', 'a', 'A', "b'", 'été', '📦', 'NULL'), { nil: null })
const rowsOf = (...values: fc.Arbitrary<Value>[]): fc.Arbitrary<Row[]> =>
  fc.array(fc.tuple(...values), { maxLength: 12 })

const columns = (...pairs: [string, string][]) => pairs.map(([name, type]) => ({ name, type }))
const AB = columns(['a b', 'INTEGER'], ['select', 'VARCHAR'])
const KV = columns(['a b', 'INTEGER'], ['v', 'INTEGER'])

const cells = (rows: readonly Row[]): Cell[][] =>
  rows.map((row) => row.map((value) => (value === null ? null : String(value))))
const bag = (rows: readonly (readonly unknown[])[] | undefined) => (rows ?? []).map((row) => JSON.stringify(row)).sort()

async function ports(module: AnyRelationModule, config: unknown, inputs: Parameters<typeof evaluate>[2]) {
  const results = await evaluate(module, config, inputs)
  return (port: string) => bag(results[port]?.rows)
}
const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: 40 })

describe('compared with a naive reference', () => {
  it('a filter puts each row in exactly one port', async () => {
    await check(fc.tuple(rowsOf(number, word), fc.integer({ min: -3, max: 3 })), async ([rows, limit]) => {
      const of = await ports(
        filter,
        { condition: `"a b" >= ${limit} AND "select" <> 'a'` },
        { in: { columns: AB, rows } },
      )
      const matches = ([a, b]: Row) => a !== null && b !== null && Number(a) >= limit && b !== 'a'
      expect(of('match')).toEqual(bag(cells(rows.filter((row) => matches(row)))))
      expect(of('rest')).toEqual(bag(cells(rows.filter((row) => !matches(row)))))
    })
  })

  it('an aggregate makes one row per group', async () => {
    await check(rowsOf(word, number), async (rows) => {
      const config = {
        group_by: ['g'],
        measures: [
          { name: 'rows', function: 'count' },
          { name: 'values', function: 'count', column: 'x' },
          { name: 'different', function: 'count_distinct', column: 'x' },
          { name: 'sum', function: 'sum', column: 'x' },
          { name: 'min', function: 'min', column: 'x' },
          { name: 'positive', function: 'sum', column: 'x', filter: 'x > 0' },
          { name: 'list', function: 'list', column: 'x' },
        ],
      }
      const of = await ports(aggregate, config, { in: { columns: columns(['g', 'VARCHAR'], ['x', 'INTEGER']), rows } })
      const groups = Map.groupBy(rows, ([group]) => group ?? null)
      const sum = (values: number[]) => (values.length > 0 ? String(values.reduce((a, b) => a + b, 0)) : null)
      const expected = [...groups].map(([group, members]) => {
        const values = members.flatMap(([, x]) => (typeof x === 'number' ? [x] : [])).sort((a, b) => a - b)
        return [
          group,
          String(members.length),
          String(values.length),
          String(new Set(values).size),
          sum(values),
          values.length > 0 ? String(values[0]) : null,
          sum(values.filter((value) => value > 0)),
          JSON.stringify([...values, ...Array.from({ length: members.length - values.length }, () => null)]),
        ]
      })
      expect(of('out')).toEqual(bag(expected))
    })
  })

  it('a join of any kind matches, and leaves over what matches nothing', async () => {
    const kinds = fc.constantFrom('inner', 'left', 'right', 'full', 'semi', 'anti', 'cross')
    await check(
      fc.tuple(kinds, fc.boolean(), rowsOf(number, number), rowsOf(number, number)),
      async ([kind, nullEqual, left, right]) => {
        const config = {
          kind,
          null_equal: nullEqual,
          ...(kind === 'cross' ? {} : { keys: [{ left: 'a b', right: 'a b' }] }),
        }
        const of = await ports(join, config, { left: { columns: KV, rows: left }, right: { columns: KV, rows: right } })
        const equal = (l: Row, r: Row) => kind === 'cross' || (l[0] === r[0] && (l[0] !== null || nullEqual))
        const leftRest = left.filter((l) => !right.some((r) => equal(l, r)))
        const rightRest = right.filter((r) => !left.some((l) => equal(l, r)))
        expect(of('left_rest')).toEqual(bag(cells(leftRest)))
        expect(of('right_rest')).toEqual(bag(cells(rightRest)))

        const pairs = left.flatMap((l) =>
          right.filter((r) => equal(l, r)).map((r): Row => (kind === 'cross' ? [...l, ...r] : [...l, r[1] ?? null])),
        )
        const withLeft = leftRest.map(([k, v]): Row => [k ?? null, v ?? null, null])
        const withRight = rightRest.map(([k, v]): Row => [k ?? null, null, v ?? null])
        const matched = {
          inner: pairs,
          cross: pairs,
          left: [...pairs, ...withLeft],
          right: [...pairs, ...withRight],
          full: [...pairs, ...withLeft, ...withRight],
          semi: left.filter((l) => !leftRest.includes(l)),
          anti: leftRest,
        }[kind]
        expect(of('match')).toEqual(bag(cells(matched)))
      },
    )
  })

  it('a deduplication keeps the best row of each key and loses none', async () => {
    const keep = fc.constantFrom<'first' | 'last'>('first', 'last')
    await check(fc.tuple(keep, fc.boolean(), rowsOf(number, number)), async ([kept, ordered, rows]) => {
      const config = { keys: ['a b'], keep: kept, ...(ordered ? { order: [{ column: 'v' }] } : {}) }
      const of = await ports(deduplicate, config, { in: { columns: KV, rows } })
      const groups = Map.groupBy(rows, ([key]) => key ?? null)
      const rank = ([, v]: Row) => (typeof v === 'number' ? v : Number.POSITIVE_INFINITY)
      const best = [...groups.values()].map((members) => {
        const sorted = ordered ? members.toSorted((x, y) => (rank(x) === rank(y) ? 0 : rank(x) - rank(y))) : members
        return (kept === 'first' ? sorted[0] : sorted.at(-1)) ?? []
      })
      const others = [...rows]
      for (const row of best)
        others.splice(
          others.findIndex((other) => String(other) === String(row)),
          1,
        )
      expect(of('out')).toEqual(bag(cells(best)))
      expect(of('duplicates')).toEqual(bag(cells(others)))
    })
  })

  it('a deduplication of whole rows keeps one of each', async () => {
    await check(rowsOf(number, word), async (rows) => {
      const of = await ports(deduplicate, {}, { in: { columns: AB, rows } })
      const different = new Set(bag(cells(rows)))
      expect(of('out')).toEqual([...different].sort())
      expect(of('out').length + of('duplicates').length).toBe(rows.length)
    })
  })

  it('a union has the rows of all its inputs', async () => {
    await check(fc.tuple(rowsOf(number, word), rowsOf(word, number), fc.boolean()), async ([one, two, remove]) => {
      const config = { duplicates: remove ? 'remove' : 'keep' }
      const swapped = columns(['SELECT', 'VARCHAR'], ['a b', 'BIGINT'])
      const of = await ports(union, config, { in_1: { columns: AB, rows: one }, in_2: { columns: swapped, rows: two } })
      const all = bag(cells([...one, ...two.map(([w, n]): Row => [n ?? null, w ?? null])]))
      expect(of('out')).toEqual(remove ? [...new Set(all)].sort() : all)
    })
  })
})
