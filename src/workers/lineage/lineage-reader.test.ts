import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PortLineage } from '../../shared/lineage/types.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  await own.parquet(
    'data/orders.parquet',
    `SELECT i AS id, 'FR' AS country, (i * 1.5)::DECIMAL(12,2) AS total FROM range(9) t(i)`,
  )
})
afterAll(() => own.close())

const orders: TestNode = { type: 'extract.parquet', config: { path: 'data/orders.parquet' } }
const lineage = async (nodes: Record<string, TestNode>) => lineageOf(nodes).then(({ nodes: found }) => found)
const lineageOf = async (nodes: Record<string, TestNode>) => {
  const { lineage: found } = await own.project.lineage.of(pipeline(nodes), never)
  if (!found) throw new Error('no lineage')
  return found
}
/** `column` -> what it comes from, as `port.column kind`. */
const said = (port: PortLineage | undefined): Record<string, string[]> => ({
  ...Object.fromEntries(Object.entries(port?.from ?? {}).map(([name, list]) => [name, list.map(text).sort()])),
  '*': (port?.rows ?? []).map(text).sort(),
})
const text = ({ port, column, kinds }: { port: string; column?: string | undefined; kinds: string[] }) =>
  `${port}.${column ?? '*'} ${kinds.join('+')}`

test('a chain of steps from a file to a file', async () => {
  const nodes = await lineage({
    orders,
    big: { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: 'total > 3' } },
    sums: {
      type: 'transform.aggregate',
      inputs: { in: 'big.match' },
      config: { group_by: ['country'], measures: [{ name: 'revenue', function: 'sum', column: 'total' }] },
    },
    out: { type: 'load.parquet', inputs: { in: 'sums' }, config: { path: 'out/sums.parquet' } },
  })
  expect(nodes.orders).toMatchObject({ reads: [{ path: 'data/orders.parquet' }], basis: 'names' })
  expect(said(nodes.big?.ports.match)).toMatchObject({ total: ['in.total identity'], '*': ['in.total filter'] })
  expect(said(nodes.sums?.ports.out)).toEqual({
    country: ['in.country identity'],
    revenue: ['in.total aggregation'],
    '*': ['in.country group'],
  })
  expect(nodes.out).toMatchObject({ writes: [{ path: 'out/sums.parquet', mode: 'overwrite' }] })
  expect(nodes.out?.inputs).toEqual({ in: { nodeId: 'sums', port: 'out' } })
})

test('inputs of equal columns are told apart', async () => {
  const nodes = await lineage({
    orders,
    pairs: {
      type: 'transform.sql',
      inputs: { a: 'orders', b: 'orders' },
      config: { sql: 'SELECT a.id, b.total AS other FROM a JOIN b ON a.id = b.id + 1' },
    },
  })
  expect(said(nodes.pairs?.ports.out)).toEqual({
    id: ['a.id identity'],
    other: ['b.total identity'],
    '*': ['a.id join', 'b.id join'],
  })
})

test('code is known by table only, and says so', async () => {
  const nodes = await lineage({
    orders,
    code: {
      type: 'transform.script',
      inputs: { in: 'orders' },
      config: { code: 'return { twice: row.id * 2 }', columns: [{ name: 'twice', type: 'INTEGER' }] },
    },
  })
  expect(nodes.code?.basis).toBe('table')
  expect(said(nodes.code?.ports.out)).toMatchObject({ twice: ['in.* unknown'], '*': ['in.* unknown'] })
})

test('sub-pipelines are seen through', async () => {
  own.write(
    'pipelines/double.pipeline.yaml',
    `format: logidata/v1
name: Double
nodes:
  rows: { type: extract.input, config: { columns: [{ name: id, type: BIGINT }] } }
  times: { type: transform.formula, inputs: { in: rows }, config: { formulas: [{ name: twice, expression: id * 2 }] } }
  large: { type: transform.output, inputs: { in: times } }
`,
  )
  const nodes = await lineage({
    orders,
    double: {
      type: 'transform.pipeline',
      inputs: { rows: 'orders' },
      config: { path: 'pipelines/double.pipeline.yaml', inputs: [{ name: 'rows' }], outputs: [{ name: 'large' }] },
    },
  })
  expect(nodes['double/times']?.origin).toEqual({ path: 'pipelines/double.pipeline.yaml', nodeId: 'times' })
  expect(said(nodes['double/times']?.ports.out)).toMatchObject({ twice: ['in.id transformation'] })
  expect(nodes.double?.inputs).toEqual({ large: { nodeId: 'double/large', port: 'out' } })
  expect(said(nodes.double?.ports.large)).toMatchObject({ twice: ['large.twice identity'] })
})

test('a query in another database’s SQL is read from its text', async () => {
  const database = new DatabaseSync(join(own.root, 'data/shop.sqlite'))
  database.exec('CREATE TABLE orders (id INT, customer INT, total REAL); CREATE TABLE users (id INT, name TEXT)')
  database.close()
  const reads = async (query: string) => {
    const nodes = await lineage({ shop: { type: 'extract.sqlite', config: { path: 'data/shop.sqlite', query } } })
    return { basis: nodes.shop?.basis, reads: nodes.shop?.reads }
  }
  expect(
    await reads('SELECT u.name AS who, o.total * 2 AS twice FROM orders o JOIN users u ON u.id = o.customer'),
  ).toEqual({
    basis: 'query',
    reads: [
      {
        path: 'data/shop.sqlite',
        table: 'users',
        columns: {
          who: [
            { column: 'name', kinds: ['identity'] },
            { column: 'id', kinds: ['join'] },
          ],
          twice: [{ column: 'id', kinds: ['join'] }],
        },
      },
      {
        path: 'data/shop.sqlite',
        table: 'orders',
        columns: {
          who: [{ column: 'customer', kinds: ['join'] }],
          twice: [
            { column: 'total', kinds: ['transformation'] },
            { column: 'customer', kinds: ['join'] },
          ],
        },
      },
    ],
  })
  expect((await reads('SELECT * FROM orders'))?.reads?.[0]).toMatchObject({
    table: 'orders',
    columns: { id: [{ column: 'id' }] },
  })
})

test('what an edit leaves as it was is not computed again', async () => {
  const nodes = Object.fromEntries(
    Array.from({ length: 40 }, (_, index): [string, TestNode] =>
      index === 0
        ? ['n0', orders]
        : [
            `n${index}`,
            {
              type: 'transform.formula',
              inputs: { in: `n${index - 1}` },
              config: { formulas: [{ name: `c${index}`, expression: `id + ${index}` }] },
            },
          ],
    ),
  )
  const first = await lineageOf(nodes)
  const again = await lineageOf(nodes)
  expect(again.nodes).toBe(first.nodes)
  const { hash } = await own.project.lineage.of(pipeline(nodes), never)
  expect(await own.project.lineage.of({ ...pipeline(nodes), known: hash }, never)).toEqual({ hash })
  const edited = {
    ...nodes,
    n39: { ...nodes.n39, config: { formulas: [{ name: 'last', expression: 'id - 1' }] } },
  } as typeof nodes
  const after = await lineageOf(edited)
  expect(said(after.nodes.n39?.ports.out)['last']).toEqual(['in.id transformation'])
  console.log(
    `40 nodes: ${first.milliseconds.toFixed(0)} ms, again ${again.milliseconds.toFixed(1)} ms, after an edit ${after.milliseconds.toFixed(1)} ms`,
  )
})
