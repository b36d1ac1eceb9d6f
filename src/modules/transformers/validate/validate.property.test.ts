import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { validate } from './implementation.ts'

type Row = readonly [number | null, string | null]

const rows = fc.array(
  fc.tuple(
    fc.option(fc.integer({ min: -3, max: 3 }), { nil: null }),
    fc.option(fc.constantFrom('', 'a', 'A', 'bb', '📦', "'"), { nil: null }),
  ),
  { maxLength: 12 },
)
const rule = fc.constantFrom('not_null', 'not_empty', 'unique', 'range', 'set', 'length', 'reference', 'expression')

/** Whether a row breaks a rule, said in the plainest way. */
function breaks(kind: string, [n, t]: Row, all: readonly Row[], known: readonly Row[]): boolean {
  switch (kind) {
    case 'not_null':
      return n === null || t === null
    case 'not_empty':
      return t === null || t === ''
    case 'unique':
      return n !== null && t !== null && all.filter(([a, b]) => a === n && b === t).length > 1
    case 'range':
      return n !== null && (n < -1 || n > 2)
    case 'set':
      return t !== null && t !== 'a' && t !== '📦'
    case 'length':
      return t !== null && [...t].length > 1
    case 'reference':
      return n !== null && !known.some(([a]) => a === n)
    default:
      return n === null || n % 2 !== 0
  }
}

const configOf = (kind: string) =>
  ({
    not_null: { check: kind, columns: ['n', 'select'] },
    not_empty: { check: kind, columns: ['select'] },
    unique: { check: kind, columns: ['n', 'select'] },
    range: { check: kind, columns: ['n'], min: '-1', max: '2' },
    set: { check: kind, columns: ['select'], values: ['a', '📦'] },
    length: { check: kind, columns: ['select'], max: '1' },
    reference: { check: kind, columns: ['n'], input: 'known' },
    expression: { check: kind, expression: 'n % 2 = 0' },
  })[kind]

it('each row leaves by exactly one port, as a naive reference decides', async () => {
  const columns = [
    { name: 'n', type: 'INTEGER' },
    { name: 'select', type: 'VARCHAR' },
  ]
  const bag = (list: readonly (readonly unknown[])[]) =>
    list.map(([n, t]) => JSON.stringify([n === null ? null : String(n), t])).sort()
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(rule, { minLength: 1, maxLength: 3 }), rows, rows, async (kinds, all, known) => {
      const results = await evaluate(
        validate,
        { rules: kinds.map(configOf) },
        { in: { columns, rows: all }, known: { columns, rows: known } },
      )
      const isBroken = (row: Row) => kinds.some((kind) => breaks(kind, row, all, known))
      expect(bag(results.pass?.rows ?? [])).toEqual(bag(all.filter((row) => !isBroken(row))))
      expect(bag(results.reject?.rows ?? [])).toEqual(bag(all.filter(isBroken)))
      for (const row of results.reject?.rows ?? []) expect(JSON.parse(row[2] ?? '[]')).not.toEqual([])
    }),
    { numRuns: 60 },
  )
})
