import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../../modules/kit/sql.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'
import { runPipeline } from './run-pipeline.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  await own.parquet(
    'data/orders.parquet',
    `SELECT i AS id, 'C' || (i % 4) AS country, (i * 1.5)::DECIMAL(12,2) AS total, '' || i AS code FROM range(1000) t(i)`,
  )
  await own.parquet('data/large.parquet', 'SELECT i AS id, random() AS x FROM range(5000000) t(i)')
})
afterAll(() => own.close())

const source = (name: string): TestNode => ({ type: 'extract.parquet', config: { path: `data/${name}.parquet` } })
const filter = (from: string, condition: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: from },
  config: { condition },
})
const csv = (from: string, name: string): TestNode => ({
  type: 'load.csv',
  inputs: { in: from },
  config: { path: `out/${name}.csv` },
})
const formula = (from: string, expression: string): TestNode => ({
  type: 'transform.formula',
  inputs: { in: from },
  config: { formulas: [{ name: 'made', expression }] },
})
const perCountry = (from: string): TestNode => ({
  type: 'transform.aggregate',
  inputs: { in: from },
  config: { group_by: ['country'], measures: [{ name: 'revenue', function: 'sum', column: 'total' }] },
})

async function run(
  nodes: Record<string, TestNode>,
  more: {
    only?: string[]
    rowCounts?: 'exact' | 'none'
    signal?: AbortSignal
    onEvent?: (event: RunEvent) => void
  } = {},
) {
  const events: RunEvent[] = []
  const { only, rowCounts = 'exact', signal = never, onEvent } = more
  await runPipeline(
    own.project,
    { ...pipeline(nodes), runId: 'r', only, rowCounts },
    (event) => {
      events.push(event)
      onEvent?.(event)
    },
    signal,
  )
  const states: Record<string, string> = {}
  const rows: Record<string, Record<string, string>> = {}
  const errors: Record<string, string> = {}
  for (const event of events) {
    if (event.kind !== 'node') continue
    states[event.nodeId] = event.state
    if (event.rows) rows[event.nodeId] = event.rows
    if (event.error) errors[event.nodeId] = event.error.code
  }
  const last = events.at(-1)
  return { events, states, rows, errors, finished: last?.kind === 'finished' ? last : undefined }
}
const lines = (name: string) =>
  readFileSync(join(own.root, 'out', `${name}.csv`), 'utf8')
    .trim()
    .split('\n')

describe('a run', () => {
  test('writes several inputs of one load into one file, and counts each', async () => {
    const workbook = (inputs: Record<string, string>): TestNode => ({
      type: 'load.excel',
      inputs,
      config: { path: 'out/book.xlsx' },
    })
    const nodes = {
      orders: source('orders'),
      big: filter('orders', 'total > 150'),
      sums: perCountry('big.match'),
      bad: formula('big.rest', "CAST(code || 'x' AS INTEGER)"),
    }
    const good = await run({ ...nodes, book: workbook({ in: 'sums', large: 'big.match', sums: 'sums' }) })
    expect(good.finished?.state).toBe('succeeded')
    expect(good.rows.book).toEqual({ in: '4', large: '899', sums: '4' })
    expect(good.rows.big).toEqual({ match: '899', rest: '101' })
    const before = readFileSync(join(own.root, 'out/book.xlsx'))
    const { errors, states } = await run({ ...nodes, book: workbook({ in: 'sums', odd: 'bad' }) })
    expect(Object.keys(errors)).toEqual(['bad'])
    expect(states.book).toBe('skipped')
    expect(readFileSync(join(own.root, 'out/book.xlsx')).equals(before)).toBe(true)
  })

  test('is seen at once by a preview of what it has written', async () => {
    const rows = (from: number): Record<string, TestNode> => ({
      rows: { type: 'extract.rows', config: { kind: 'number', name: 'n', from: String(from), to: String(from + 1) } },
      out: { type: 'load.parquet', inputs: { in: 'rows' }, config: { path: 'out/fresh.parquet' } },
    })
    const read = { read: { type: 'extract.parquet', config: { path: 'out/fresh.parquet' } } }
    for (const from of [1, 5]) {
      await run(rows(from))
      const shown = await own.project.preview({ ...pipeline(read), nodeId: 'read', limit: 5, offset: 0 }, never)
      expect(shown.rows).toEqual([[String(from)], [String(from + 1)]])
    }
  })

  test('writes its loads and counts the rows of every node', async () => {
    const { states, rows, finished, events } = await run({
      orders: source('orders'),
      big: filter('orders', 'total > 150'),
      sums: perCountry('big.match'),
      named: formula('sums', 'upper(country)'),
      out: csv('named', 'sums'),
    })
    expect(finished?.state).toBe('succeeded')
    expect(new Set(Object.values(states))).toEqual(new Set(['done']))
    expect(rows).toEqual({
      orders: { out: '1000' },
      big: { match: '899', rest: '101' },
      sums: { out: '4' },
      named: { out: '4' },
      out: { in: '4' },
    })
    expect(lines('sums').length).toBe(5)
    expect(events.find((event) => event.kind === 'node' && event.written)).toMatchObject({ written: ['out/sums.csv'] })
  })

  test('computes once what several loads read behind a blocking node', async () => {
    const { finished, rows } = await run({
      orders: source('orders'),
      sums: perCountry('orders'),
      high: filter('sums', "country = 'C1'"),
      one: csv('high.match', 'one'),
      two: csv('high.rest', 'two'),
    })
    expect(finished?.state).toBe('succeeded')
    expect(rows.high).toEqual({ match: '1', rest: '3' })
    expect([lines('one').length, lines('two').length]).toEqual([2, 4])
    const left = await own.project.session.lease(never, (lease) =>
      lease.query(raw(`SELECT * FROM duckdb_tables() WHERE schema_name = 'ld_runs'`)),
    )
    expect(left.rows).toEqual([])
  })

  test('counts every filter of a chain, its formulas and both ports, in one scan or in several', async () => {
    const chain = (cast: string) => ({
      orders: source('orders'),
      a: filter('orders', 'id >= 100'),
      made: formula('a.match', cast),
      b: filter('made', 'id % 2 = 0 OR NULL'),
      ranked: formula('b.match', 'row_number() OVER ()'),
      c: filter('ranked', 'made <= 10'),
      other: filter('a.rest', 'id < 10'),
      sums: perCountry('c.match'),
      rest: perCountry('other.match'),
      out: csv('sums', 'chain'),
      more: csv('rest', 'chain_rest'),
    })
    const expected = {
      orders: { out: '1000' },
      a: { match: '900', rest: '100' },
      made: { out: '900' },
      b: { match: '450', rest: '450' },
      ranked: { out: '450' },
      c: { match: '10', rest: '440' },
      other: { match: '10', rest: '90' },
      sums: { out: '2' },
    }
    expect((await run(chain('id + 1'))).rows).toMatchObject(expected)
    // Over the rows that “a” drops, this fails: the scan cannot be shared.
    const fails = {
      ...chain('id + 1'),
      b: filter('made', "CAST(CASE WHEN id < 100 THEN 'x' ELSE code END AS INTEGER) % 2 = 0"),
    }
    const { rows, finished } = await run(fails)
    expect(finished?.state).toBe('succeeded')
    expect(rows).toMatchObject(expected)
  })

  test('counts rejected rows that nobody reads', async () => {
    own.write('data/mixed.csv', 'a,b\n1,x\ntwo,y\n3,z\n4,5\n')
    const read = {
      type: 'extract.csv',
      config: { path: 'data/mixed.csv', columns: { a: { type: 'BIGINT' } }, on_bad_row: 'reject' },
    }
    const select = {
      type: 'transform.select',
      inputs: { in: 'read' },
      config: { columns: [{ column: 'b', type: 'BIGINT' }], on_error: 'reject' },
    }
    const { rows, finished } = await run({ read, select, out: csv('select', 'mixed') })
    expect(finished?.state).toBe('succeeded')
    expect(rows).toMatchObject({ read: { out: '3', reject: '1' }, select: { out: '1', reject: '2' }, out: { in: '1' } })
  })

  test('computes no value that nobody needs, so that it cannot fail', async () => {
    own.write('data/unfit.csv', 'a,b\n1,x\ntwo,y\n')
    const read = { type: 'extract.csv', config: { path: 'data/unfit.csv', columns: { a: { type: 'BIGINT' } } } }
    const only = (column: string) => ({
      type: 'transform.select',
      inputs: { in: 'read' },
      config: { columns: [{ column }], others: 'drop' },
    })
    const needed = await run({ read, select: only('a'), out: csv('select', 'unfit') })
    expect(needed.finished).toMatchObject({ state: 'failed', error: { nodeId: 'read' } })
    const unneeded = await run({ read, select: only('b'), out: csv('select', 'unfit') })
    expect(unneeded.finished?.state).toBe('succeeded')
    expect(lines('unfit')).toEqual(['b', 'x', 'y'])
  })

  test('goes on with the other loads when one fails, and names the node that did it', async () => {
    const { states, errors, finished } = await run({
      orders: source('orders'),
      wrong: formula('orders', 'CAST(country AS INTEGER)'),
      bad: csv('wrong', 'bad'),
      good: csv('orders', 'good'),
    })
    expect(finished).toMatchObject({ state: 'failed', error: { kind: 'user' } })
    expect(states).toEqual({ orders: 'done', wrong: 'failed', bad: 'skipped', good: 'done' })
    expect(Object.keys(errors)).toEqual(['wrong'])
    expect(existsSync(join(own.root, 'out/bad.csv'))).toBe(false)
    expect(lines('good').length).toBe(1001)
  })

  test('does not start what has an error, and says which node has it', async () => {
    const { states, errors } = await run({
      orders: source('orders'),
      wrong: filter('orders', 'nothing > 1'),
      bad: csv('wrong', 'bad'),
      good: csv('orders', 'good'),
    })
    expect(states).toMatchObject({ wrong: 'failed', bad: 'skipped', good: 'done' })
    expect(errors.wrong).toBe('column.not-found')
  })

  test('refuses two loads of one target before it writes either', async () => {
    const { states, errors, finished } = await run({
      orders: source('orders'),
      a: csv('orders', 'same'),
      b: csv('orders', 'same'),
    })
    expect(finished?.state).toBe('failed')
    expect(errors).toEqual({ a: 'load.same-target', b: 'load.same-target' })
    expect(states).toEqual({ a: 'failed', b: 'failed' })
    expect(existsSync(join(own.root, 'out/same.csv'))).toBe(false)
  })

  test('of some loads leaves the others alone', async () => {
    const { states } = await run(
      { orders: source('orders'), a: csv('orders', 'only_a'), b: csv('orders', 'only_b') },
      { only: ['a'] },
    )
    expect(states).toEqual({ orders: 'done', a: 'done' })
    expect(existsSync(join(own.root, 'out/only_b.csv'))).toBe(false)
  })

  test('without loads fails with a hint', async () => {
    expect((await run({ orders: source('orders') })).finished).toMatchObject({
      state: 'failed',
      error: { code: 'run.nothing-to-do' },
    })
  })

  test('that is cancelled leaves the target as it was, and nothing beside it', async () => {
    await run({ orders: source('orders'), out: csv('orders', 'kept') })
    const before = readFileSync(join(own.root, 'out/kept.csv'))
    const files = readdirSync(join(own.root, 'out'))
    const controller = new AbortController()
    const { finished, states } = await run(
      { large: source('large'), out: csv('large', 'kept') },
      {
        signal: controller.signal,
        onEvent: (event) => {
          if (event.kind === 'progress') controller.abort()
        },
      },
    )
    expect(finished?.state).toBe('cancelled')
    expect(states).toEqual({ large: 'cancelled', out: 'cancelled' })
    expect(readFileSync(join(own.root, 'out/kept.csv')).equals(before)).toBe(true)
    expect(readdirSync(join(own.root, 'out'))).toEqual(files)
  })

  test('says how far it is', async () => {
    const { events } = await run({ large: source('large'), out: csv('large', 'large') }, { rowCounts: 'none' })
    const fractions = events.flatMap((event) => (event.kind === 'progress' ? [event.fraction] : []))
    expect(fractions.length).toBeGreaterThan(1)
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
    expect(fractions.at(-1)).toBe(1)
  })
})
