import { describe, expect, it } from 'vitest'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { FORMAT, type PipelineDocument } from '../../shared/pipeline/document.ts'
import { uniqueName } from '../../shared/pipeline/names.ts'
import { copyNodes, pasteNodes } from './clipboard.ts'
import { connectEdits, newNodeEdits, pathEdges } from './connection-rules.ts'
import { autoLayout, freePlace, neighbour, positionsOf } from './layout.ts'
import { inputPorts } from './ports.ts'

const words = (en: string) => ({ en, fr: en })
const port = (name: string, more = {}) => ({
  name,
  title: words(name),
  optional: false,
  many: false,
  freeNames: false,
  ...more,
})
const out = (name: string, reject = false) => ({ name, title: words(name), reject })
const info = (type: string, inputs: ModuleInfo['inputs'], outputs: ModuleInfo['outputs']): ModuleInfo => ({
  type,
  version: 1,
  family: 'shape',
  title: words(type),
  summary: words(''),
  documentation: words(''),
  icon: 'filter',
  keywords: [],
  inputs,
  outputs,
  fields: [],
  configSchema: {},
  defaultConfig: {},
  example: {},
})
const modules = new Map(
  [
    info('extract.csv', [], [out('out'), out('rejects', true)]),
    info('transform.filter', [port('in')], [out('match'), out('rest')]),
    info('transform.union', [port('in', { many: true })], [out('out')]),
    info('transform.sql', [port('in', { many: true, freeNames: true })], [out('out')]),
    info('transform.split_rows', [port('in')], [{ ...out('part'), each: { field: 'parts', name: 'name' } }]),
    info('load.parquet', [port('in')], []),
  ].map((one) => [one.type, one]),
)
const document: PipelineDocument = {
  format: FORMAT,
  name: 'test',
  nodes: {
    orders: { type: 'extract.csv' },
    recent: { type: 'transform.filter', inputs: { in: 'orders' } },
    all: { type: 'transform.union', inputs: { in_1: 'orders', in_2: 'recent.rest' } },
    query: { type: 'transform.sql', inputs: { orders: 'orders' } },
    parts: { type: 'transform.split_rows', config: { parts: [{ name: 'train' }, { name: 'test' }] } },
    out: { type: 'load.parquet', inputs: { in: 'all' } },
  },
  layout: { orders: [0, 0], recent: [240, 0], all: [480, 0], query: [240, 120], parts: [0, 240], out: [720, 0] },
}

describe('connecting', () => {
  const connect = (source: string, sourcePort: string, target: string, targetPort: string) =>
    connectEdits(document, modules, { source, sourcePort, target, targetPort })

  it('names the port of an output that is not the default one, and replaces a taken input', () => {
    expect(connect('recent', 'rest', 'out', 'in')).toEqual([
      { kind: 'connect', nodeId: 'out', port: 'in', from: 'recent.rest' },
    ])
    expect(connect('recent', 'match', 'out', 'in')).toEqual([
      { kind: 'connect', nodeId: 'out', port: 'in', from: 'recent' },
    ])
  })
  it('always names a port that a list makes, since another may come first', () => {
    expect(connect('parts', 'train', 'out', 'in')).toMatchObject([{ from: 'parts.train' }])
    expect(connect('parts', 'test', 'out', 'in')).toMatchObject([{ from: 'parts.test' }])
    expect(connect('parts', 'gone', 'out', 'in')).toBeUndefined()
  })
  it('refuses a node itself, a circle, and ports that do not exist', () => {
    expect(connect('recent', 'match', 'recent', 'in')).toBeUndefined()
    expect(connect('all', 'out', 'recent', 'in')).toBeUndefined()
    expect(connect('orders', 'nothing', 'out', 'in')).toBeUndefined()
    expect(connect('orders', 'out', 'out', 'other')).toBeUndefined()
    expect(connect('recent', 'match', 'orders', 'in')).toBeUndefined()
  })
  it('gives a union its next numbered input and an SQL step one named after its source', () => {
    expect(
      inputPorts(document.nodes.all ?? { type: 'x.y' }, modules.get('transform.union')).map((one) => one.name),
    ).toEqual(['in_1', 'in_2', 'in_3'])
    expect(connect('recent', 'match', 'query', 'in_1')).toEqual([
      { kind: 'connect', nodeId: 'query', port: 'recent', from: 'recent' },
    ])
  })
  it('changes nothing when the connection is there already', () => {
    expect(connect('orders', 'out', 'recent', 'in')).toEqual([])
  })
  it('finds every edge on a way through the selection', () => {
    expect([...pathEdges(document, ['recent'])].sort()).toEqual(['all.in_2', 'out.in', 'recent.in'])
  })
})

describe('naming new nodes', () => {
  it('takes the word of the module, with a number once it is taken', () => {
    const filter = modules.get('transform.filter')
    expect(filter && newNodeEdits(document, filter, [0, 0]).nodeId).toBe('filter')
    expect(uniqueName('orders', (name) => name in document.nodes)).toBe('orders_2')
    expect(uniqueName('a_2', (name) => ['a_2', 'a_3'].includes(name))).toBe('a_4')
  })
})

describe('layout', () => {
  it('puts every node to the right of what it reads from, on the grid, without overlap', () => {
    const positions = autoLayout(document, modules)
    const [orders, recent, all] = [positions.orders, positions.recent, positions.all]
    expect(recent?.[0]).toBeGreaterThan(orders?.[0] ?? 0)
    expect(all?.[0]).toBeGreaterThan(recent?.[0] ?? 0)
    expect(
      Object.values(positions)
        .flat()
        .every((value) => value % 4 === 0),
    ).toBe(true)
    expect(new Set(Object.values(positions).map(String)).size).toBe(6)
  })
  it('keeps the places that the file gives and finds one for a node without', () => {
    const { out: _, ...layout } = document.layout ?? {}
    const positions = positionsOf({ ...document, layout }, modules)
    expect(positions.recent).toEqual([240, 0])
    expect(positions.out?.[1]).toBeGreaterThanOrEqual(240)
  })
  it('finds a free place below a taken one', () => {
    expect(freePlace(document.layout ?? {}, [240, 0])[1]).toBeGreaterThan(180)
    expect(freePlace({}, [241, 3])).toEqual([240, 4])
  })
  it('goes with an arrow key to the nearest node that lies ahead', () => {
    expect(neighbour(document.layout ?? {}, 'orders', 'right')).toBe('recent')
    expect(neighbour(document.layout ?? {}, 'recent', 'down')).toBe('query')
    expect(neighbour(document.layout ?? {}, 'out', 'right')).toBeUndefined()
  })
})

describe('the clipboard', () => {
  it('carries nodes with their connections, renamed where a key is taken', () => {
    const text = copyNodes(document, document.layout ?? {}, ['recent', 'orders'])
    const pasted = pasteNodes(document, text)
    expect(pasted?.nodeIds.sort()).toEqual(['orders_2', 'recent_2'])
    const recent = pasted?.edits.find((edit) => edit.kind === 'addNode' && edit.nodeId === 'recent_2')
    expect(recent).toMatchObject({ node: { inputs: { in: 'orders_2' } }, position: [272, 32] })
    expect(pasted?.edits.map((edit) => 'nodeId' in edit && edit.nodeId)).toEqual(['orders_2', 'recent_2'])
  })
  it('leaves out connections to nodes that are not there, and takes JSON', () => {
    const empty: PipelineDocument = { format: FORMAT, name: 'empty', nodes: {} }
    const pasted = pasteNodes(empty, JSON.stringify({ nodes: { out: document.nodes.out } }))
    expect(pasted?.edits).toEqual([
      { kind: 'addNode', nodeId: 'out', node: { type: 'load.parquet' }, position: [32, 32] },
    ])
  })
  it('refuses text that holds no nodes', () => {
    for (const text of ['hello', '', 'nodes: {}', '{"nodes":{"A B":{}}}', ': : :']) {
      expect(pasteNodes(document, text)).toBeUndefined()
    }
  })
})
