import { describe, expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { sample } from './implementation.ts'

runFixtures(sample, new URL('./fixtures/', import.meta.url))

const columns = [
  { name: 'id', type: 'INTEGER' },
  { name: 'group', type: 'VARCHAR' },
]
const rows = Array.from({ length: 1000 }, (_, index) => [index % 500, index % 10 === 0 ? 'rare' : 'usual'])
const ids = async (config: unknown, order = rows) => {
  const { out } = await evaluate(sample, config, { in: { columns, rows: order } })
  return (out?.rows ?? []).map((row) => row.join(':')).sort()
}

describe('a random sample', () => {
  it('is the same whatever the order of the rows, and another with another seed', async () => {
    const one = await ids({ mode: 'random', rows: 50, seed: 1 })
    expect(one).toHaveLength(50)
    expect(await ids({ mode: 'random', rows: 50, seed: 1 }, rows.toReversed())).toEqual(one)
    expect(await ids({ mode: 'random', rows: 50, seed: 2 })).not.toEqual(one)
  })

  it('of a share takes about that share, and counts equal rows one by one', async () => {
    const half = await ids({ mode: 'fraction', fraction: 0.5 })
    expect(half.length).toBeGreaterThan(430)
    expect(half.length).toBeLessThan(570)
    expect(new Set(half).size).toBeLessThan(half.length)
    const same = Array.from({ length: 1000 }, () => [1, 'x'])
    const ofEqual = await ids({ mode: 'fraction', fraction: 0.5 }, same)
    expect(ofEqual.length).toBeGreaterThan(430)
    expect(ofEqual.length).toBeLessThan(570)
  })

  it('takes its number or share of each group', async () => {
    const seven = await ids({ mode: 'random', rows: 7, per: ['group'] })
    expect(seven.filter((id) => id.endsWith('rare'))).toHaveLength(7)
    expect(seven).toHaveLength(14)
    const tenth = await ids({ mode: 'fraction', fraction: 0.101, per: ['group'] })
    expect(tenth.filter((id) => id.endsWith('rare'))).toHaveLength(11)
    expect(tenth.filter((id) => id.endsWith('usual'))).toHaveLength(91)
  })
})

describe('what is not sampled', () => {
  it('leaves by rest: every row leaves by exactly one port', async () => {
    const all = rows.map((row) => row.join(':')).sort()
    const configs = [
      { mode: 'random', rows: 50 },
      { mode: 'random', rows: 5, per: ['group'] },
      { mode: 'fraction', fraction: 0.3 },
      { mode: 'fraction', fraction: 0.3, exact: true },
      { mode: 'first', rows: 7 },
      { mode: 'first', rows: 7, per: ['group'] },
      { mode: 'last', rows: 3, per: ['group'] },
      { mode: 'every', rows: 3, start: 2 },
    ]
    for (const config of configs) {
      const { out, rest } = await evaluate(sample, config, { in: { columns, rows } })
      const both = [...(out?.rows ?? []), ...(rest?.rows ?? [])].map((row) => row.join(':'))
      expect(both.sort(), JSON.stringify(config)).toEqual(all)
    }
  })

  it('of a draw with repetition is what never came', async () => {
    const own = Array.from({ length: 100 }, (_, index) => [index, 'x'])
    const { out, rest } = await evaluate(
      sample,
      { mode: 'bootstrap', rows: 100, seed: 3 },
      { in: { columns, rows: own } },
    )
    const drawn = new Set(out?.rows.map(([id]) => id))
    expect(out?.rows).toHaveLength(100)
    expect(drawn.size).toBeGreaterThan(50)
    expect(drawn.size).toBeLessThan(80)
    expect(rest?.rows).toHaveLength(100 - drawn.size)
    const again = await evaluate(
      sample,
      { mode: 'bootstrap', rows: 100, seed: 3 },
      { in: { columns, rows: own.toReversed() } },
    )
    expect(again.out?.rows).toEqual(out?.rows)
    const empty = await evaluate(sample, { mode: 'bootstrap', rows: 5 }, { in: { columns, rows: [] } })
    expect(empty.out?.rows).toEqual([])
  })
})

runHostile(sample, { config: ({ g }) => ({ mode: 'random', rows: 1, per: [g] }), accountsFor: ['out', 'rest'] })
runHostile(sample, { config: () => ({ mode: 'fraction', fraction: 0.5 }), accountsFor: ['out', 'rest'] })
runHostile(sample, { config: () => ({ mode: 'last', rows: 2 }), accountsFor: ['out', 'rest'] })
runHostile(sample, { config: () => ({ mode: 'bootstrap', rows: 4 }) })
