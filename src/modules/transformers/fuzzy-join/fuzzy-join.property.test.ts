import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { fuzzyJoin } from './implementation.ts'

const letters = fc.constantFrom('a', 'b', 'c', 'd', ' ', 'é', '日', 'ж')
const seed = fc.array(letters, { maxLength: 14 }).map((list) => list.join(''))
/** Texts that are near each other, since random ones never are. */
const edited = fc
  .tuple(
    seed,
    fc.array(fc.tuple(fc.nat(14), fc.constantFrom('drop', 'add', 'change', 'swap'), letters), { maxLength: 4 }),
  )
  .map(([text, edits]) =>
    edits.reduce((now, [place, edit, letter]) => {
      const list = [...now]
      if (edit === 'add') list.splice(place, 0, letter)
      else if (edit === 'drop') list.splice(place, 1)
      else if (edit === 'change') list.splice(place, 1, letter)
      else list.splice(place, 2, ...list.slice(place, place + 2).reverse())
      return list.join('')
    }, text),
  )
const texts = fc.array(fc.oneof(edited, fc.constantFrom('abc abd', 'abd abc', 'abcabdabc', 'd c b a')), {
  maxLength: 40,
})
const near = texts.chain((list) =>
  fc.tuple(
    fc.constant(list),
    fc.array(fc.oneof(edited, ...(list.length > 0 ? [fc.constantFrom(...list)] : [])), { maxLength: 14 }),
  ),
)

const table = (list: readonly string[], name: string) => ({
  columns: [
    { name, type: 'VARCHAR' },
    { name: `${name}_g`, type: 'INTEGER' },
  ],
  rows: list.map((text, index) => [text, index % 2]),
})
const bag = (list: readonly (readonly unknown[])[] | undefined) => (list ?? []).map((row) => JSON.stringify(row)).sort()

const methods = ['levenshtein', 'damerau_levenshtein', 'token_sort', 'token_set', 'jaccard', 'trigram'] as const

it.each(methods)(
  'blocking loses no pair that %s puts above the threshold',
  async (method) => {
    const threshold = fc.constantFrom(0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1)
    await fc.assert(
      fc.asyncProperty(near, threshold, fc.boolean(), async ([left, right], t, exact) => {
        const config = {
          keys: [{ left: 'x', right: 'y', method }, ...(exact ? [{ left: 'x_g', right: 'y_g', method: 'exact' }] : [])],
          threshold: t,
          matches: 'all',
          keep: 'matched',
        }
        const inputs = { left: table(left, 'x'), right: table(right, 'y') }
        const [blocked, every] = await Promise.all([
          evaluate(fuzzyJoin, config, inputs),
          evaluate(fuzzyJoin, { ...config, blocking: 'none' }, inputs),
        ])
        for (const port of ['match', 'left_rest', 'right_rest'])
          expect(bag(blocked[port]?.rows)).toEqual(bag(every[port]?.rows))
      }),
      { numRuns: 5 },
    )
  },
  120_000,
)

it('blocking loses no pair whose mean of several scores is above the threshold', async () => {
  const method = fc.constantFrom(...methods)
  const weight = fc.constantFrom(1, 2, 5)
  await fc.assert(
    fc.asyncProperty(near, near, method, method, weight, async ([a, c], [b, d], one, two, heavy) => {
      const rows = (x: readonly string[], y: readonly string[]) =>
        Array.from({ length: Math.max(x.length, y.length) }, (_, index) => [x[index] ?? null, y[index] ?? null])
      const columns = ['x', 'y'].map((name) => ({ name, type: 'VARCHAR' }))
      const config = {
        keys: [
          { left: 'x', right: 'x', method: one, weight: heavy },
          { left: 'y', right: 'y', method: two },
        ],
        threshold: 0.6,
        matches: 'all',
      }
      const inputs = { left: { columns, rows: rows(a, b) }, right: { columns, rows: rows(c, d) } }
      const blocked = await evaluate(fuzzyJoin, config, inputs)
      const every = await evaluate(fuzzyJoin, { ...config, blocking: 'none' }, inputs)
      expect(bag(blocked.match?.rows)).toEqual(bag(every.match?.rows))
    }),
    { numRuns: 5 },
  )
}, 120_000)

/** Edits between two texts, in the plainest way. */
function distance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)])
  for (let j = 0; j <= b.length; j++) (rows[0] ?? [])[j] = j
  const at = (i: number, j: number) => rows[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++)
      (rows[i] ?? [])[j] = Math.min(
        at(i - 1, j) + 1,
        at(i, j - 1) + 1,
        at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
      )
  return at(a.length, b.length)
}

it('takes the most alike right row, by a search through all of them', async () => {
  const plain = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 8 }), {
    maxLength: 10,
  })
  await fc.assert(
    fc.asyncProperty(plain, plain, fc.constantFrom(0.5, 0.7, 0.9), async (left, right, threshold) => {
      const inputs = { left: table(left, 'x'), right: table(right, 'y') }
      const result = await evaluate(fuzzyJoin, { keys: [{ left: 'x', right: 'y' }], threshold }, inputs)
      const expected = left.map((text, index) => {
        const found = right
          .map((other, place) => ({
            other,
            place: place % 2,
            score: 1 - distance(text, other) / Math.max(text.length, other.length),
          }))
          .filter(({ score }) => score >= threshold - 1e-9)
          .sort((p, q) => q.score - p.score || (p.other < q.other ? -1 : p.other > q.other ? 1 : p.place - q.place))[0]
        return [
          text,
          String(index % 2),
          found?.other ?? null,
          found ? String(found.place) : null,
          found?.score.toFixed(9) ?? null,
        ]
      })
      const actual = result.match?.rows.map((row) => [...row.slice(0, 4), row[4] ? Number(row[4]).toFixed(9) : null])
      expect(bag(actual)).toEqual(bag(expected))
    }),
    { numRuns: 5 },
  )
}, 120_000)
