import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Cell } from '../../shared/engine/types.ts'
import { type AnyRelationModule, evaluate } from '../kit/harness.ts'
import { contract } from './contract/implementation.ts'
import { formula } from './formula/implementation.ts'
import { limit } from './limit/implementation.ts'
import { nest } from './nest/implementation.ts'
import { rank } from './rank/implementation.ts'
import { sample } from './sample/implementation.ts'
import { select } from './select/implementation.ts'
import { sort } from './sort/implementation.ts'
import { splitRows } from './split-rows/implementation.ts'
import { sqlStep } from './sql/implementation.ts'

// Steps that work on the rows of one table, each against a few lines of TypeScript that say the same in the plainest way.

type Row = readonly [id: number, g: string | null, x: number | null]

const COLUMNS = [
  { name: 'id', type: 'INTEGER' },
  { name: 'select', type: 'VARCHAR' },
  { name: 'x y', type: 'INTEGER' },
]
/** `id` counts the rows, so that every row can be told from every other. */
const tables = fc
  .array(
    fc.tuple(
      fc.option(fc.constantFrom('', 'a', 'B', 'b', '📦', "q'"), { nil: null }),
      fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
    ),
    { maxLength: 14 },
  )
  .map((rows) => rows.map(([g, x], index): Row => [index, g, x]))

const check = <T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, property), { numRuns: 40 })
const cell = (value: string | number | null): Cell => (value === null ? null : String(value))
const cells = (rows: readonly (readonly (string | number | null)[])[]) => rows.map((row) => row.map(cell))
const bag = (rows: readonly (readonly unknown[])[] | undefined) => (rows ?? []).map((row) => JSON.stringify(row)).sort()
async function portsOf(module: AnyRelationModule, config: unknown, rows: readonly Row[]) {
  const results = await evaluate(module, config, { in: { columns: COLUMNS, rows } })
  return (port = 'out') => results[port]?.rows ?? []
}

describe('compared with a naive reference', () => {
  it('select keeps, renames and casts, and rejects what does not fit', async () => {
    await check(tables, async (rows) => {
      const config = {
        columns: [{ column: 'x y', name: 'n', type: 'UTINYINT' }, { column: 'select' }],
        others: 'drop',
        on_error: 'reject',
      }
      const of = await portsOf(select, config, rows)
      const fits = ([, , x]: Row) => x === null || x >= 0
      expect(of()).toEqual(cells(rows.filter(fits).map(([, g, x]) => [x, g])))
      expect(bag(of('reject').map((row) => row.slice(0, 3)))).toEqual(bag(cells(rows.filter((row) => !fits(row)))))
    })
  })

  it('a formula sees the results of those before it, and keeps every row in its place', async () => {
    await check(tables, async (rows) => {
      const config = {
        formulas: [
          { name: 'x y', expression: '"x y" + 1' },
          { name: 'sum', expression: '"x y" + id' },
        ],
      }
      const of = await portsOf(formula, config, rows)
      const plus = (x: number | null, more: number) => (x === null ? null : x + more)
      expect(of()).toEqual(cells(rows.map(([id, g, x]) => [id, g, plus(x, 1), plus(x, 1 + id)])))
    })
  })

  it('a limit takes the rows in their order', async () => {
    await check(fc.tuple(tables, fc.nat(16), fc.nat(6)), async ([rows, count, offset]) => {
      const of = await portsOf(limit, { rows: count, offset }, rows)
      expect(of()).toEqual(cells(rows.slice(offset, offset + count)))
    })
  })

  it('a sort orders by each key in turn, empty values where they are wanted', async () => {
    const direction = fc.constantFrom('asc', 'desc')
    const nulls = fc.constantFrom('first', 'last')
    await check(fc.tuple(tables, direction, nulls), async ([rows, dir, empty]) => {
      const keys = [
        { column: 'x y', direction: dir, nulls: empty },
        { column: 'id', direction: 'desc' },
      ]
      const of = await portsOf(sort, { keys }, rows)
      const byX = (a: number | null, b: number | null) => {
        if (a === b) return 0
        if (a === null || b === null) return (a === null) === (empty === 'first') ? -1 : 1
        return dir === 'asc' ? a - b : b - a
      }
      expect(of()).toEqual(cells(rows.toSorted((a, b) => byX(a[2], b[2]) || b[0] - a[0])))
    })
  })

  it('a rank counts the better ones of its group', async () => {
    const method = fc.constantFrom('rank', 'dense', 'last')
    await check(fc.tuple(tables, method), async ([rows, how]) => {
      const config = {
        order: [{ column: 'x y', direction: 'desc' }],
        group_by: ['select'],
        method: how,
        name: 'place',
        rank_empty: false,
      }
      const of = await portsOf(rank, config, rows)
      const place = ([, g, x]: Row): number | null => {
        if (x === null) return null
        const others = rows.flatMap(([, group, value]) => (group === g && value !== null ? [value] : []))
        const better = others.filter((value) => value > x)
        if (how === 'dense') return new Set(better).size + 1
        return how === 'rank' ? better.length + 1 : others.filter((value) => value >= x).length
      }
      expect(bag(of())).toEqual(bag(cells(rows.map((row) => [...row, place(row)]))))
    })
  })

  it('a nesting holds every row of its group, in order', async () => {
    await check(tables, async (rows) => {
      const config = {
        mode: 'rows',
        group_by: ['select'],
        columns: ['id', 'x y'],
        name: 'all',
        order: [{ column: 'id', direction: 'desc' }],
      }
      const of = await portsOf(nest, config, rows)
      const groups = Map.groupBy(rows, ([, g]) => g)
      const expected = [...groups].map(([g, members]) => [
        g,
        members.toSorted((a, b) => b[0] - a[0]).map(([id, , x]) => ({ id, 'x y': x })),
      ])
      expect(bag(of().map(([g, all]) => [g, JSON.parse(all ?? '[]')]))).toEqual(bag(expected))
    })
  })

  it('a sample takes as many as it should, the rest are the others, and the same seed the same ones', async () => {
    const mode = fc.constantFrom('random', 'first', 'last', 'every')
    await check(fc.tuple(tables, mode, fc.integer({ min: 1, max: 5 }), fc.nat(3)), async ([rows, how, count, seed]) => {
      const config = { mode: how, rows: count, seed }
      const of = await portsOf(sample, config, rows)
      expect(bag([...of(), ...of('rest')])).toEqual(bag(cells(rows)))
      expect((await portsOf(sample, config, rows))()).toEqual(of())
      const taken = {
        random: undefined,
        first: rows.slice(0, count),
        last: rows.slice(-count),
        every: rows.filter((_, index) => index % count === 0),
      }[how]
      if (taken) expect(bag(of())).toEqual(bag(cells(taken)))
      else expect(of().length).toBe(Math.min(count, rows.length))
    })
  })

  it('a split loses no row, in parts of exact sizes', async () => {
    await check(fc.tuple(tables, fc.integer({ min: 1, max: 9 })), async ([rows, share]) => {
      const parts = [
        { name: 'a', share },
        { name: 'b', share: 10 - share },
      ]
      const of = await portsOf(splitRows, { parts }, rows)
      expect(bag([...of('a'), ...of('b')])).toEqual(bag(cells(rows)))
      expect(Math.abs(of('a').length - (rows.length * share) / 10)).toBeLessThan(1)
    })
  })

  it('a contract lets through what fits, in its order, and rejects the rest', async () => {
    await check(tables, async (rows) => {
      const config = {
        columns: [
          { name: 'x y', type: 'UTINYINT', required: true },
          { name: 'ID', type: 'BIGINT' },
        ],
        types: 'convert',
        extra: 'drop',
        on_error: 'reject',
      }
      const of = await portsOf(contract, config, rows)
      const fits = ([, , x]: Row) => x !== null && x >= 0
      expect(bag(of())).toEqual(bag(cells(rows.filter(fits).map(([id, , x]) => [x, id]))))
      expect(bag(of('reject').map((row) => row.slice(0, 3)))).toEqual(bag(cells(rows.filter((row) => !fits(row)))))
    })
  })

  it('SQL sees its inputs as tables', async () => {
    await check(fc.tuple(tables, tables), async ([left, right]) => {
      const inputs = { a: { columns: COLUMNS, rows: left }, b: { columns: COLUMNS, rows: right } }
      const sql = 'SELECT a.id, b."x y" FROM a JOIN b ON a.id = b.id WHERE b."x y" > 0'
      const results = await evaluate(sqlStep, { sql }, inputs)
      const expected = left.flatMap(([id]) =>
        right.filter(([other, , x]) => other === id && x !== null && x > 0).map(([, , x]) => [id, x]),
      )
      expect(bag(results.out?.rows)).toEqual(bag(cells(expected)))
    })
  })
})
