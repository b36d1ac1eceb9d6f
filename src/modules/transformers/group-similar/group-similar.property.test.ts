import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { groupSimilar } from './implementation.ts'

const word = fc.option(fc.constantFrom('ann', 'anna', 'anne', 'hanna', 'Ann', 'bob', 'bo b', 'bobby', 'carl'), {
  nil: null,
})
const columns = [{ name: 'a b', type: 'VARCHAR' }]
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row.at(-1) ?? 0
}

it('follows the best neighbour to the value that stands for the group', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 16 }), async (words) => {
      const config = { column: 'a b', method: 'edit', distance: 1, same_start: 0, name: 'g' }
      const { out } = await evaluate(groupSimilar, config, { in: { columns, rows: words.map((each) => [each]) } })
      const key = (value: string) => value.toLowerCase().replaceAll(/[^a-z]/g, '')
      const present = words.filter((each) => each !== null)
      const counts = Map.groupBy(present, key)
      const size = (k: string) => counts.get(k)?.length ?? 0
      const root = (k: string): string => {
        const better = [...counts.keys()].filter(
          (other) => edits(k, other) <= 1 && (size(other) > size(k) || (size(other) === size(k) && other < k)),
        )
        const best = better.sort((a, b) => size(b) - size(a) || compare(a, b))[0]
        return best === undefined ? k : root(best)
      }
      const spellings = Map.groupBy(present, (each) => each)
      const canonical = (value: string) =>
        [...spellings]
          .filter(([each]) => root(key(each)) === root(key(value)))
          .sort(([a, m], [b, n]) => n.length - m.length || compare(a, b))[0]?.[0]
      const expected = words.map((each) => JSON.stringify([each, each === null ? null : canonical(each)]))
      expect(out?.rows.map((row) => JSON.stringify(row)).sort()).toEqual(expected.sort())
    }),
    { numRuns: 40 },
  )
})
