import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { split } from './implementation.ts'

const text = fc.option(
  fc
    .array(fc.constantFrom('a', 'é', '📦', ',', ';', ' ', "'", '.'), { maxLength: 9 })
    .map((characters) => characters.join('')),
  { nil: null },
)
const table = (texts: readonly (string | null)[]) => ({
  in: { columns: [{ name: 'v', type: 'VARCHAR' }], rows: texts.map((value) => [value]) },
})
const trim = (value: string) => value.replaceAll(/^ +| +$/g, '')

it('splitting by separators into columns and rows, compared with a naive reference', async () => {
  const delimiters = fc.uniqueArray(fc.constantFrom(',', ';', ', ', '.'), { minLength: 1, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 8 }),
      delimiters,
      fc.integer({ min: 1, max: 3 }),
      async (texts, separators, count) => {
        const pattern = new RegExp(
          separators
            .toSorted((a, b) => b.length - a.length)
            .map((each) => each.replace('.', '\\.'))
            .join('|'),
          'g',
        )
        const partsOf = (value: string) => value.split(pattern)
        const columns = texts.map((value) => {
          const parts = value === null ? [] : partsOf(value)
          return Array.from({ length: count }, (_, index) => {
            let part = parts[index]
            if (value !== null && index === count - 1 && parts.length > count) {
              const ends = [...value.matchAll(pattern)].map((match) => match.index + match[0].length)
              part = value.slice(ends[index - 1] ?? 0)
            }
            return part === undefined || trim(part) === '' ? null : trim(part)
          })
        })
        const wide = await evaluate(split, { column: 'v', delimiters: separators, count }, table(texts))
        expect(wide.out?.rows).toEqual(columns)

        const long = await evaluate(split, { column: 'v', delimiters: separators, into: 'rows' }, table(texts))
        const rows = texts.flatMap((value) =>
          value === null ? [null] : partsOf(value).map((part) => trim(part) || null),
        )
        expect(long.out?.rows.map(([value]) => value)).toEqual(rows)
      },
    ),
    { numRuns: 60 },
  )
})

it('parts counted from the right are those counted from the left, the other way round', async () => {
  const separators = fc.constantFrom([','], [';', ', '], [',', ';'])
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { maxLength: 8 }),
      separators,
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (texts, delimiters, count, skip) => {
        const pattern = new RegExp(delimiters.toSorted((a, b) => b.length - a.length).join('|'), 'g')
        const expected = texts.map((value) => {
          if (value === null) return Array.from({ length: count }, () => null)
          const places: { from: number; to: number }[] = []
          let from = 0
          for (const match of value.matchAll(pattern)) {
            places.push({ from, to: match.index })
            from = match.index + match[0].length
          }
          places.push({ from, to: value.length })
          const counted = places.filter((place) => !skip || trim(value.slice(place.from, place.to)) !== '')
          return Array.from({ length: count }, (_, index) => {
            const place = counted.at(index - count)
            if (!place || counted.length < count - index) return null
            const start = index === 0 && counted.length > count ? (counted[0]?.from ?? 0) : place.from
            return trim(value.slice(start, place.to)) || null
          })
        })
        const config = { column: 'v', delimiters, count, count_from: 'end', skip_empty: skip }
        const { out } = await evaluate(split, config, table(texts))
        expect(out?.rows).toEqual(expected)
      },
    ),
    { numRuns: 60 },
  )
})
