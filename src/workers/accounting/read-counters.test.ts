import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fuse } from '../../engine/fuse.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { literal, sql } from '../../modules/kit/sql.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'
import { planCounters } from './plan-counters.ts'
import { readProfile } from './profile-tree.ts'
import { readCounters } from './read-counters.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ threads: 2 })
  const rows = "SELECT i AS id, i % 7 AS k, 'g' || (i % 3) AS g FROM range(200000) t(i)"
  await own.parquet('data/rows.parquet', rows)
  await own.parquet('data/few.parquet', 'SELECT i AS id FROM range(3) t(i)')
  await own.parquet('data/none.parquet', 'SELECT i AS id FROM range(0) t(i)')
  await own.project.session.define(`COPY (${rows}) TO '${own.root}/data/rows.csv' (HEADER)`)
})
afterAll(() => own.close())

const file = (name: string): TestNode => ({
  type: name.endsWith('csv') ? 'extract.csv' : 'extract.parquet',
  config: { path: `data/${name}` },
})
const filter = (from: string, condition: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: from },
  config: { condition },
})

/** What the query of a port counts on the way, by port. */
async function counted(nodes: Record<string, TestNode>, nodeId: string, port: string) {
  const typed = await own.project.analyser.pipeline({ ...pipeline(nodes) }, never)
  const target = { nodeId, port }
  const query = fuse(typed, [target], {
    compiled: typed.compiled,
    counters: (parts) => planCounters(typed, parts, [portKey(target)]),
  })
  return own.project.session.measured(never, async (lease) => {
    lease.watch(query.select.text)
    await lease.execute(sql`COPY (${query.select}) TO ${literal(join(own.root, 'out.parquet'))} (FORMAT parquet)`)
    const profile = readProfile(lease.profileOf(query.select.text) ?? '')
    if (!profile) throw new TypeError('nothing was measured')
    const counts = await readCounters(query, profile, async (key) => {
      const part = query.parts.find(({ ref }) => portKey(ref) === key)
      const again = part && fuse(typed, [part.ref], { compiled: typed.compiled, counters: () => query.counters })
      return again && lease.explain(again.select.text)
    })
    return { planned: [...query.counters.keys()], counts: Object.fromEntries(counts) }
  })
}

describe('rows counted while a query runs', () => {
  test('are those after each filter over a text file, which is read once', async () => {
    const nodes = {
      rows: file('rows.csv'),
      a: filter('rows', 'id < 150000'),
      b: filter('a', 'k > 2'),
      c: filter('b', "g = 'g1'"),
    }
    const { counts } = await counted({ ...nodes, last: filter('c', 'id % 2 = 0') }, 'last', 'match')
    const expected = { 'rows.out': 200000n, 'a.match': 150000n, 'b.match': 85713n, 'c.match': 28571n }
    expect(counts).toMatchObject(expected)
  })

  test('leave the filters over a Parquet file where it can skip rows, but for the last one', async () => {
    const sum: TestNode = {
      type: 'transform.aggregate',
      inputs: { in: 'b' },
      config: { group_by: ['g'], measures: [{ name: 'n', function: 'count' }] },
    }
    const nodes = { rows: file('rows.parquet'), a: filter('rows', 'id < 150000'), b: filter('a', 'k > 2'), sum }
    const { planned, counts } = await counted(nodes, 'sum', 'out')
    expect(planned).toEqual(['b.match'])
    expect(counts).toEqual({ 'b.match': 85713n })
  })

  test('are left out where the query stopped early', async () => {
    const limit: TestNode = { type: 'transform.limit', inputs: { in: 'a' }, config: { rows: 10 } }
    const { planned, counts } = await counted(
      { rows: file('rows.csv'), a: filter('rows', 'k > 2'), limit },
      'limit',
      'out',
    )
    expect(planned).toContain('a.match')
    expect(counts).toEqual({})
    const empty: TestNode = {
      type: 'transform.join',
      inputs: { left: 'a', right: 'none' },
      config: { keys: [{ left: 'id', right: 'id' }] },
    }
    const nodes = { rows: file('rows.csv'), none: file('none.parquet'), a: filter('rows', 'k > 2'), empty }
    expect((await counted(nodes, 'empty', 'match')).counts).not.toHaveProperty('a.match')
  })

  test('are left out where DuckDB filters the rows of a join or a sorted limit before they are counted', async () => {
    const dim: TestNode = {
      type: 'transform.join',
      inputs: { left: 'a', right: 'few' },
      config: { keys: [{ left: 'id', right: 'id' }] },
    }
    const nodes = { rows: file('rows.parquet'), few: file('few.parquet'), a: filter('rows', 'k < 6'), dim }
    const { planned, counts } = await counted(nodes, 'dim', 'match')
    expect(planned).toContain('a.match')
    expect(counts['a.match'] ?? 171429n).toBe(171429n)
    const group: TestNode = {
      type: 'transform.aggregate',
      inputs: { in: 'a' },
      config: { group_by: ['g'], measures: [{ name: 'n', function: 'count' }] },
    }
    const above = { rows: file('rows.csv'), a: filter('rows', 'k < 6'), group, only: filter('group', "g = 'g1'") }
    expect((await counted(above, 'only', 'match')).counts['a.match'] ?? 171429n).toBe(171429n)
  })
})
