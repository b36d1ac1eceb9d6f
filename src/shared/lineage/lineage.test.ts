import { describe, expect, test } from 'vitest'
import { Datasets } from './datasets.ts'
import { LineageGraph } from './graph.ts'
import { composeKinds, kindBit, kindsOf } from './kinds.ts'
import { mentionsOf } from './mentions.ts'
import { openLineageJobs } from './open-lineage.ts'
import { folderOf, matches } from './paths.ts'
import type { PipelineLineage } from './project.ts'
import { trace } from './trace.ts'
import type { LineageSource, NodeLineage } from './types.ts'

const source = (column: string, ...kinds: LineageSource['kinds']): LineageSource => ({ port: 'in', column, kinds })
const columns = (...names: string[]) => names.map((name) => ({ name, type: 'INTEGER' }))
const base = { type: 't', summary: '', inputs: {}, ports: {}, reads: [], writes: [], basis: 'plan' as const }
const above = (nodeId: string) => ({ in: { nodeId, port: 'out' } })
const pipeline = (path: string, nodes: Record<string, NodeLineage>): PipelineLineage => ({
  path,
  name: path,
  lineage: { nodes, problems: [], milliseconds: 0 },
})
const read = (path: string, ...names: string[]): NodeLineage => ({
  ...base,
  ports: { out: { columns: columns(...names), from: {}, rows: [] } },
  reads: [{ path }],
})
const write = (path: string, from: string, ...names: string[]): NodeLineage => ({
  ...base,
  inputs: above(from),
  ports: {
    in: {
      columns: columns(...names),
      from: Object.fromEntries(names.map((name) => [name, [source(name, 'identity')]])),
      rows: [],
    },
  },
  writes: [{ path, mode: 'overwrite' }],
})

const first = pipeline('first', {
  read: read('data/a.csv', 'id', 'price', 'region'),
  sums: {
    ...base,
    inputs: above('read'),
    ports: {
      out: {
        columns: columns('id', 'total'),
        from: { id: [source('id', 'identity')], total: [source('price', 'aggregation')] },
        rows: [source('region', 'filter'), source('id', 'group')],
      },
    },
  },
  out: write('out/sales', 'sums', 'id', 'total'),
})
const second = pipeline('second', {
  read: read('out/sales/**/*.parquet', 'id', 'total'),
  out: write('out/b.csv', 'read', 'id', 'total'),
})

describe('data sets', () => {
  test('a folder that one pipeline writes is the one that another reads through a pattern', () => {
    const datasets = new Datasets([first, second])
    expect(datasets.all.map(({ id }) => id).sort()).toEqual(['data/a.csv', 'out/b.csv', 'out/sales'])
    for (const path of ['out/sales/', './out/sales/**/*.parquet', 'out//sales/*/*.parquet', 'out/sales/year=*/**'])
      expect(datasets.idOf({ path }), path).toBe('out/sales')
  })
  test('seen alone, a pipeline names a folder that it takes all of as the one that writes it does', () => {
    expect(new Datasets([second]).idOf({ path: 'out/sales/**/*.parquet' })).toBe('out/sales/**/*.parquet')
    const alone = new Datasets([second], { wholeFolders: true })
    expect(alone.idOf({ path: 'out/sales/**/*.parquet' })).toBe('out/sales')
    expect(alone.idOf({ path: 'out/*.csv' })).toBe('out/*.csv')
  })
  test('files among others are parts of them', () => {
    const datasets = new Datasets([first, second, pipeline('third', { all: read('out/*.csv', 'id') })])
    expect(datasets.parts.map(([part, whole]) => [part.id, whole.id])).toEqual([['out/b.csv', 'out/*.csv']])
  })
  test('tables of one file are told apart, and are parts of a read that does not say which', () => {
    const datasets = new Datasets([
      pipeline('a', { out: { ...base, writes: [{ path: 'x.duckdb', table: 'Sales', mode: 'append' }] } }),
      pipeline('b', {
        one: { ...base, reads: [{ path: 'x.duckdb', table: 'main.sales' }] },
        some: { ...base, reads: [{ path: 'x.duckdb' }] },
      }),
    ])
    expect(datasets.all.map(({ id }) => id)).toEqual(['x.duckdb#sales', 'x.duckdb'])
    expect(datasets.parts.map(([part, whole]) => [part.id, whole.id])).toEqual([['x.duckdb#sales', 'x.duckdb']])
  })
  test('patterns', () => {
    expect(matches('data/{a,b}-[0-9]?.csv', 'data/b-1x.csv')).toBe(true)
    expect(matches('data/*.csv', 'data/x/y.csv')).toBe(false)
    expect(matches('data/**/*.csv', 'data/y.csv')).toBe(true)
    expect(folderOf('data/*.csv')).toBe('data')
    expect(folderOf('data/a.csv')).toBeUndefined()
  })
})

describe('tracing', () => {
  const graph = new LineageGraph([first, second])
  const seen = (items: ReturnType<typeof trace>) =>
    items.map(({ dataset, pipeline: path, nodeId, columns: found, rows }) => [
      dataset ?? `${path}.${nodeId}`,
      ...found.map(({ name, direct }) => `${direct ? '' : '~'}${name}`),
      ...(rows ? ['*'] : []),
    ])

  test('a value is followed through pipelines', () => {
    expect(seen(trace(graph, { dataset: 'data/a.csv', column: 'price' }, 'downstream'))).toEqual([
      ['data/a.csv', 'price'],
      ['first.read', 'price'],
      ['first.sums', 'total'],
      ['first.out', 'total'],
      ['out/sales', 'total'],
      ['second.read', 'total'],
      ['second.out', 'total'],
      ['out/b.csv', 'total'],
    ])
  })
  test('what decides about rows decides about all that follows', () => {
    const items = seen(trace(graph, { dataset: 'data/a.csv', column: 'region' }, 'downstream'))
    expect(items).toContainEqual(['first.sums', '*'])
    expect(items).toContainEqual(['out/b.csv', '*'])
  })
  test('upstream tells values from what decides', () => {
    const items = seen(trace(graph, { dataset: 'out/b.csv', column: 'total' }, 'upstream'))
    expect(items.find(([place]) => place === 'data/a.csv')).toEqual(['data/a.csv', 'price', '~region', '~id', '*'])
  })
  test('no such column is said with those that there are', () => {
    expect(() => trace(graph, { dataset: 'out/b.csv', column: 'x' }, 'upstream')).toThrow('has no column “x”')
  })
})

test('kinds compose: the last change counts, aggregation stays, and what decides decides', () => {
  const of = (outer: Parameters<typeof composeKinds>[0], inner: Parameters<typeof composeKinds>[0]) =>
    kindsOf(composeKinds(outer, kindBit(inner)))
  expect(of('transformation', 'identity')).toEqual(['transformation'])
  expect(of('transformation', 'aggregation')).toEqual(['aggregation'])
  expect(of('filter', 'transformation')).toEqual(['filter'])
  expect(of('identity', 'join')).toEqual(['join'])
  expect(of('transformation', 'join')).toEqual(['join'])
  expect(of('filter', 'join')).toEqual(['filter', 'join'])
})

test('names are found in the fields that hold columns, and in expressions outside of texts', () => {
  const text = { en: '', fr: '' }
  const field = (name: string, control: 'columns' | 'expression' | 'text', port?: string) => ({
    name,
    control,
    title: text,
    required: true,
    ...(port ? { port } : {}),
  })
  const fields = [
    field('by', 'columns'),
    field('when', 'expression'),
    field('title', 'text'),
    field('other', 'columns', 'right'),
  ]
  const config = { by: ['a', 'total'], when: `"Total" > 3 AND x = 'total' -- total`, title: 'total', other: ['total'] }
  expect(mentionsOf(fields, config, ['total'], 'left')).toEqual([
    { field: ['by', 1], column: 'total' },
    { field: ['when'], column: 'total', range: { start: 0, end: 7 } },
  ])
})

test('OpenLineage has a job for each pipeline, with columns by columns', () => {
  const graph = new LineageGraph([first, second])
  const [job] = openLineageJobs(graph.pipelines, graph.datasets, 'file:///p', '2026-01-01T00:00:00Z') as {
    outputs: {
      name: string
      facets: { columnLineage: { fields: Record<string, { inputFields: object[] }>; dataset: object[] } }
    }[]
  }[]
  const [output] = job?.outputs ?? []
  expect(output?.name).toBe('out/sales')
  expect(output?.facets.columnLineage.fields.total?.inputFields).toEqual([
    {
      namespace: 'file:///p',
      name: 'data/a.csv',
      field: 'price',
      transformations: [{ type: 'DIRECT', subtype: 'AGGREGATION', description: '', masking: false }],
    },
  ])
  expect(output?.facets.columnLineage.dataset).toMatchObject([
    { field: 'region', transformations: [{ type: 'INDIRECT', subtype: 'FILTER' }] },
    { field: 'id', transformations: [{ subtype: 'GROUP_BY' }] },
  ])
})
