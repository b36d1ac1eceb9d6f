import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { switchStep } from './implementation.ts'

runFixtures(switchStep, new URL('./fixtures/', import.meta.url))

runHostile(switchStep, {
  config: ({ value }) => {
    const column = `"${value.replaceAll('"', '""')}"`
    return {
      cases: [
        { port: 'known', condition: `${column} IS NOT NULL` },
        { port: 'never', condition: 'FALSE' },
      ],
    }
  },
  accountsFor: ['known', 'never', 'otherwise'],
})

it('puts every row in the port of the first limit that it reaches', async () => {
  const limits = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 1, maxLength: 4 })
  const values = fc.array(fc.option(fc.integer({ min: -4, max: 4 }), { nil: null }), { maxLength: 10 })
  await fc.assert(
    fc.asyncProperty(limits, values, async (bounds, rows) => {
      const cases = bounds.map((bound, index) => ({ port: `p${index}`, condition: `x >= ${bound}` }))
      const table = { columns: [{ name: 'x', type: 'INTEGER' }], rows: rows.map((value) => [value]) }
      const results = await evaluate(switchStep, { cases }, { in: table })
      const portOf = (value: number | null) => {
        const found = bounds.findIndex((bound) => value !== null && value >= bound)
        return found < 0 ? 'otherwise' : `p${found}`
      }
      for (const port of ['otherwise', ...cases.map((each) => each.port)]) {
        const expected = rows
          .filter((value) => portOf(value) === port)
          .map((value) => (value === null ? null : String(value)))
        expect((results[port]?.rows ?? []).map(([cell]) => cell).sort()).toEqual(expected.sort())
      }
    }),
    { numRuns: 40 },
  )
})
