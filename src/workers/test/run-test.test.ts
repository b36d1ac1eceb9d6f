import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { raw } from '../../modules/kit/sql.ts'
import type { Expectation, Given } from '../../shared/tests/test-file.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

let temporary: TemporaryProject
beforeAll(async () => {
  temporary = await temporaryProject()
})
afterAll(() => temporary.close())

interface Given1 {
  readonly nodes: Record<string, TestNode>
  readonly given?: Record<string, Given>
  readonly expect: Record<string, Expectation>
  readonly now?: string
  readonly parameters?: Record<string, string>
  readonly actualRows?: number
}

const run = ({ nodes, given = {}, now, parameters = {}, actualRows = 0, expect: expected }: Given1) =>
  temporary.project.test({ ...pipeline(nodes), parameters, given, expect: expected, now, limit: 20, actualRows }, never)

const ORDERS: Given = {
  columns: [
    { name: 'id', type: 'BIGINT' },
    { name: 'country', type: 'VARCHAR' },
    { name: 'total', type: 'DECIMAL(20,2)' },
  ],
  rows: [
    ['9007199254740993', 'FR', '1.10'],
    ['2', 'FR', '2.20'],
    ['3', 'DE', '123456789012345678.99'],
    ['4', null, '0.00'],
  ],
}
const nodes: Record<string, TestNode> = {
  orders: { type: 'extract.csv', config: { path: 'data/nowhere.csv' } },
  large: { type: 'transform.filter', inputs: { in: 'orders' }, config: { condition: 'total > 1' } },
  by_country: {
    type: 'transform.aggregate',
    inputs: { in: 'large' },
    config: { group_by: ['country'], measures: [{ name: 'total', function: 'sum', column: 'total' }] },
  },
  out: { type: 'load.csv', inputs: { in: 'by_country' }, config: { path: 'out/by-country.csv' } },
}
const given = { orders: ORDERS }
const right: Expectation = {
  columns: [{ name: 'country' }, { name: 'total' }],
  rows: [
    ['FR', '3.30'],
    ['DE', '123456789012345678.99'],
  ],
}

describe('a case', () => {
  it('passes over given rows, whose source is not there, in any order', async () => {
    const result = await run({ nodes, given, expect: { by_country: right, 'large.rest': { count: '1' } } })
    expect(result).toMatchObject({
      state: 'passed',
      expectations: [{ output: 'by_country' }, { output: 'large.rest' }],
    })
  })

  it('says of a load what it would write, and writes nothing', async () => {
    expect(await run({ nodes, given, expect: { out: right } })).toMatchObject({ state: 'passed' })
    expect(await temporary.project.session.files.inputs('out/by-country.csv').catch((error) => error.info.code)).toBe(
      'file.not-found',
    )
  })

  it('marks the cells that changed, and what is missing or unexpected', async () => {
    const rows = [
      ['FR', '3.31'],
      ['US', null],
    ]
    const { state, expectations } = await run({ nodes, given, expect: { by_country: { ...right, rows } } })
    expect(state).toBe('failed')
    expect(expectations[0]?.message).toBe('1 row changed, 1 row missing, 1 row unexpected.')
    expect(expectations[0]?.difference).toMatchObject({
      keys: ['country'],
      suggested: true,
      counts: { changed: '1', removed: '1', added: '1', unchanged: '0' },
      changedColumns: [{ column: 'total', rows: '1' }],
      differing: [
        { kind: 'added', after: ['DE', '123456789012345678.99'] },
        { kind: 'changed', before: ['FR', '3.31'], after: ['FR', '3.30'], changed: [1] },
        { kind: 'removed', before: ['US', null] },
      ],
    })
  })

  it('compares types where they are named, before rows', async () => {
    const columns = [
      { name: 'country', type: 'VARCHAR' },
      { name: 'total', type: 'DECIMAL(38,2)' },
    ]
    expect(await run({ nodes, given, expect: { by_country: { ...right, columns } } })).toMatchObject({
      state: 'passed',
    })
    const wrong = [
      { name: 'total', type: 'DOUBLE' },
      { name: 'country', type: 'TEXT' },
      { name: 'more', type: 'DATE' },
    ]
    const { expectations } = await run({ nodes, given, expect: { by_country: { columns: wrong } } })
    expect(expectations[0]?.difference?.schema).toEqual([
      { kind: 'type', column: 'total', before: 'DOUBLE', after: 'DECIMAL(38,2)' },
      { kind: 'removed', column: 'more', before: 'DATE' },
      { kind: 'order', before: ['total', 'country'], after: ['country', 'total'] },
    ])
    expect(expectations[0]?.message).toBe('3 differences in the columns.')
  })

  it('counts rows', async () => {
    const { expectations } = await run({ nodes, given, expect: { large: { count: '2' } } })
    expect(expectations[0]).toEqual({
      output: 'large',
      state: 'failed',
      rows: '3',
      message: '2 rows were expected, and 3 came.',
    })
  })

  it('tells 1 from 1, 1: rows count as often as they come', async () => {
    const twice: Given = { columns: [{ name: 'a', type: 'INTEGER' }], rows: [['1'], ['1'], [null], [null]] }
    const one = { orders: { type: 'extract.csv', config: { path: 'x.csv' } } }
    const result = await run({
      nodes: one,
      given: { orders: twice },
      expect: { orders: { columns: [{ name: 'a' }], rows: [['1'], [null], [null], [null]] } },
    })
    expect(result.expectations[0]?.difference).toMatchObject({
      keys: [],
      counts: { added: '1', removed: '1', changed: '0', unchanged: '3' },
      differing: [
        { kind: 'added', after: ['1'] },
        { kind: 'removed', before: [null] },
      ],
    })
  })

  it('looks at the order only where it is asked to', async () => {
    const rows = [...(ORDERS.rows ?? [])].reverse()
    const expected = { columns: ORDERS.columns ?? [], rows }
    expect(await run({ nodes, given, expect: { orders: expected } })).toMatchObject({ state: 'passed' })
    const { expectations } = await run({ nodes, given, expect: { orders: { ...expected, ordered: true } } })
    expect(expectations[0]).toMatchObject({ state: 'failed', difference: { order: { row: '1' } } })
    const same = { ...expected, rows: ORDERS.rows ?? [], ordered: true }
    expect(await run({ nodes, given, expect: { orders: same } })).toMatchObject({ state: 'passed' })
  })

  it('lets numbers be near, but NULL and NaN only themselves', async () => {
    const numbers: Given = {
      columns: [
        { name: 'id', type: 'INTEGER' },
        { name: 'x', type: 'DOUBLE' },
      ],
      rows: [
        ['1', '0.30000000000000004'],
        ['2', 'NaN'],
        ['3', null],
        ['4', '-inf'],
        ['5', '1.5'],
      ],
    }
    const one = { orders: { type: 'extract.csv', config: { path: 'x.csv' } } }
    const rows = [
      ['1', '0.3'],
      ['2', 'nan'],
      ['3', null],
      ['4', '-inf'],
      ['5', '1.6'],
    ]
    const expected = { columns: numbers.columns ?? [], rows, tolerance: '0.001' }
    const { expectations } = await run({ nodes: one, given: { orders: numbers }, expect: { orders: expected } })
    expect(expectations[0]?.difference).toMatchObject({ counts: { changed: '1', unchanged: '4' } })
    const near = { ...expected, tolerance: { x: '0.2' } }
    expect(await run({ nodes: one, given: { orders: numbers }, expect: { orders: near } })).toMatchObject({
      state: 'passed',
    })
    // Without a key the near rows find each other all the same.
    const bare = { columns: [{ name: 'x' }], rows: rows.map(([, x = null]) => [x]), tolerance: '0.2', ignore: ['id'] }
    expect(await run({ nodes: one, given: { orders: numbers }, expect: { orders: bare } })).toMatchObject({
      state: 'passed',
    })
  })

  it('takes the keys that it is given, and the rest of a repeated key in order', async () => {
    const rows = [
      ['9007199254740993', 'FR', '1.10'],
      ['2', 'FR', '2.21'],
    ]
    const result = await run({
      nodes,
      given: { orders: { ...ORDERS, rows: ORDERS.rows?.slice(0, 2) ?? [] } },
      expect: { orders: { columns: ORDERS.columns ?? [], rows, keys: ['country'] } },
    })
    expect(result.expectations[0]?.difference).toMatchObject({ keys: ['country'], suggested: false })
    expect(result.expectations[0]?.difference?.counts).toMatchObject({ changed: '1', unchanged: '1' })
    const wrong = await run({ nodes, given, expect: { by_country: { ...right, keys: ['land'] } } })
    expect(wrong.expectations[0]?.error).toMatchObject({ code: 'compare.key' })
  })

  it('expects an error by its code', async () => {
    const strict = {
      ...nodes,
      sure: { type: 'transform.assert', inputs: { in: 'orders' }, config: { checks: [{ check: 'rows', min: 9 }] } },
    }
    const code = { error: 'assert.failed' }
    expect(await run({ nodes: strict, given, expect: { sure: code } })).toMatchObject({ state: 'passed' })
    expect(await run({ nodes: strict, given, expect: { sure: { count: '4' } } })).toMatchObject({
      state: 'error',
      expectations: [{ state: 'error', error: { code: 'assert.failed', nodeId: 'sure' } }],
    })
    expect((await run({ nodes: strict, given, expect: { orders: code } })).expectations[0]?.message).toBe(
      'The error assert.failed was expected, and 4 rows came.',
    )
    expect((await run({ nodes: strict, given, expect: { sure: { error: 'other' } } })).expectations[0]?.message).toBe(
      'The error other was expected, and assert.failed came.',
    )
  })

  it('says what is wrong with the test itself', async () => {
    const error = async (more: Partial<Given1>) => {
      const result = await run({ nodes, given, expect: { orders: { count: '4' } }, ...more })
      return result.error?.code ?? result.expectations[0]?.error?.code
    }
    expect(await error({ given: { ordres: ORDERS } })).toBe('test.unknown-node')
    expect(await error({ given: { out: ORDERS } })).toBe('test.unknown-port')
    expect(await error({ given: { orders: { ...ORDERS, rows: [['x', null, null]] } } })).toBe('test.bad-value')
    expect(await error({ given: { orders: { columns: [{ name: 'a', type: 'INTEGR' }], rows: [] } } })).toBe('test.type')
    expect(await error({ given: { orders: { file: 'none.csv' } } })).toBe('file.not-found')
    expect(await error({ expect: { nobody: { count: '1' } } })).toBe('reference.unknown-node')
    expect(await error({ expect: { 'large.other': { count: '1' } } })).toBe('port.unknown-output')
    expect(await error({ parameters: { unknown: '1' } })).toBe('parameter.unknown')
    expect(await error({ now: 'soon' })).toBe('clock.invalid')
  })

  it('reads rows from CSV, where "" is no NULL, and from Parquet', async () => {
    temporary.write('tests/data/orders.csv', 'id,country,total\n1,FR,1.50\n2,"",\n')
    await temporary.parquet(
      'tests/data/orders.parquet',
      "SELECT 1::BIGINT AS id, 'FR' AS country, 1.50::DECIMAL(20,2) AS total",
    )
    const csv: Given = { file: 'tests/data/orders.csv', columns: ORDERS.columns ?? [] }
    const rows = [
      ['1', 'FR', '1.50'],
      ['2', '', null],
    ]
    const expected = { columns: ORDERS.columns ?? [], rows }
    expect(await run({ nodes, given: { orders: csv }, expect: { orders: expected } })).toMatchObject({
      state: 'passed',
    })
    const parquet: Given = { file: 'tests/data/orders.parquet' }
    const one = { ...expected, rows: rows.slice(0, 1) }
    expect(await run({ nodes, given: { orders: parquet }, expect: { orders: one } })).toMatchObject({ state: 'passed' })
    const file = { file: 'tests/data/orders.csv' }
    expect(await run({ nodes, given: { orders: csv }, expect: { orders: file } })).toMatchObject({ state: 'passed' })
    expect(await run({ nodes, given: { orders: parquet }, expect: { orders: file } })).toMatchObject({
      expectations: [{ difference: { counts: { removed: '1' } } }],
    })
  })

  it('gives values of every type back as they came', async () => {
    const columns = [
      ['a', 'HUGEINT', '170141183460469231731687303715884105727'],
      ['b', 'BLOB', '\\x00ff'],
      ['c', 'INTEGER[]', '[1,null,3]'],
      ['d', 'STRUCT(x DECIMAL(10,2), "y z" VARCHAR)', '{"x":1.1,"y z":"é\\""}'],
      ['e', 'TIMESTAMP WITH TIME ZONE', '2024-06-30 12:00:00+00'],
      ['f', 'MAP(VARCHAR, BIGINT)', '{"k":9007199254740993}'],
      ['g', 'UUID', '01a20475-07f8-4b71-9d68-7ee8ef308d80'],
      ['h', 'INTERVAL', '1 year 2 days'],
      ['i', 'JSON', '{"a":1.0}'],
      ['j', 'BOOLEAN', 'true'],
      ['k', 'TIME', '12:34:56.5'],
      ['l', 'DOUBLE[]', '["NaN",1.5]'],
      ['m', 'TIMESTAMP_NS', '2024-06-30 12:00:00.123456789'],
    ] as const
    const table = {
      columns: columns.map(([name, type]) => ({ name, type })),
      rows: [columns.map(([, , value]) => value), columns.map(() => null)],
    }
    const one = { any: { type: 'extract.csv', config: { path: 'x.csv' } } }
    const result = await run({ nodes: one, given: { any: table }, expect: { any: table }, actualRows: 10 })
    expect(result.expectations[0]).toMatchObject({ state: 'passed', actual: table })
  })

  it('replaces one port of several, and leaves the others', async () => {
    const result = await run({
      nodes: {
        ...nodes,
        small: { type: 'transform.limit', inputs: { in: 'large.rest' }, config: { rows: 10 } },
      },
      given: { orders: ORDERS, 'large.rest': { columns: [{ name: 'z', type: 'DATE' }], rows: [['2024-01-01']] } },
      expect: { small: { columns: [{ name: 'z' }], rows: [['2024-01-01']] }, large: { count: '3' } },
    })
    expect(result).toMatchObject({ state: 'passed' })
  })

  it('computes all rows where a preview would take a sample, and code over all of them', async () => {
    await temporary.parquet('data/many.parquet', 'SELECT i, i % 7 AS g FROM range(1_200_000) t(i)')
    const many = {
      source: { type: 'extract.parquet', config: { path: 'data/many.parquet' } },
      groups: {
        type: 'transform.aggregate',
        inputs: { in: 'source' },
        config: { group_by: ['g'], measures: [{ name: 'n', function: 'count' }] },
      },
      first: { type: 'transform.filter', inputs: { in: 'source' }, config: { condition: 'i < 12000' } },
      scripted: {
        type: 'transform.script',
        inputs: { in: 'first' },
        config: { code: 'return { j: row.i }', columns: [{ name: 'j', type: 'BIGINT' }] },
      },
    }
    const result = await run({
      nodes: many,
      expect: { source: { count: '1200000' }, groups: { count: '7' }, scripted: { count: '12000' } },
    })
    expect(result.expectations.filter(({ state }) => state !== 'passed')).toEqual([])
  }, 30_000)

  it('leaves no table behind', async () => {
    const { rows } = await temporary.project.session.lease(never, (lease) =>
      lease.query(raw("SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'ld_tests'")),
    )
    expect(rows).toEqual([['0']])
  })
})
