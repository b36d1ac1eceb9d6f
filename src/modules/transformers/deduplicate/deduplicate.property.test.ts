import fc from 'fast-check'
import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { deduplicate } from './implementation.ts'

const word = fc.option(fc.constantFrom('ann', 'anna', 'hanna', 'Ann', 'bob', 'bo b', 'bobby', ''), { nil: null })
const town = fc.option(fc.constantFrom('x', 'y'), { nil: null })
const columns = [
  { name: 'a b', type: 'VARCHAR' },
  { name: 'select', type: 'VARCHAR' },
  { name: 'n', type: 'INTEGER' },
]
type Row = readonly [string | null, string | null, number]
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** Edits of letters, the plainest way. */
const edits = (a: string, b: string): number => {
  if (a === '' || b === '') return a.length + b.length
  const [rest, other] = [a.slice(1), b.slice(1)]
  if (a[0] === b[0]) return edits(rest, other)
  return 1 + Math.min(edits(rest, b), edits(a, other), edits(rest, other))
}
const key = (value: string) => value.toLowerCase().replaceAll(/[^a-z]/g, '')

/** What stands for the value among those of its town. */
function rootOf(value: string, among: readonly string[]): string {
  const counts = Map.groupBy(among, key)
  const size = (k: string) => counts.get(k)?.length ?? 0
  const root = (k: string): string => {
    const better = [...counts.keys()].filter(
      (each) => edits(k, each) <= 1 && (size(each) > size(k) || (size(each) === size(k) && each < k)),
    )
    const best = better.sort((a, b) => size(b) - size(a) || compare(a, b))[0]
    return best === undefined ? k : root(best)
  }
  return root(key(value))
}

it('keeps one row of each group of similar values within equal keys', async () => {
  const tables = fc.array(fc.tuple(town, word), { maxLength: 14 })
  await fc.assert(
    fc.asyncProperty(tables, fc.constantFrom('first', 'last', 'none'), async (pairs, keep) => {
      const rows = pairs.map(([at, name], index): Row => [at, name, index])
      const config = {
        keys: ['a b'],
        similar: [{ column: 'select', method: 'edit', distance: 1, same_start: 0 }],
        keep,
        order: keep === 'last' ? [{ column: 'n' }] : [],
      }
      const found = await evaluate(deduplicate, config, { in: { columns, rows } })
      const group = ([at, name]: Row): string => {
        const among = rows.flatMap(([other, each]) => (other === at && each !== null ? [each] : []))
        return JSON.stringify([at, name === null ? null : rootOf(name, among)])
      }
      const kept = [...Map.groupBy(rows, group).values()].flatMap((of) =>
        keep === 'none' ? (of.length === 1 ? of : []) : of.slice(...(keep === 'first' ? [0, 1] : [-1])),
      )
      const numbers = (port: string) => found[port]?.rows.map((row) => Number(row[2])).sort((a, b) => a - b)
      const expected = kept.map(([, , n]) => n).sort((a, b) => a - b)
      expect(numbers('out')).toEqual(expected)
      expect(numbers('duplicates')).toEqual(rows.map(([, , n]) => n).filter((n) => !expected.includes(n)))
    }),
    { numRuns: 40 },
  )
})
