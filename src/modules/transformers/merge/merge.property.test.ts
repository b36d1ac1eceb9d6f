import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { merge } from './implementation.ts'

const value = fc.option(fc.constantFrom('', ' ', 'a', 'é b', "'", '{x}', '📦'), { nil: null })

it('merging, compared with a naive reference', async () => {
  const nulls = fc.constantFrom('skip', 'empty', 'null')
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, value, value), { maxLength: 8 }),
      nulls,
      fc.boolean(),
      fc.boolean(),
      async (rows, kind, skipEmpty, template) => {
        const how = template ? { template: '<{c}|{a}>' } : { columns: ['c', 'a', 'b'], separator: ', ' }
        const { out } = await evaluate(
          merge,
          { ...how, nulls: kind, skip_empty: skipEmpty, keep_originals: false, name: 'm' },
          { in: { columns: ['a', 'b', 'c'].map((name) => ({ name, type: 'VARCHAR' })), rows } },
        )
        const expected = rows.map(([a, b, c]) => {
          const known = (template ? [c, a] : [c, a, b]).map((each) =>
            each === null || (skipEmpty && each.trim() === '') ? null : each,
          )
          if (known.every((each) => each === null)) return null
          if (kind === 'null' && known.includes(null)) return null
          if (template) return `<${known[0] ?? ''}|${known[1] ?? ''}>`
          return (kind === 'skip' ? known.filter((each) => each !== null) : known.map((each) => each ?? '')).join(', ')
        })
        expect(out?.rows.map((row) => row.at(-1))).toEqual(expected)
      },
    ),
    { numRuns: 50 },
  )
})
