import { rmSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
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
  await own.parquet(
    'data/orders.parquet',
    `SELECT i AS id, 'FR' AS country, (i * 1.5)::DECIMAL(12,2) AS total FROM range(100) t(i)`,
  )
})
afterAll(() => own.close())

const orders: TestNode = { type: 'extract.parquet', config: { path: 'data/orders.parquet' } }
const filter = (from: string, condition: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: from },
  config: { condition },
})
const analyse = (nodes: Record<string, TestNode>, more = {}) => own.project.analyse(pipeline(nodes, more), never)
const previewable = async (nodes: Record<string, TestNode>, nodeId: string) =>
  (await own.project.preview({ ...pipeline(nodes), nodeId, limit: 5, offset: 0 }, never)).rows.length

describe('analysing', () => {
  test('warns of what a person should decide, and only of that; the node works as it is', async () => {
    own.write(
      'data/days.csv',
      'day,other,amount,code,n\n05/06/2024,01/02/2024,"1,234",00123,1\n07/08/2024,,"5,678",00456,2\n',
    )
    const read = (config: object) => ({ days: { type: 'extract.csv', config: { path: 'data/days.csv', ...config } } })
    const { nodes } = await analyse(read({}))
    expect(
      nodes.days?.problems.map(({ severity, nodeId, code, message }) => [severity, nodeId, code, message]),
    ).toEqual([
      [
        'warning',
        'days',
        'csv.day-or-month',
        'Columns day, other stay text: nothing tells the day from the month, as in 05/06/2024 and 07/08/2024.',
      ],
      [
        'warning',
        'days',
        'csv.thousands-or-decimals',
        'Column amount stays text: nothing tells whether the comma separates thousands or decimals, as in 1,234.',
      ],
    ])
    expect(nodes.days?.problems[0]?.hint).toContain('dd/MM/yyyy or MM/dd/yyyy')
    expect(await previewable(read({}), 'days')).toBe(2)
    const told = await analyse(read({ date_format: 'dd/MM/yyyy', columns: { amount: { type: 'VARCHAR' } } }))
    expect(told.nodes.days?.problems).toEqual([])
    expect(told.nodes.days?.ports.out?.map(({ type }) => type)).toEqual([
      'DATE',
      'DATE',
      'VARCHAR',
      'VARCHAR',
      'BIGINT',
    ])
  })

  test('gives the columns of every port and of every input', async () => {
    const { nodes, problems } = await analyse({ orders, big: filter('orders', 'total > 10') })
    const columns = [
      { name: 'id', type: 'BIGINT' },
      { name: 'country', type: 'VARCHAR' },
      { name: 'total', type: 'DECIMAL(12,2)' },
    ]
    expect(nodes.orders?.ports).toEqual({ out: columns })
    expect(nodes.big?.ports).toEqual({ match: columns, rest: columns })
    expect(nodes.big?.inputs).toEqual({ in: columns })
    expect(nodes.big?.problems).toEqual([])
    expect(problems).toEqual([])
  })

  test('names a missing column, its place in the expression and the column that was meant', async () => {
    const nodes = { orders, wrong: filter('orders', "country = 'FR' AND totl > 10"), right: filter('orders', 'id > 1') }
    const analysis = await analyse(nodes)
    const [problem] = analysis.nodes.wrong?.problems ?? []
    expect(problem).toMatchObject({ code: 'column.not-found', nodeId: 'wrong', field: ['condition'] })
    expect(problem?.message).toContain('totl')
    expect(problem?.hint).toContain('total')
    expect("country = 'FR' AND totl > 10".slice(problem?.range?.start, problem?.range?.end)).toBe('totl')
    expect(analysis.nodes.right?.problems).toEqual([])
    expect(await previewable(nodes, 'right')).toBe(5)
  })

  test('tells which of several expressions is wrong, and where', async () => {
    const formulas = [
      { name: 'a', expression: 'total * 2' },
      { name: 'b', expression: "'é' || upperr(country)" },
    ]
    const nodes = { orders, made: { type: 'transform.formula', inputs: { in: 'orders' }, config: { formulas } } }
    const [problem] = (await analyse(nodes)).nodes.made?.problems ?? []
    expect(problem).toMatchObject({ code: 'function.not-found', field: ['formulas', 1, 'expression'] })
    expect(problem?.hint).toContain('upper')
    expect(formulas[1]?.expression.slice(problem?.range?.start, problem?.range?.end)).toBe('upperr')
  })

  test('gives a syntax error as the field’s, before anything reaches DuckDB', async () => {
    const [problem] = (await analyse({ orders, f: filter('orders', 'total > (') })).nodes.f?.problems ?? []
    expect(problem).toMatchObject({ code: 'expression.syntax', nodeId: 'f', field: ['condition'] })
  })

  test('says a cycle once, and leaves the other nodes as they are', async () => {
    const nodes = { orders, a: filter('b', 'id > 1'), b: filter('a', 'id > 1'), c: filter('orders', 'id > 1') }
    const analysis = await analyse(nodes)
    expect(analysis.problems.map((problem) => problem.code)).toEqual(['pipeline.cycle'])
    expect(analysis.nodes.a?.problems[0]?.code).toBe('pipeline.cycle')
    expect(analysis.nodes.c?.problems).toEqual([])
    expect(await previewable(nodes, 'c')).toBe(5)
  })

  test('tells every broken connection and setting apart', async () => {
    const { nodes } = await analyse({
      orders,
      unknown: { type: 'transform.nothing', inputs: { in: 'orders' } },
      after_unknown: filter('unknown', 'id > 1'),
      alone: { type: 'transform.filter', config: { condition: 'id > 1' } },
      astray: filter('ordres', 'id > 1'),
      port: filter('orders.rejected', 'id > 1'),
      empty: { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: 'id > 1', conditon: 'x' } },
    })
    const codes = Object.fromEntries(
      Object.entries(nodes).map(([id, node]) => [id, node.problems.map((one) => one.code)]),
    )
    expect(codes).toMatchObject({
      orders: [],
      unknown: ['module.unknown'],
      after_unknown: [],
      alone: ['input.missing'],
      astray: ['reference.unknown-node'],
      port: ['port.unknown-output'],
      empty: ['config.unknown-field'],
    })
    expect(nodes.astray?.problems[0]?.hint).toContain('orders')
  })

  test('gives two loads of one file as an error of both', async () => {
    const load = (path: string): TestNode => ({ type: 'load.csv', inputs: { in: 'orders' }, config: { path } })
    const { nodes } = await analyse({
      orders,
      one: load('out/x.csv'),
      two: load('./out//x.csv'),
      three: load('out/y.csv'),
    })
    expect(nodes.one?.problems.map((one) => one.code)).toEqual(['load.same-target'])
    expect(nodes.two?.problems.map((one) => one.code)).toEqual(['load.same-target'])
    expect(nodes.three?.problems).toEqual([])
  })

  test('tells where a load may not write, and what a query may not read, before anything runs', async () => {
    own.write('data/plain.txt', 'x')
    const load = (path: string): TestNode => ({ type: 'load.csv', inputs: { in: 'orders' }, config: { path } })
    const sql = `SELECT * FROM read_csv('/etc/passwd')`
    const { nodes } = await analyse({
      orders,
      out: load('../out.csv'),
      under: load('data/plain.txt/out.csv'),
      good: load('new/folder/out.csv'),
      asks: { type: 'transform.sql', config: { sql } },
    })
    expect(nodes.out?.problems[0]).toMatchObject({ code: 'file.outside-project', nodeId: 'out', field: ['path'] })
    expect(nodes.under?.problems[0]).toMatchObject({ code: 'file.unwritable', field: ['path'] })
    expect(nodes.good?.problems).toEqual([])
    expect(nodes.asks?.problems[0]).toMatchObject({
      code: 'file.outside-project',
      message: 'This reads /etc/passwd, which is outside the project’s folder.',
    })
    expect(nodes.asks?.problems[0]?.hint).toContain('Copy the file into the project')
  })

  test('notices a file that changes, and one that vanishes', async () => {
    await own.parquet('data/moving.parquet', 'SELECT 1 AS a')
    const nodes = { moving: { type: 'extract.parquet', config: { path: 'data/moving.parquet' } }, orders }
    expect((await analyse(nodes)).nodes.moving?.ports.out?.[0]?.name).toBe('a')
    await own.parquet('data/moving.parquet', `SELECT 'text' AS b`)
    utimesSync(join(own.root, 'data/moving.parquet'), 1, 1)
    await expect.poll(async () => (await analyse(nodes)).nodes.moving?.ports.out?.[0]?.name).toBe('b')
    rmSync(join(own.root, 'data/moving.parquet'))
    await expect.poll(async () => (await analyse(nodes)).nodes.moving?.problems[0]?.code).toBe('file.not-found')
    expect((await analyse(nodes)).nodes.moving?.problems[0]?.field).toEqual(['path'])
    expect(await previewable(nodes, 'orders')).toBe(5)
    expect(await errorOf(previewable(nodes, 'moving'))).toMatchObject({ code: 'file.not-found', nodeId: 'moving' })
  })

  test('fills in parameters and granted variables, and says what is missing', async () => {
    const nodes = {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder of the pipeline file.
      orders: { type: 'extract.parquet', config: { path: '${env:WHERE}.parquet' } },
      f: filter('orders', 'id >= $least'),
    }
    const parameters = { least: { type: 'integer' as const, default: '98' } }
    const given = { ...pipeline(nodes, { parameters }), env: { WHERE: 'data/orders' } }
    const preview = await own.project.preview({ ...given, nodeId: 'f', limit: 9, offset: 0 }, never)
    expect(preview.rows.map((row) => row[0])).toEqual(['98', '99'])
    const less = { ...given, parameters: { least: '99' }, nodeId: 'f', limit: 9, offset: 0 }
    expect((await own.project.preview(less, never)).rows.length).toBe(1)
    const [problem] = (await analyse(nodes)).nodes.orders?.problems ?? []
    expect(problem).toMatchObject({ code: 'env.not-granted', field: ['path'] })
  })

  test('numbers the queries: what fuses has one number', async () => {
    const load = (from: string, path: string): TestNode => ({
      type: 'load.csv',
      inputs: { in: from },
      config: { path },
    })
    const sum: TestNode = {
      type: 'transform.aggregate',
      inputs: { in: 'big.match' },
      config: { group_by: ['country'], measures: [{ name: 'revenue', function: 'sum', column: 'total' }] },
    }
    const nodes = {
      orders,
      big: filter('orders', 'total > 10'),
      sum,
      one: load('sum', 'out/1.csv'),
      two: load('sum', 'out/2.csv'),
    }
    const analysis = await analyse(nodes)
    expect(analysis.queries).toBe(3)
    const numbers = Object.fromEntries(Object.entries(analysis.nodes).map(([id, node]) => [id, node.query]))
    expect(numbers).toEqual({ orders: 1, big: 1, sum: 1, one: 2, two: 3 })
  })
})
