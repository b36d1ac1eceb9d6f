import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { flatten } from './implementation.ts'

interface Inner {
  readonly c: string | null
  readonly d: readonly (number | null)[] | null
}
interface Outer {
  readonly a: number | null
  readonly b: Inner | null
}

const number = fc.option(fc.integer({ min: -9, max: 9 }), { nil: null })
const inner: fc.Arbitrary<Inner> = fc.record({
  c: fc.option(fc.constantFrom('', 'x', "y'", '📦', 'NULL'), { nil: null }),
  d: fc.option(fc.array(number, { maxLength: 3 }), { nil: null }),
})
const outer: fc.Arbitrary<Outer | null> = fc.option(fc.record({ a: number, b: fc.option(inner, { nil: null }) }), {
  nil: null,
})

it('has each field in a column of its own, as a naive walk finds it', async () => {
  const columns = [
    { name: 'id', type: 'INTEGER' },
    { name: 's', type: 'STRUCT(a INTEGER, b STRUCT(c VARCHAR, d INTEGER[]))' },
  ]
  await fc.assert(
    fc.asyncProperty(fc.array(outer, { maxLength: 8 }), fc.boolean(), async (values, prefix) => {
      const rows = values.map((value, index) => [index, value])
      const { out } = await evaluate(flatten, { columns: ['s'], prefix }, { in: { columns, rows } })
      const names = prefix ? ['id', 's_a', 's_b_c', 's_b_d'] : ['id', 'a', 'b_c', 'b_d']
      expect(out?.columns.map(({ name }) => name)).toEqual(names)
      const cell = (value: unknown) =>
        value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)
      expect(out?.rows).toEqual(values.map((value, index) => [index, value?.a, value?.b?.c, value?.b?.d].map(cell)))
    }),
    { numRuns: 40 },
  )
})
