import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { replace } from './implementation.ts'

const character = fc.constantFrom('a', 'b', 'A', 'é', 'É', '.', '\\', '$', '1', '(', ']', '^', "'", '-', '📦')
const word = (minLength: number, maxLength: number) =>
  fc.array(character, { minLength, maxLength }).map((characters) => characters.join(''))

it('finding and replacing plain text, compared with a naive reference', async () => {
  const rule = fc.record({
    find: word(1, 2),
    replace: word(0, 3),
    where: fc.constantFrom('anywhere', 'word', 'cell', 'start', 'end'),
    occurrences: fc.constantFrom('all', 'first'),
    case_insensitive: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(
      fc.array(rule, { minLength: 1, maxLength: 3 }),
      fc.array(word(0, 8), { maxLength: 8 }),
      async (rules, texts) => {
        const { out } = await evaluate(
          replace,
          { rules: rules.map((each) => ({ columns: ['v'], ...each })) },
          { in: { columns: [{ name: 'v', type: 'VARCHAR' }], rows: texts.map((value) => [value]) } },
        )
        const expected = texts.map((text) =>
          rules.reduce((value, { find, replace: by, where, occurrences, case_insensitive }) => {
            const inner = find.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
            const beside = '[\\p{L}\\p{M}\\p{N}_]'
            // An edge of what is sought that is no part of a word needs no edge of a word.
            const before = new RegExp(`^${beside}`, 'u').test(find) ? `(?<!${beside})` : ''
            const after = new RegExp(`${beside}$`, 'u').test(find) ? `(?!${beside})` : ''
            const word = `${before}${inner}${after}`
            const pattern =
              { anywhere: inner, word, cell: `^${inner}$`, start: `^${inner}`, end: `${inner}$` }[where] ?? ''
            const flags = `u${occurrences === 'all' ? 'g' : ''}${case_insensitive ? 'i' : ''}`
            return value.replace(new RegExp(pattern, flags), () => by)
          }, text),
        )
        expect(out?.rows.map(([value]) => value)).toEqual(expected)
      },
    ),
    { numRuns: 60 },
  )
})
