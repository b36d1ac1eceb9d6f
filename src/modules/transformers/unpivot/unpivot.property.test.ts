import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { unpivot } from './implementation.ts'

const cell = fc.option(fc.integer({ min: -9, max: 9 }), { nil: null })
const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 8 })
const names = ['a b', 'select', 'É']
const columns = names.map((name) => ({ name, type: 'INTEGER' }))

it('gives a row for each value, in the order of rows and columns', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.subarray(names, { minLength: 1 }), fc.boolean(), async (given, chosen, drop) => {
      const config = { columns: chosen, empty: drop ? 'drop' : 'keep', name_column: 'n', value_column: 'v' }
      const { out } = await evaluate(unpivot, config, { in: { columns, rows: given } })
      const text = (value: number | null | undefined) => (value === null || value === undefined ? null : String(value))
      const expected = given.flatMap((row) => {
        const kept = names.flatMap((name, at) => (chosen.includes(name) ? [] : [text(row[at])]))
        return names.flatMap((name, at) => {
          const value = text(row[at])
          return chosen.includes(name) && !(drop && value === null) ? [[...kept, name, value]] : []
        })
      })
      expect(out?.rows).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})
