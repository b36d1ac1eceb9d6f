import fc from 'fast-check'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { clean } from './implementation.ts'

const table = (rows: readonly (string | null)[]) => ({
  in: { columns: [{ name: 'v', type: 'VARCHAR' }], rows: rows.map((value) => [value]) },
})
const values = async (steps: readonly object[], rows: readonly (string | null)[]) => {
  const config = { steps: steps.map((step) => ({ columns: ['v'], ...step })), on_error: 'null' }
  const { out } = await evaluate(clean, config, table(rows))
  return out?.rows.map(([value]) => value ?? null)
}

const character = fc.constantFrom('a', 'B', 'é', 'Ö', '1', '٣', ' ', '\t', '\u00a0', '-', "'", '📦', '€', '\u200b', '.')
const word = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(''))
const rows = fc.array(fc.option(word, { nil: null }), { maxLength: 8 })

const BLANK = '[\\s\\u0085\\u180e\\u200b\\u2060\\ufeff]'
const upperFirst = (text: string) => {
  const [first = ''] = text
  return first.toUpperCase() + text.slice(first.length).toLowerCase()
}
/** What each operation does, in the plainest JavaScript. */
const operations: readonly { step: object; reference: (text: string) => string | null }[] = [
  { step: { operation: 'trim' }, reference: (text) => text.replace(new RegExp(`^${BLANK}+|${BLANK}+$`, 'gu'), '') },
  { step: { operation: 'trim', side: 'end' }, reference: (text) => text.replace(new RegExp(`${BLANK}+$`, 'u'), '') },
  { step: { operation: 'collapse' }, reference: (text) => text.replace(new RegExp(`${BLANK}+`, 'gu'), ' ') },
  { step: { operation: 'case', case: 'upper' }, reference: (text) => text.toUpperCase() },
  {
    step: { operation: 'case', case: 'title' },
    reference: (text) => text.replace(/[\p{L}\p{M}\p{N}'’]+/gu, (found) => upperFirst(found)),
  },
  {
    step: { operation: 'case', case: 'sentence' },
    reference: (text) => text.toLowerCase().replace(/\p{L}/u, (found) => found.toUpperCase()),
  },
  {
    step: { operation: 'remove', characters: ['digits'], set: '.-' },
    reference: (text) => text.replace(/[\p{Nd}.-]/gu, ''),
  },
  {
    step: { operation: 'keep', characters: ['letters', 'spaces'] },
    reference: (text) => text.replace(/[^\p{L}\p{M}\s\u200b]/gu, ''),
  },
  { step: { operation: 'normalize', unicode_form: 'nfkc' }, reference: (text) => text.normalize('NFKC') },
  {
    step: { operation: 'empty_to_null' },
    reference: (text) => (new RegExp(`^${BLANK}*$`, 'u').test(text) ? null : text),
  },
  { step: { operation: 'empty_to_null', blank: false }, reference: (text) => text || null },
]

describe('cleaning, compared with a naive reference', () => {
  it('does one operation after the other', async () => {
    const chosen = fc.array(fc.constantFrom(...operations), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(chosen, rows, async (chain, texts) => {
        const expected = texts.map((text) =>
          chain.reduce<string | null>((value, { reference }) => (value === null ? null : reference(value)), text),
        )
        expect(
          await values(
            chain.map(({ step }) => step),
            texts,
          ),
        ).toEqual(expected)
      }),
      { numRuns: 50 },
    )
  })

  it('reads the numbers that it was told how to read, to the last digit, and no others', async () => {
    const number = fc.record({
      negative: fc.boolean(),
      whole: fc.bigInt({ min: 0n, max: 10n ** 16n }),
      cents: fc.integer({ min: 0, max: 99 }),
    })
    const style = fc.constantFrom(['.', ','], [',', '.'], [',', ' '], ['.', "'"], [',', ''])
    await fc.assert(
      fc.asyncProperty(fc.array(number, { maxLength: 8 }), style, style, async (numbers, written, read) => {
        const [decimal = '', group = ''] = written
        const texts = numbers.map(({ negative, whole, cents }) => {
          const grouped = String(whole).replace(/\B(?=(\d{3})+$)/g, group)
          return `${negative ? '-' : ''}${grouped}${decimal}${String(cents).padStart(2, '0')}`
        })
        const exact = numbers.map(({ negative, whole, cents }) => {
          const digits = `${whole}.${String(cents).padStart(2, '0')}`
          return negative && !/^[0.]+$/.test(digits) ? `-${digits}` : digits
        })
        const [point, thousands] = read
        const got = await values([{ operation: 'number', decimal: point, thousands, type: 'DECIMAL(38,2)' }], texts)
        if (point === decimal) {
          const expected = exact.map((value, at) => {
            const used = (numbers[at]?.whole ?? 0n) >= 1000n ? group : ''
            return used === '' || used === thousands ? value : null
          })
          expect(got).toEqual(expected)
        } else {
          // The other way round a number is NULL, never one that is a hundred times too large.
          for (const value of got ?? []) expect(value === null || exact.includes(value)).toBe(true)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('reads a date in the order that was chosen, and only in that one', async () => {
    const day = fc.record({
      year: fc.integer({ min: 1000, max: 9999 }),
      month: fc.integer({ min: 1, max: 13 }),
      day: fc.integer({ min: 1, max: 31 }),
      separator: fc.constantFrom('/', '-', '.', ' '),
      padded: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(day, { maxLength: 10 }), fc.constantFrom('dmy', 'mdy'), async (days, order) => {
        const texts = days.map(({ year, month, day: date, separator, padded }) => {
          const parts = (order === 'dmy' ? [date, month] : [month, date]).map((part) =>
            String(part).padStart(padded ? 2 : 1, '0'),
          )
          return [...parts, year].join(separator)
        })
        const expected = days.map(({ year, month, day: date }) => {
          const iso = `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
          const read = new Date(`${iso}T00:00:00Z`)
          return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(iso) ? iso : null
        })
        expect(await values([{ operation: 'date', order }], texts)).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('reads every number that libphonenumber holds valid, to the same E.164, and makes nothing else than E.164', async () => {
    const countries = ['FR', 'US', 'GB', 'DE', 'IT', 'CH', 'BR', 'RU', 'AR', 'MX', 'JP', 'IN'] as const
    const digits = fc
      .tuple(fc.constantFrom('', '+', '00', '0', '+33', '+1', '0044', '8'), fc.stringMatching(/^[1-9]\d{5,10}$/))
      .map((parts) => parts.join(''))
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...countries), fc.array(digits, { maxLength: 20 }), async (country, texts) => {
        const got = (await values([{ operation: 'phone', country }], texts)) ?? []
        for (const [at, text] of texts.entries()) {
          const parsed = parsePhoneNumberFromString(text, country)
          // It drops a national prefix that follows the country code (+1 1 720 …); here such a number is refused.
          const doubled = /^(\+|00)/.test(text) && parsed?.number !== text.replace(/^00/, '+')
          if (parsed?.isValid() && !doubled && parsed.number.length <= 16)
            expect([text, got[at]]).toEqual([text, parsed.number])
          else expect(got[at] ?? '+1234567').toMatch(/^\+[1-9]\d{4,14}$/)
        }
      }),
      { numRuns: 40 },
    )
  })
})
