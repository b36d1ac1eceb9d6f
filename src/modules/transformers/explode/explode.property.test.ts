import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { explode } from './implementation.ts'

const list = fc.option(fc.array(fc.option(fc.integer({ min: 0, max: 9 }), { nil: null }), { maxLength: 3 }), {
  nil: null,
})
const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), list, list), { maxLength: 8 })
const columns = [
  { name: 'id', type: 'INTEGER' },
  { name: 'a b', type: 'INTEGER[]' },
  { name: 'É', type: 'INTEGER[]' },
]

it('goes through the lists side by side', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.boolean(), async (given, drop) => {
      const config = { columns: ['a b', 'É'], empty: drop ? 'drop' : 'keep', position_column: 'p' }
      const { out } = await evaluate(explode, config, { in: { columns, rows: given } })
      const text = (value: number | null | undefined) => (value === null || value === undefined ? null : String(value))
      const expected = given.flatMap(([id, one, two]) => {
        const length = Math.max(one?.length ?? 0, two?.length ?? 0)
        if (length === 0) return drop ? [] : [[text(id), null, null, null]]
        return Array.from({ length }, (_, at) => [text(id), text(one?.[at]), text(two?.[at]), text(at + 1)])
      })
      expect(out?.rows).toEqual(expected)
    }),
    { numRuns: 50 },
  )
})
