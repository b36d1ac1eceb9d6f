import { expect, it } from 'vitest'
import { evaluate } from '../../kit/harness.ts'
import { runHostile } from '../../kit/hostile.ts'
import { runFixtures } from '../../kit/run-fixtures.ts'
import { rowId } from './implementation.ts'

runFixtures(rowId, new URL('./fixtures/', import.meta.url))
for (const config of [
  { name: 'made' },
  { name: 'made', kind: 'hash', algorithm: 'hash64' },
  { name: 'made', kind: 'uuid', uuid: 'columns' },
])
  runHostile(rowId, {
    config: () => config,
    untouched: ({ id, g, value, other }) => [id, g, value, other],
    accountsFor: ['out'],
  })

it('random UUIDs are all different and of their version', async () => {
  const input = { in: { columns: [{ name: 'x', type: 'INTEGER' }], rows: Array.from({ length: 50 }, () => [1]) } }
  for (const [uuid, digit] of [
    ['random', '4'],
    ['time', '7'],
  ]) {
    const { out } = await evaluate(rowId, { kind: 'uuid', uuid, name: 'id' }, input)
    const ids = (out?.rows ?? []).map((row) => row[1] ?? '')
    expect(new Set(ids).size).toBe(50)
    expect(ids.every((id) => id[14] === digit && /[89ab]/.test(id[19] ?? ''))).toBe(true)
  }
})
