import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { transpose } from './implementation.ts'

const cell = fc.option(fc.integer({ min: -9, max: 9 }), { nil: null })
const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 })
const columns = ['a', 'a b', 'É'].map((name) => ({ name, type: 'INTEGER' }))

it('turns the table, and turned twice it is what it was', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const once = (await evaluate(transpose, { rows: given.length }, { in: { columns, rows: given } })).out
      const text = (value: number | null | undefined) => (value === null || value === undefined ? null : String(value))
      expect(once?.rows).toEqual(columns.map(({ name }, at) => [name, ...given.map((row) => text(row[at]))]))
      const config = { header: 'column', values: columns.map(({ name }) => ({ value: name })), name_column: 'row' }
      const table = { columns: once?.columns ?? [], rows: once?.rows ?? [] }
      const twice = (await evaluate(transpose, config, { in: table })).out
      expect(twice?.rows).toEqual(given.map((row, index) => [`row_${index + 1}`, ...row.map(text)]))
    }),
    { numRuns: 40 },
  )
})
