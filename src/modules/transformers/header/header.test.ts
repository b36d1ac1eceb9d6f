import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate, sharedSession } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { raw } from '../../kit/sql.ts'
import { header } from './implementation.ts'

runFixtures(header, new URL('./fixtures/', import.meta.url))
runHostile(header, { config: ({ id }) => ({ names: [{ column: id, name: 'made' }], changed: 'ignore' }) })

async function suggested(rows: readonly (readonly (string | null)[])[], row: number) {
  const columns = ['a b', 'select', 'c'].map((name) => ({ name, type: 'VARCHAR' }))
  const session = await sharedSession()
  await session.execute(raw('CREATE OR REPLACE TEMP TABLE suggesting("a b" VARCHAR, "select" VARCHAR, c VARCHAR)'))
  const text = (value: string | null) => (value === null ? 'NULL' : `'${value.replaceAll("'", "''")}'`)
  for (const values of rows)
    await session.execute(raw(`INSERT INTO suggesting VALUES (${values.map(text).join(', ')})`))
  const suggestion = header.suggest?.names?.({
    nodeId: 'node',
    config: header.descriptor.config.parse({ row }),
    inputs: new Map([['in', { name: raw('suggesting'), columns }]]),
    parameters: new Map(),
    facts: undefined,
  })
  if (!suggestion) throw new Error('no suggestion')
  return suggestion.change((await session.query(suggestion.query)).rows)
}

const cell = fc.option(fc.constantFrom('', 'x', 'X', ' x ', 'é 📦', "it's", 'x_2', 'column_2'), { nil: null })

it('the names that are taken from a row fit it, and what is below is left, whatever the row says', async () => {
  const table = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(table, fc.nat(), async (rows, seed) => {
      const row = 1 + (seed % rows.length)
      const { names } = await suggested(rows, row)
      const columns = ['a b', 'select', 'c'].map((name) => ({ name, type: 'VARCHAR' }))
      const { out } = await evaluate(header, { row, names }, { in: { columns, rows } })
      expect(out?.rows).toEqual(rows.slice(row))
      const made = out?.columns.map(({ name }) => name.toLowerCase()) ?? []
      expect(new Set(made).size).toBe(3)
      made.forEach((name, index) => {
        const said = rows[row - 1]?.[index]?.trim().toLowerCase()
        expect(name.startsWith(said || `column_${index + 1}`)).toBe(true)
      })
    }),
    { numRuns: 40 },
  )
})
