import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { mapValues } from './implementation.ts'

const word = fc.constantFrom('', 'a', 'A', "b'", 'été', 'ÉTÉ', '📦', ' a', 'NULL')

it('mapping values, compared with a naive reference', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(word, fc.option(word, { nil: undefined })), {
        selector: ([from]) => from.toLowerCase(),
        minLength: 1,
      }),
      fc.array(fc.option(word, { nil: null }), { maxLength: 10 }),
      fc.constantFrom('keep', 'null', 'constant', 'reject'),
      fc.boolean(),
      async (pairs, rows, others, insensitive) => {
        const fold = (text: string) => (insensitive ? text.toLowerCase() : text)
        const of = (value: string): string | null | undefined => {
          const pair = pairs.find(([from]) => fold(from) === fold(value))
          if (pair) return pair[1] ?? null
          return { keep: value, null: null, constant: 'other', reject: undefined }[others]
        }
        const { out, reject } = await evaluate(
          mapValues,
          {
            columns: ['v'],
            mapping: pairs.map(([from, to]) => ({ from, ...(to === undefined ? {} : { to }) })),
            others,
            other: 'other',
            case_insensitive: insensitive,
          },
          { in: { columns: [{ name: 'v', type: 'VARCHAR' }], rows: rows.map((value) => [value]) } },
        )
        const mapped = rows.map((value) => (value === null ? null : of(value)))
        expect(out?.rows.map(([value]) => value)).toEqual(mapped.filter((value) => value !== undefined))
        expect(reject?.rows.map(([value]) => value)).toEqual(rows.filter((_, at) => mapped[at] === undefined))
      },
    ),
    { numRuns: 50 },
  )
})
