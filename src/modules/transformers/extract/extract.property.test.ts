import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { extract } from './implementation.ts'

const text = fc.option(
  fc
    .array(fc.constantFrom('a', 'B', 'é', '1', '22', '-', ' ', '📦', "'"), { maxLength: 10 })
    .map((characters) => characters.join('')),
  { nil: null },
)
const patterns = ['\\d+', '([a-z]+)-?(\\d)?', 'é|📦', '(?:a|B)(.)', "^.?'"]

it('extracting, compared with a naive reference', async () => {
  const matches = fc.constantFrom('first', 'last', 'list', 'rows', 'count')
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 8 }),
      fc.constantFrom(...patterns),
      matches,
      async (texts, pattern, kind) => {
        const { out } = await evaluate(
          extract,
          { column: 'v', pattern, matches: kind, keep_original: false },
          { in: { columns: [{ name: 'v', type: 'VARCHAR' }], rows: texts.map((value) => [value]) } },
        )
        const groups = (new RegExp(`${pattern}|`, 'u').exec('')?.length ?? 1) - 1
        const wanted = groups === 0 ? [0] : Array.from({ length: groups }, (_, index) => index + 1)
        const expected = texts.flatMap((value) => {
          const found = [...(value ?? '').matchAll(new RegExp(pattern, 'gu'))].map((match) =>
            wanted.map((group) => match[group] ?? null),
          )
          const nothing = wanted.map(() => null)
          if (value === null) return [kind === 'count' ? [null] : nothing]
          if (kind === 'count') return [[String(found.length)]]
          if (kind === 'list') return [wanted.map((_, at) => JSON.stringify(found.map((match) => match[at])))]
          if (kind === 'rows') return found.length > 0 ? found : [nothing]
          return [(kind === 'first' ? found[0] : found.at(-1)) ?? nothing]
        })
        expect(out?.rows).toEqual(expected)
      },
    ),
    { numRuns: 60 },
  )
})
