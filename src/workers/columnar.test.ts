import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fuse, selectOf } from '../engine/fuse.ts'
import { raw } from '../modules/kit/sql.ts'
import { never, pipeline, type TemporaryProject, type TestNode, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ threads: 2 })
  await own.parquet(
    'data/rows.parquet',
    `SELECT i AS a, i % 5 AS b, 't' || (i % 3) AS c, i / 4.0 AS x FROM range(60) t(i)`,
  )
  await own.parquet('data/many.parquet', 'SELECT i AS a, CAST(hash(i) % 20000 AS INTEGER) AS k FROM range(400000) t(i)')
})
afterAll(() => own.close())

const many: TestNode = { type: 'extract.parquet', config: { path: 'data/many.parquet' } }
const rows: TestNode = { type: 'extract.parquet', config: { path: 'data/rows.parquet' } }
const filter = (condition: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: 'rows' },
  config: { condition },
})
const formula = (from: string, name: string, expression: string): TestNode => ({
  type: 'transform.formula',
  inputs: { in: from },
  config: { formulas: [{ name, expression }] },
})
const bin = (from: string, column = 'x'): TestNode => ({
  type: 'transform.bin',
  inputs: { in: from },
  config: { column, name: 'bin', method: 'equal_width', bins: 3 },
})
const cross = (from: string): TestNode => ({
  type: 'transform.cross',
  inputs: { in_1: from, in_2: 'rows' },
  config: {},
})

/** The query of a node; its rows are seen to be those of each step by its name. */
async function queryOf(nodes: Record<string, TestNode>, nodeId = 'out'): Promise<string> {
  const typed = await own.project.analyser.pipeline(pipeline({ rows, ...nodes }), never)
  const ref = { nodeId, port: 'out' }
  const query = fuse(typed, [ref])
  const run = async (text: string) => {
    const { rows } = await own.project.session.lease(never, (lease) => lease.query(raw(text)))
    return rows.map((row) => JSON.stringify(row)).sort()
  }
  const merged = await run(query.select.text)
  expect(merged.length).toBeGreaterThan(0)
  expect(merged).toEqual(await run(selectOf(typed, query.parts, ref).text))
  return query.select.text
}

const KEPT = /AS MATERIALIZED \(SELECT \*/
const WINDOW = /\bOVER\b/

describe('behind quick steps over a file in columns', () => {
  const f = filter("b > 0 AND c LIKE 't%'")
  const g = formula('f.match', 'y', 'x * 2')

  test('bins read the column twice', async () => {
    expect(await queryOf({ f, g, out: bin('g', 'y') })).not.toMatch(WINDOW)
  })

  test('combinations count their inputs, and keep none', async () => {
    expect(await queryOf({ f, g, out: cross('g') })).not.toMatch(KEPT)
  })
})

describe('the first of each group, of rows that are read twice', () => {
  test.each([
    ['first', 'min'],
    ['last', 'max'],
  ])('is the %s in the file, in its order', async (keep, best) => {
    const f = formula('many', 'b', 'a + 1')
    const out: TestNode = { type: 'transform.deduplicate', inputs: { in: 'f' }, config: { keys: ['k'], keep } }
    const typed = await own.project.analyser.pipeline(pipeline({ many, f, out }), never)
    const { text } = fuse(typed, [{ nodeId: 'out', port: 'out' }]).select
    expect(text).not.toMatch(KEPT)
    const run = (query: string) => own.project.session.lease(never, (lease) => lease.query(raw(query)))
    const expected = await run(
      `SELECT ${best}(i) AS a, hash(i) % 20000 AS k, a + 1 AS b FROM range(400000) t(i) GROUP BY k ORDER BY a`,
    )
    expect((await run(text)).rows).toEqual(expected.rows)
  })
})

describe('what would be slow, or other rows, a second time is computed once', () => {
  test('a slow column whose limits are needed', async () => {
    const g = formula('rows', 'y', 'CAST(length(sha256(c)) AS DOUBLE) + a')
    expect(await queryOf({ g, out: bin('g', 'y') })).toMatch(WINDOW)
    expect(await queryOf({ g, out: bin('g', 'x') })).not.toMatch(WINDOW)
  })

  test('a filter by a pattern', async () => {
    const f = filter("regexp_matches(c, 't[01]')")
    expect(await queryOf({ f, out: bin('f.match') })).toMatch(WINDOW)
    expect(await queryOf({ f, out: cross('f.match') })).toMatch(KEPT)
  })

  test('a filter before the first of each group', async () => {
    const f = filter('b > 0')
    const out: TestNode = { type: 'transform.deduplicate', inputs: { in: 'f.match' }, config: { keys: ['c'] } }
    expect(await queryOf({ f, out })).toMatch(KEPT)
  })

  test('a random number above, and what an aggregate gives', async () => {
    const chance = formula('rows', 'y', 'random()')
    const typed = await own.project.analyser.pipeline(pipeline({ rows, chance, out: bin('chance') }), never)
    expect(fuse(typed, [{ nodeId: 'out', port: 'out' }]).select.text).toMatch(WINDOW)
    const groups: TestNode = {
      type: 'transform.aggregate',
      inputs: { in: 'rows' },
      config: { group_by: ['c'], measures: [{ name: 'x', function: 'sum', column: 'a' }] },
    }
    expect(await queryOf({ groups, out: bin('groups') })).toMatch(WINDOW)
    expect(await queryOf({ groups, out: cross('groups') })).toMatch(KEPT)
  })
})
