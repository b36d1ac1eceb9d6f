import { describe, expect, it } from 'vitest'
import { applyEdits } from './apply-edit.ts'
import { describeChange, diffPipelines } from './diff.ts'
import { FORMAT, type PipelineDocument } from './document.ts'
import type { PipelineEdit } from './edits.ts'

const document: PipelineDocument = {
  format: FORMAT,
  name: 'x',
  parameters: { p: { type: 'text' }, q: { type: 'text', default: '1' } },
  nodes: {
    a: { type: 'extract.csv', config: { path: 'a.csv', header: true } },
    b: {
      type: 'transform.aggregate',
      inputs: { in: 'a' },
      config: { by: ['x', 'y'], measures: [{ name: 'n', fn: 'sum' }] },
    },
    c: { type: 'load.csv', inputs: { in: 'b' }, config: { path: 'c.csv' } },
  },
}
const lines = (...edits: PipelineEdit[]) =>
  diffPipelines(document, applyEdits(document, edits).document).map(describeChange)

describe('the difference of two pipelines', () => {
  it('is nothing when boxes move or keys change places', () => {
    expect(lines({ kind: 'moveNodes', positions: { a: [1, 1] } })).toEqual([])
    const nodes = Object.fromEntries(Object.entries(document.nodes).reverse())
    expect(diffPipelines(document, { ...document, nodes })).toEqual([])
  })

  it('names added and removed nodes, and the connections that came and went', () => {
    expect(
      lines({ kind: 'removeNode', nodeId: 'a' }, { kind: 'addNode', nodeId: 'n', node: { type: 'extract.json' } }),
    ).toEqual(['a removed (extract.csv)', 'b: input in: a → nothing', 'n added (extract.json)'])
    expect(lines({ kind: 'addNode', nodeId: 'n', node: { type: 'load.json', inputs: { in: 'b' } } })).toEqual([
      'n added (load.json)',
      'n: input in: nothing → b',
    ])
  })

  it('says a rename once, not at every reference', () => {
    expect(lines({ kind: 'renameNode', nodeId: 'b', to: 'total' })).toEqual(['b renamed to total'])
  })

  it('goes to the value that changed', () => {
    const config = { by: ['x', 'z'], measures: [{ name: 'n', fn: 'max' }], limit: 3 }
    const changed = applyEdits(document, [{ kind: 'setConfig', nodeId: 'b', config }]).document
    expect(diffPipelines(document, changed)).toEqual([
      {
        kind: 'nodeChanged',
        nodeId: 'b',
        changes: [
          { path: ['config', 'by', 1], before: 'y', after: 'z' },
          { path: ['config', 'measures', 0, 'fn'], before: 'sum', after: 'max' },
          { path: ['config', 'limit'], after: 3 },
        ],
      },
    ])
    expect(
      lines(
        { kind: 'setConfig', nodeId: 'a', config: { path: 'b.csv' } },
        { kind: 'setLabel', nodeId: 'a', label: 'A' },
      ),
    ).toEqual(['a: label added: "A"; config.path: "a.csv" → "b.csv"; config.header removed (was true)'])
    expect(lines({ kind: 'setConfig', nodeId: 'b', config: { by: ['x'], measures: 1 } })).toEqual([
      'b: config.by: ["x","y"] → ["x"]; config.measures: [{"name":"n","fn":"sum"}] → 1',
    ])
  })

  it('covers name, description and parameters', () => {
    expect(
      lines(
        { kind: 'setName', name: 'y' },
        { kind: 'setDescription', description: 'd' },
        { kind: 'setParameter', name: 'p' },
        { kind: 'setParameter', name: 'q', parameter: { type: 'text', default: '2' } },
        { kind: 'setParameter', name: 'r', parameter: { type: 'date' } },
      ),
    ).toEqual([
      'name: "x" → "y"',
      'description added: "d"',
      'parameter p removed',
      'parameter q: default: "1" → "2"',
      'parameter r added',
    ])
  })
})
