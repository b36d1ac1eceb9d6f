import { describe, expect, it } from 'vitest'
import { applyEdit } from './apply-edit.ts'
import { FORMAT, type PipelineDocument } from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { nodeHash, nodeHashes, semanticHash } from './hash.ts'

const document: PipelineDocument = {
  format: FORMAT,
  name: 'x',
  parameters: { p: { type: 'text', default: '1' }, q: { type: 'text' } },
  nodes: {
    a: { type: 'extract.csv', config: { path: 'a.csv' } },
    b: { type: 'transform.filter', inputs: { in: 'a' }, config: { condition: 'x > 1' } },
    c: { type: 'load.csv', inputs: { in: 'b.match' } },
    other: { type: 'extract.csv', config: { path: 'b.csv' } },
  },
}
const edited = (edit: PipelineEdit) => applyEdit(document, edit).document

describe('the hash of a pipeline', () => {
  const hash = semanticHash(document)

  it('is of 256 bits, and the same on every machine', () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect(semanticHash({ format: FORMAT, name: 'x', nodes: {} })).toBe(
      '72ba6db1a2726d3b3c7d30d663fad6c19ea71368753323e1bd593c4c50a8836f',
    )
  })

  it.each<PipelineEdit>([
    { kind: 'moveNodes', positions: { a: [1, 1] } },
    { kind: 'setLabel', nodeId: 'a', label: 'A' },
    { kind: 'setNote', nodeId: 'a', note: 'A' },
    { kind: 'setName', name: 'y' },
    { kind: 'setDescription', description: 'd' },
    { kind: 'setParameter', name: 'p', parameter: { type: 'text', default: '1', description: 'd' } },
  ])('is not changed by $kind', (edit) => expect(semanticHash(edited(edit))).toBe(hash))

  it.each<PipelineEdit>([
    { kind: 'setConfig', nodeId: 'a', config: { path: 'c.csv' } },
    { kind: 'connect', nodeId: 'c', port: 'in', from: 'b.rest' },
    { kind: 'renameNode', nodeId: 'a', to: 'z' },
    { kind: 'removeNode', nodeId: 'other' },
    { kind: 'setParameter', name: 'p', parameter: { type: 'text', default: '2' } },
  ])('is changed by $kind', (edit) => expect(semanticHash(edited(edit))).not.toBe(hash))

  it('does not depend on the order of nodes and parameters', () => {
    const reverse = <T>(record: Record<string, T>) => Object.fromEntries(Object.entries(record).reverse())
    const reversed = { ...document, nodes: reverse(document.nodes), parameters: reverse(document.parameters ?? {}) }
    expect(semanticHash(reversed)).toBe(hash)
  })
})

describe('the hash of a node', () => {
  it('changes with what is above it, and with nothing else', () => {
    const before = nodeHashes(document)
    const after = nodeHashes(edited({ kind: 'setConfig', nodeId: 'a', config: { path: 'c.csv' } }))
    expect([...before].filter(([nodeId, hash]) => after.get(nodeId) !== hash).map(([nodeId]) => nodeId)).toEqual([
      'a',
      'b',
      'c',
    ])
  })

  it('does not change when nodes are renamed', () => {
    expect(nodeHash(edited({ kind: 'renameNode', nodeId: 'a', to: 'z' }), 'c')).toBe(nodeHash(document, 'c'))
  })

  it('tells ports, missing sources and cycles apart', () => {
    const hashes = [
      document,
      edited({ kind: 'connect', nodeId: 'c', port: 'in', from: 'b.rest' }),
      edited({ kind: 'connect', nodeId: 'c', port: 'in', from: 'b' }),
      edited({ kind: 'connect', nodeId: 'c', port: 'in', from: 'gone', dangling: true }),
      edited({ kind: 'connect', nodeId: 'c', port: 'in', from: 'c' }),
    ].map((one) => nodeHash(one, 'c'))
    expect(new Set(hashes).size).toBe(5)
    expect(nodeHash(document, 'missing')).toMatch(/^[0-9a-f]{64}$/)
  })
})
