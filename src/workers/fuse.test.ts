import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  errorOf,
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  await own.parquet('data/numbers.parquet', 'SELECT i AS id, i % 10 AS digit FROM range(1000) t(i)')
})
afterAll(() => own.close())

const numbers: TestNode = { type: 'extract.parquet', config: { path: 'data/numbers.parquet' } }
const filter = (from: string, condition: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: from },
  config: { condition },
})
const sql = (text: string, inputs: Record<string, string> = {}): TestNode => ({
  type: 'transform.sql',
  inputs,
  config: { sql: text },
})
const query = (nodes: Record<string, TestNode>, nodeId: string) =>
  own.project.sql({ ...pipeline(nodes), nodeId }, never)
const preview = (nodes: Record<string, TestNode>, nodeId: string) =>
  own.project.preview({ ...pipeline(nodes), nodeId, limit: 2000, offset: 0 }, never)
describe('a fused query', () => {
  test('holds what the port needs and nothing else, each part named', async () => {
    const nodes = {
      numbers,
      f: filter('numbers', 'id > 5'),
      g: filter('f.match', 'digit = 1'),
      aside: filter('numbers', 'id < 0'),
    }
    const { sql: text } = await query(nodes, 'g')
    for (const id of ['numbers', 'f', 'g']) expect(text).toContain(`-- ${id}: `)
    expect(text).not.toContain('aside')
    expect(text).not.toContain('$rest')
    expect(text).not.toContain(own.root)
  })

  test('is computed once for a blocking node that two branches read', async () => {
    const sorted: TestNode = {
      type: 'transform.sort',
      inputs: { in: 'numbers' },
      config: { keys: [{ column: 'digit' }] },
    }
    const nodes = {
      numbers,
      sorted,
      both: sql('SELECT * FROM a UNION ALL SELECT * FROM b', { a: 'sorted', b: 'sorted' }),
    }
    expect((await query(nodes, 'both')).sql).toMatch(/"ld\$sorted\$out" AS MATERIALIZED/)
    expect((await preview(nodes, 'both')).totalRows).toBe(2000)
  })

  test('does not multiply without end through a tower of unions', async () => {
    const nodes: Record<string, TestNode> = { numbers, u0: filter('numbers', 'id < 0') }
    let last = 'u0.match'
    for (let level = 1; level <= 25; level++) {
      nodes[`u${level}`] = { type: 'transform.union', inputs: { in_1: last, in_2: last } }
      last = `u${level}`
    }
    // Each union reads the one below it twice: 33 million copies of the filter, if none were kept.
    expect((await preview(nodes, last)).rows).toEqual([])
  })

  test('carries any column name and any text unharmed', async () => {
    const made: TestNode = {
      type: 'transform.formula',
      inputs: { in: 'numbers' },
      config: { formulas: [{ name: `a "b" '; DROP`, expression: `'it''s; -- "x" 💡' || id` }] },
    }
    const nodes = { numbers, made, f: filter('made', 'id = 7') }
    const result = await preview(nodes, 'f')
    expect(result.columns.at(-1)?.name).toBe(`a "b" '; DROP`)
    expect(result.rows[0]?.at(-1)).toBe(`it's; -- "x" 💡7`)
  })
})

describe('a query step', () => {
  test.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM read_text('../../etc/passwd')",
    'SELECT * FROM "ld$numbers$out"',
    "SELECT getenv('HOME')",
    "COPY (SELECT 1) TO '/tmp/x.csv'",
    "SELECT 1; ATTACH '/tmp/x.db'",
    'PRAGMA version',
  ])('is refused, and the others stay previewable: %s', async (text) => {
    const nodes = { numbers, bad: sql(text, { in: 'numbers' }) }
    const analysis = await own.project.analyse(pipeline(nodes), never)
    expect(analysis.nodes.bad?.problems.length).toBe(1)
    expect(analysis.nodes.bad?.ports).toEqual({})
    expect(await errorOf(preview(nodes, 'bad'))).toMatchObject({ nodeId: 'bad', kind: 'user' })
    expect((await preview(nodes, 'numbers')).totalRows).toBe(1000)
  })
})
