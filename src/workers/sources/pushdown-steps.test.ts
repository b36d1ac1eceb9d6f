import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { connectionTo, type Place, temporarySchema } from '../../modules/extractors/postgres/testing.ts'
import type { PipelineNode } from '../../shared/pipeline/document.ts'
import { runNodes } from '../run/testing.ts'
import { never, type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'

describeService('postgres', 'Columns and first rows from the source', (server) => {
  let place: Place
  let own: TemporaryProject
  beforeAll(async () => {
    place = await temporarySchema(server)
    await place.run(
      'CREATE TABLE orders (id int, country text, total numeric(10,2), placed date, note text, "a ""b""" int)',
      `INSERT INTO orders SELECT i, CASE WHEN i % 10 = 0 THEN 'FR' ELSE 'DE' END, i % 7, date '2024-01-01' + i % 90,
         repeat('x', 100), i FROM generate_series(1, 1000) i`,
    )
    own = await temporaryProject()
  })
  afterAll(async () => {
    await own?.close()
    await place?.close()
  })

  /** Steps one after the other, between the table and a file. */
  const chain = (steps: readonly PipelineNode[], config = {}): Record<string, PipelineNode> => {
    const nodes: Record<string, PipelineNode> = {
      orders: {
        type: 'extract.postgres',
        config: { connection: 'shop', schema: place.schema, table: 'orders', parallel: 2, ...config },
      },
    }
    let from = 'orders'
    for (const [index, step] of steps.entries()) {
      nodes[`s${index}`] = { inputs: { in: from }, ...step }
      from = step.type === 'transform.filter' ? `s${index}.match` : `s${index}`
    }
    nodes.out = { type: 'load.csv', inputs: { in: from }, config: { path: 'out.csv' } }
    return nodes
  }
  const said = async (nodes: Record<string, PipelineNode>) => {
    const document = { format: 'logidata/v1' as const, name: 'Test', nodes }
    const connections = { shop: connectionTo(server) }
    return (await own.project.analyse({ document, parameters: {}, env: {}, connections }, never)).nodes
  }
  async function written(nodes: Record<string, PipelineNode>, more: { readonly pushdown?: boolean } = {}) {
    const { finished, resume, events } = await runNodes(own, nodes, {
      connections: { shop: connectionTo(server) },
      rowCounts: 'exact',
      ...more,
    })
    expect(finished).toMatchObject({ state: 'succeeded' })
    const sent = resume.stages.find(({ key }) => key === 'orders.out')?.rows
    const logged = events.flatMap((event) => (event.kind === 'log' && event.nodeId === 'orders' ? [event.message] : []))
    return {
      sent: Object.values(sent ?? {}).map(Number),
      logged,
      file: readFileSync(join(own.root, 'out.csv'), 'utf8').trimEnd().split('\n'),
    }
  }
  const filter = (condition: string): PipelineNode => ({ type: 'transform.filter', config: { condition } })
  const sorted = (column: string, direction = 'asc'): PipelineNode => ({
    type: 'transform.sort',
    config: { keys: [{ column, direction }] },
  })
  const first = (rows: number, offset = 0): PipelineNode => ({ type: 'transform.limit', config: { rows, offset } })
  const sums: PipelineNode = {
    type: 'transform.aggregate',
    config: { group_by: ['country'], measures: [{ name: 'sum', function: 'sum', column: 'total' }] },
  }

  test('only columns that somebody reads are asked for, whatever stands between', async () => {
    const nodes = chain([
      filter('id > 100'),
      { type: 'transform.formula', config: { formulas: [{ name: 'x', expression: 'id * 2' }] } },
      sums,
    ])
    expect((await said(nodes)).orders?.pushdown?.done).toMatchObject([
      { en: 'Only rows where id > 100' },
      { en: 'Only 3 of 6 columns: id, country, total', fr: 'Seulement 3 colonnes sur 6 : id, country, total' },
    ])
    const [on, off] = [await written(nodes), await written(nodes, { pushdown: false })]
    expect(on.file.toSorted()).toEqual(off.file.toSorted())
    expect(on.logged).toEqual([expect.stringContaining('for 3 of its 6 columns')])
    expect(off.logged).toEqual([])
  })

  test('several readers have all columns that any of them reads', async () => {
    const nodes = chain([sums])
    nodes.others = {
      type: 'transform.select',
      inputs: { in: 'orders' },
      config: { columns: [{ column: 'placed' }], others: 'drop' },
    }
    nodes.dates = { type: 'load.csv', inputs: { in: 'others' }, config: { path: 'dates.csv' } }
    expect((await said(nodes)).orders?.pushdown).toMatchObject({
      pushed: 'part',
      done: [{ en: 'Only 3 of 6 columns: country, total, placed' }],
    })
    const [on, off] = [await written(nodes), await written(nodes, { pushdown: false })]
    expect(on.file.toSorted()).toEqual(off.file.toSorted())
    expect(new Set(readFileSync(join(own.root, 'dates.csv'), 'utf8').split('\n')).size).toBe(92)
  })

  test('no column at all: rows are counted', async () => {
    const nodes = chain([
      { type: 'transform.aggregate', config: { group_by: [], measures: [{ name: 'n', function: 'count' }] } },
    ])
    expect((await said(nodes)).orders?.pushdown?.done).toMatchObject([{ en: expect.stringContaining('no column') }])
    expect((await written(nodes)).file).toEqual(['n', '1000'])
  })

  test('what is checked, rejected or computed by code is read', async () => {
    const checked = chain([
      {
        ...filter('id > 0'),
        checks: [{ check: 'not_null', columns: ['note'], severity: 'warn' }],
      },
      sums,
    ])
    expect((await said(checked)).orders?.pushdown?.done.map(({ en }) => en)).not.toContainEqual(
      expect.stringContaining('columns:'),
    )
    const script = chain([
      {
        type: 'transform.script',
        config: { mode: 'row', code: 'return { a: row.id }', columns: [{ name: 'a', type: 'BIGINT' }] },
      },
    ])
    expect((await said(script)).orders?.pushdown?.done).toEqual([])
  })

  test('a filter behind a step that renames and computes goes to the source under its name there', async () => {
    const nodes = chain([
      {
        type: 'transform.select',
        config: { columns: [{ column: 'id', name: 'key' }, { column: 'country' }], others: 'drop' },
      },
      { type: 'transform.formula', config: { formulas: [{ name: 'twice', expression: 'key * 2' }] } },
      filter("key <= 20 AND country = 'FR' AND twice > 10"),
    ])
    const { orders, s2 } = await said(nodes)
    expect(s2?.pushdown).toMatchObject({
      pushed: 'part',
      done: [{ en: 'Only rows where id <= 20' }, { en: "Only rows where country = 'FR'" }],
      reasons: [{ en: expect.stringContaining('“twice” is computed') }],
    })
    expect(orders?.pushdown?.pushed).toBe('part')
    const [on, off] = [await written(nodes), await written(nodes, { pushdown: false })]
    expect(on.sent).toEqual([2])
    expect(on.file).toEqual(off.file)
  })

  test('no filter goes below what looks at other rows, or at a check', async () => {
    const window: PipelineNode = {
      type: 'transform.window',
      config: { order: [{ column: 'id' }], measures: [{ name: 'so_far', function: 'running_total', column: 'id' }] },
    }
    const behind = await said(chain([window, filter('id > 5')]))
    expect(behind.orders?.pushdown?.done).toEqual([])
    const formula: PipelineNode = {
      type: 'transform.formula',
      config: { formulas: [{ name: 'n', expression: 'count(*) OVER ()' }] },
    }
    const nodes = chain([formula, filter('id > 990')])
    expect((await said(nodes)).orders?.pushdown?.done).toEqual([])
    expect((await written(nodes)).file).toHaveLength(11)
    const checked: PipelineNode = {
      ...filter('id > 10'),
      checks: [{ check: 'rows', min: '900' }],
    }
    const two = await said(chain([checked, filter('id > 500')]))
    expect(two.s0?.pushdown?.pushed).toBe('all')
    expect(two.s1?.pushdown).toMatchObject({ pushed: 'none', reasons: [{ en: expect.stringContaining('checks') }] })
  })

  test('the first rows, with those equal to the last', async () => {
    const nodes = chain([filter('id > 10'), sorted('total', 'desc'), first(3)])
    const { orders, s2 } = await said(nodes)
    expect(s2?.pushdown).toMatchObject({
      pushed: 'all',
      done: [{ en: 'Only the first 3 rows by total descending, and those equal to the last' }],
    })
    expect(orders?.pushdown).toMatchObject({ pushed: 'all' })
    const on = await written(nodes)
    // 6 of 7, of those after the tenth.
    expect(on.sent).toEqual([142])
    expect(on.file).toHaveLength(4)
    expect(on.file.slice(1).every((line) => line.includes(',6.00,'))).toBe(true)
    const top = chain([{ type: 'transform.top', config: { by: 'id', take: 'largest', count: 5 } }])
    const [pushed, not] = [await written(top), await written(top, { pushdown: false })]
    expect(pushed.sent).toEqual([5])
    expect(pushed.file).toEqual(not.file)
  })

  test('the first rows as they come, behind filters that run in the source as a whole', async () => {
    const some = await written(chain([filter("country = 'FR'"), first(5, 2)]))
    expect(some.sent).toEqual([7])
    expect(some.file).toHaveLength(6)
    const partial = await said(chain([filter("country = 'FR' AND length(note) = 100"), first(5)]))
    expect(partial.s1?.pushdown).toMatchObject({
      pushed: 'none',
      reasons: [{ en: expect.stringContaining('A filter before it') }],
    })
    const texts = await said(chain([sorted('country'), first(5)]))
    expect(texts.s1?.pushdown).toMatchObject({
      pushed: 'none',
      reasons: [{ en: expect.stringContaining('another order') }],
    })
    const ordered = chain([first(5)], { order_by: [{ column: 'id', descending: true }] })
    expect((await written(ordered)).file[1]).toMatch(/^1000,/)
    expect((await said(chain([sorted('id'), first(5)], { order_by: [{ column: 'id' }] }))).s1?.pushdown?.pushed).toBe(
      'none',
    )
  })
})
