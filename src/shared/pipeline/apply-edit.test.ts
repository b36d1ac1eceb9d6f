import { describe, expect, it } from 'vitest'
import { LogiDataError } from '../errors.ts'
import { applyEdit, applyEdits } from './apply-edit.ts'
import { FORMAT, type PipelineDocument } from './document.ts'
import { editSchema, type PipelineEdit } from './edits.ts'
import { writePipeline } from './write-pipeline.ts'

const document: PipelineDocument = {
  format: FORMAT,
  name: 'x',
  parameters: { p: { type: 'text' }, q: { type: 'date' } },
  nodes: {
    a: { type: 'extract.csv' },
    b: { type: 'transform.join', inputs: { left: 'a', right: 'a.rejected' }, config: { kind: 'left' } },
    c: { type: 'load.csv', inputs: { in: 'b' } },
    d: { type: 'load.csv', inputs: { in: 'gone' } },
  },
  layout: { a: [1, 2], c: [3, 4] },
}

/** The document after an edit; checks that the inverse, which has to be an edit that can be sent, gives back the same bytes. */
const undoable = (edit: PipelineEdit, from = document) => {
  const applied = applyEdit(from, edit)
  for (const one of applied.inverse) expect(editSchema.safeParse(one).success).toBe(true)
  const back = applyEdits(applied.document, applied.inverse).document
  expect(back).toEqual(from)
  expect(writePipeline(back)).toBe(writePipeline(from))
  return applied.document
}
const refusal = (edit: PipelineEdit) => {
  try {
    applyEdit(document, edit)
  } catch (error) {
    if (error instanceof LogiDataError) return error.info
  }
  throw new Error('was not refused')
}

describe('an edit', () => {
  it('adds a node at its place', () => {
    const node = { type: 'transform.sort', config: {} }
    const added = undoable({ kind: 'addNode', nodeId: 'n', node, position: [5, 6], before: 'b' })
    expect(Object.keys(added.nodes)).toEqual(['a', 'n', 'b', 'c', 'd'])
    expect(added.nodes.n).toEqual({ type: 'transform.sort' })
    expect(added.layout?.n).toEqual([5, 6])
    expect(Object.keys(undoable({ kind: 'addNode', nodeId: 'n', node }).nodes).at(-1)).toBe('n')
    expect(undoable({ kind: 'addNode', nodeId: 'gone', node }).nodes.d?.inputs).toEqual({ in: 'gone' })
  })

  it('removes a node with the connections to it', () => {
    const removed = undoable({ kind: 'removeNode', nodeId: 'a' })
    expect(removed.nodes.b).toEqual({ type: 'transform.join', config: { kind: 'left' } })
    expect(removed.layout).toEqual({ c: [3, 4] })
    undoable({ kind: 'removeNode', nodeId: 'b' })
    undoable({ kind: 'removeNode', nodeId: 'd' })
  })

  it('renames a node everywhere', () => {
    const renamed = undoable({ kind: 'renameNode', nodeId: 'a', to: 'z' })
    expect(Object.keys(renamed.nodes)).toEqual(['z', 'b', 'c', 'd'])
    expect(renamed.nodes.b?.inputs).toEqual({ left: 'z', right: 'z.rejected' })
    expect(renamed.layout).toEqual({ z: [1, 2], c: [3, 4] })
    undoable({ kind: 'renameNode', nodeId: 'a', to: 'gone' })
    expect(undoable({ kind: 'renameNode', nodeId: 'a', to: 'a' })).toBe(document)
  })

  it('sets and clears label, note and config', () => {
    expect(undoable({ kind: 'setLabel', nodeId: 'a', label: 'A' }).nodes.a).toEqual({ type: 'extract.csv', label: 'A' })
    expect(undoable({ kind: 'setNote', nodeId: 'a', note: 'n' }).nodes.a).toEqual({ type: 'extract.csv', note: 'n' })
    expect(undoable({ kind: 'setNote', nodeId: 'a', note: '' })).toEqual(document)
    expect(undoable({ kind: 'setLabel', nodeId: 'a' })).toEqual(document)
    expect(undoable({ kind: 'setConfig', nodeId: 'b', config: {} }).nodes.b).not.toHaveProperty('config')
  })

  it('connects and disconnects', () => {
    expect(undoable({ kind: 'connect', nodeId: 'c', port: 'in', from: 'a' }).nodes.c?.inputs).toEqual({ in: 'a' })
    expect(undoable({ kind: 'connect', nodeId: 'd', port: 'in', from: 'a' }).nodes.d?.inputs).toEqual({ in: 'a' })
    const before = undoable({ kind: 'connect', nodeId: 'b', port: 'extra', from: 'b', before: 'right' }).nodes.b
    expect(Object.keys(before?.inputs ?? {})).toEqual(['left', 'extra', 'right'])
    expect(undoable({ kind: 'disconnect', nodeId: 'c', port: 'in' }).nodes.c).toEqual({ type: 'load.csv' })
    undoable({ kind: 'disconnect', nodeId: 'b', port: 'left' })
    undoable({ kind: 'disconnect', nodeId: 'd', port: 'in' })
  })

  it('moves nodes', () => {
    expect(undoable({ kind: 'moveNodes', positions: { a: [9, 9], b: [8, 8] } }).layout).toEqual({
      a: [9, 9],
      b: [8, 8],
      c: [3, 4],
    })
    expect(undoable({ kind: 'moveNodes', positions: { a: null, c: null } })).not.toHaveProperty('layout')
  })

  it('sets name, description and parameters', () => {
    expect(undoable({ kind: 'setName', name: 'y' }).name).toBe('y')
    expect(undoable({ kind: 'setDescription', description: 'd' }).description).toBe('d')
    undoable({ kind: 'setDescription' }, { ...document, description: 'd' })
    const added = undoable({ kind: 'setParameter', name: 'r', parameter: { type: 'text' }, before: 'q' })
    expect(Object.keys(added.parameters ?? {})).toEqual(['p', 'r', 'q'])
    expect(undoable({ kind: 'setParameter', name: 'p', parameter: { type: 'date' } }).parameters?.p).toEqual({
      type: 'date',
    })
    const removed = undoable({ kind: 'setParameter', name: 'p' })
    expect(removed.parameters).toEqual({ q: { type: 'date' } })
    expect(undoable({ kind: 'setParameter', name: 'q' }, removed)).not.toHaveProperty('parameters')
  })

  it('leaves what it does not touch, so that comparing by identity works', () => {
    const next = applyEdit(document, { kind: 'setLabel', nodeId: 'a', label: 'A' }).document
    expect(next.nodes.b).toBe(document.nodes.b)
    expect(next.layout).toBe(document.layout)
    expect(applyEdit(document, { kind: 'removeNode', nodeId: 'd' }).document.nodes.b).toBe(document.nodes.b)
  })
})

describe('an edit that cannot be done', () => {
  it('is a user error that names the node', () => {
    expect(refusal({ kind: 'removeNode', nodeId: 'aa' })).toEqual({
      code: 'edit.unknown-node',
      kind: 'user',
      message: 'There is no node "aa".',
      nodeId: 'aa',
      hint: 'Did you mean "a"?',
    })
    const codes = (
      [
        { kind: 'addNode', nodeId: 'a', node: { type: 'load.csv' } },
        { kind: 'addNode', nodeId: 'constructor', node: { type: 'load.csv' } },
        { kind: 'renameNode', nodeId: 'a', to: 'b' },
        { kind: 'renameNode', nodeId: 'a', to: 'B' },
        { kind: 'setConfig', nodeId: 'missing', config: {} },
        { kind: 'connect', nodeId: 'c', port: 'in', from: 'missing' },
        { kind: 'disconnect', nodeId: 'a', port: 'in' },
        { kind: 'moveNodes', positions: { missing: [0, 0] } },
        { kind: 'setParameter', name: 'r' },
      ] satisfies PipelineEdit[]
    ).map((edit) => refusal(edit).code)
    expect(codes).toEqual([
      'edit.name-taken',
      'edit.invalid-name',
      'edit.name-taken',
      'edit.invalid-name',
      'edit.unknown-node',
      'edit.unknown-node',
      'edit.not-connected',
      'edit.unknown-node',
      'edit.unknown-parameter',
    ])
  })
})
