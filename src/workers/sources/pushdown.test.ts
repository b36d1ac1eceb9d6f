import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { connectionTo, type Place, temporarySchema } from '../../modules/extractors/postgres/testing.ts'
import { runNodes } from '../run/testing.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

describeService('postgres', 'Filters in the source', (server) => {
  let place: Place
  let own: TemporaryProject
  beforeAll(async () => {
    place = await temporarySchema(server)
    await place.run(
      'CREATE TABLE orders (id int, country text, total double precision)',
      `INSERT INTO orders SELECT i, CASE WHEN i % 10 = 0 THEN 'FR' ELSE 'fr' END, i FROM generate_series(1, 1000) i`,
    )
    own = await temporaryProject()
  })
  afterAll(async () => {
    await own?.close()
    await place?.close()
  })

  const nodes = (config = {}): Record<string, TestNode> => ({
    orders: {
      type: 'extract.postgres',
      config: { connection: 'shop', schema: place.schema, table: 'orders', ...config },
    },
    big: {
      type: 'transform.filter',
      inputs: { in: 'orders' },
      config: { condition: "country = 'FR' AND total > 500" },
    },
    out: { type: 'load.csv', inputs: { in: 'big.match' }, config: { path: 'out.csv' } },
  })
  const request = (given: Record<string, TestNode>) => ({
    ...pipeline(given),
    connections: { shop: connectionTo(server) },
  })
  /** What the server sent, and what was written. */
  async function rowsOf(given: Record<string, TestNode>, more: { readonly pushdown?: boolean } = {}) {
    const { finished, resume } = await runNodes(own, given, {
      connections: { shop: connectionTo(server) },
      rowCounts: 'exact',
      ...more,
    })
    expect(finished).toMatchObject({ state: 'succeeded' })
    const sent = resume.stages.find(({ key }) => key === 'orders.out')?.rows
    const written = readFileSync(join(own.root, 'out.csv'), 'utf8').split('\n').sort()
    return { sent: Object.values(sent ?? {}).map(Number), written }
  }

  test('what is pushed, and why not the rest, is said', async () => {
    const said = async (given: Record<string, TestNode>) =>
      (await own.project.analyse(request(given), never)).nodes.big?.pushdown
    expect(await said(nodes())).toMatchObject({
      pushed: 'part',
      done: [{ en: "Only rows where country = 'FR'", fr: "Seulement les lignes où country = 'FR'" }],
      reasons: [{ en: expect.stringContaining('“total”') }],
    })
    expect(await said(nodes({ pushdown: 'off' }))).toMatchObject({ pushed: 'none' })
    const both = {
      ...nodes(),
      rest: { type: 'load.csv', inputs: { in: 'big.rest' }, config: { path: 'rest.csv' } },
    }
    expect(await said(both)).toMatchObject({ pushed: 'none', reasons: [{ en: expect.stringContaining('rest') }] })
  })

  test('of the extract itself is said what its source is asked for, and why no more', async () => {
    const said = async (given: Record<string, TestNode>, pushdown = true) =>
      (await own.project.analyse({ ...request(given), pushdown }, never)).nodes.orders?.pushdown
    expect(await said(nodes())).toMatchObject({
      pushed: 'part',
      done: [{ en: "Only rows where country = 'FR'" }],
      reasons: [{ en: expect.stringContaining('steps after it run here') }],
    })
    expect(await said(nodes(), false)).toMatchObject({
      pushed: 'none',
      done: [],
      reasons: [{ en: expect.stringContaining('turned off') }],
    })
    const { orders } = nodes()
    expect(await said(orders ? { orders } : {})).toMatchObject({
      pushed: 'none',
      reasons: [{ en: expect.stringContaining('No step after it') }],
    })
    expect(await said(nodes({ table: 'nowhere' }))).toMatchObject({
      pushed: 'none',
      reasons: [{ en: expect.stringContaining('not known') }],
    })
    const exact = nodes()
    exact.big = { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: 'id > 5 AND id <= 9' } }
    expect(await said(exact)).toEqual({
      pushed: 'all',
      done: [
        expect.objectContaining({ en: 'Only rows where id > 5' }),
        expect.objectContaining({ en: 'Only rows where id <= 9' }),
      ],
      reasons: [],
    })
  })

  test('each of several steps is told why it stays', async () => {
    const said = async (given: Record<string, TestNode>, pushdown = true) =>
      (await own.project.analyse({ ...request(given), pushdown }, never)).nodes
    const second = (from: string): TestNode => ({
      type: 'transform.filter',
      inputs: { in: from },
      config: { condition: 'id > 5' },
    })
    const off = await said({ ...nodes(), second: second('big.match') }, false)
    const shared = await said({ ...nodes(), second: second('orders') })
    for (const id of ['orders', 'big', 'second']) {
      expect(off[id]?.pushdown, id).toMatchObject({ pushed: 'none', reasons: [{ en: expect.stringContaining('off') }] })
      expect(shared[id]?.pushdown, id).toMatchObject({
        pushed: 'none',
        reasons: [{ en: expect.stringContaining('Several steps') }],
      })
    }
    const wrong = nodes()
    wrong.big = { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: 'id >' } }
    const after = await said({ ...wrong, second: second('big.match') })
    expect(after.orders?.pushdown).toMatchObject({ pushed: 'none', done: [] })
  })

  test('the server sends fewer rows, and the result is the same', async () => {
    const on = await rowsOf(nodes())
    const off = await rowsOf(nodes(), { pushdown: false })
    const inConfig = await rowsOf(nodes({ pushdown: 'off' }))
    expect([on.sent, off.sent, inConfig.sent]).toEqual([[100], [1000], [1000]])
    expect(on.written).toHaveLength(52)
    expect(off.written).toEqual(on.written)
    expect(inConfig.written).toEqual(on.written)
  })
})
