import { describe, expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { splitRows } from './implementation.ts'

runFixtures(splitRows, new URL('./fixtures/', import.meta.url))

for (const method of ['exact', 'stable', 'order'])
  runHostile(splitRows, { config: () => ({ method }), accountsFor: ['train', 'test'] })
runHostile(splitRows, { config: ({ value }) => ({ together: [value] }), accountsFor: ['train', 'test'] })

const columns = [
  { name: 'id', type: 'INTEGER' },
  { name: 'g', type: 'VARCHAR' },
  { name: 'customer', type: 'INTEGER' },
]
const rows = Array.from({ length: 1000 }, (_, index) => [index, index % 10 === 0 ? 'rare' : 'usual', index % 100])
const parts = [
  { name: 'train', share: 70 },
  { name: 'test', share: 20 },
  { name: 'check', share: 10 },
]
const split = async (config: object, given: readonly (readonly unknown[])[] = rows) => {
  const results = await evaluate(splitRows, { parts, ...config }, { in: { columns, rows: given } })
  return parts.map(({ name }) => (results[name]?.rows ?? []).map((row) => row.join(':')).sort())
}

describe('a random split', () => {
  it('has exact parts, the same for rows in any order, another with another seed', async () => {
    const one = await split({})
    expect(one.map((part) => part.length)).toEqual([700, 200, 100])
    expect(one.flat().sort()).toEqual(rows.map((row) => row.join(':')).sort())
    expect(await split({}, rows.toReversed())).toEqual(one)
    expect(await split({ seed: 1 })).not.toEqual(one)
  })

  it('keeps the shares in each group', async () => {
    const rare = (await split({ stratify: ['g'] })).map((part) => part.filter((row) => row.includes('rare')).length)
    expect(rare).toEqual([70, 20, 10])
  })

  it('keeps groups together', async () => {
    for (const method of ['exact', 'stable']) {
      const customers = (await split({ together: ['customer'], method })).map(
        (part) => new Set(part.map((row) => row.split(':')[2])),
      )
      expect(
        customers.reduce((sum, part) => sum + part.size, 0),
        method,
      ).toBe(100)
      if (method === 'exact') expect(customers.map((part) => part.size)).toEqual([70, 20, 10])
    }
  })

  it('that draws each row for itself leaves rows where they were when others go', async () => {
    const [train = [], test = []] = await split({ method: 'stable' })
    expect(train.length).toBeGreaterThan(640)
    expect(train.length).toBeLessThan(760)
    const [fewerTrain = [], fewerTest = []] = await split({ method: 'stable' }, rows.slice(0, 300))
    expect(fewerTrain.every((row) => train.includes(row))).toBe(true)
    expect(fewerTest.every((row) => test.includes(row))).toBe(true)
  })
})
