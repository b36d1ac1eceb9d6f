import { describe, expect, it } from 'vitest'
import { FORMAT } from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { type Edited, edit, emptyHistory, MAX_STEPS, redo, seal, undo } from './history.ts'

const start: Edited = {
  document: { format: FORMAT, name: 'x', nodes: { a: { type: 'extract.csv' }, b: { type: 'load.csv' } } },
  history: emptyHistory,
}
const label = (text: string): PipelineEdit[] => [{ kind: 'setLabel', nodeId: 'a', label: text }]
const move = (x: number): PipelineEdit[] => [{ kind: 'moveNodes', positions: { a: [x, x] } }]
const labelOf = (state: Edited) => state.document.nodes.a?.label

describe('undo and redo', () => {
  it('go back and forth one step at a time', () => {
    const state = edit(edit(start, label('A')), label('B'))
    const once = undo(state)
    expect(labelOf(once)).toBe('A')
    expect(undo(once).document).toEqual(start.document)
    expect(labelOf(redo(once))).toBe('B')
    expect(redo(redo(undo(once))).document).toEqual(state.document)
  })

  it('do nothing at either end', () => {
    expect(undo(start)).toBe(start)
    expect(redo(start)).toBe(start)
  })

  it('forget what was undone once something else is done', () => {
    const state = edit(undo(edit(start, label('A'))), label('B'))
    expect(redo(state)).toBe(state)
    expect(undo(state).document).toEqual(start.document)
  })

  it('take back several edits of one step together', () => {
    const state = edit(start, [...label('A'), { kind: 'removeNode', nodeId: 'b' }, ...move(3)])
    expect(undo(state).document).toEqual(start.document)
    expect(redo(undo(state)).document).toEqual(state.document)
  })

  it('change nothing when an edit of a step cannot be done', () => {
    expect(() => edit(start, [...label('A'), { kind: 'removeNode', nodeId: 'c' }])).toThrow('There is no node "c".')
    expect(labelOf(start)).toBeUndefined()
  })

  it('keep no step for what changes nothing', () => {
    expect(edit(start, [{ kind: 'renameNode', nodeId: 'a', to: 'a' }])).toBe(start)
  })
})

describe('steps with one key', () => {
  const typed = ['L', 'La', 'Lab'].reduce((state, text) => edit(state, label(text), 'label:a'), start)

  it('are one step, and do not grow', () => {
    expect(typed.history.past).toEqual([
      { undo: [{ kind: 'setLabel', nodeId: 'a' }], redo: label('Lab'), key: 'label:a' },
    ])
    const dragged = [1, 2, 3].reduce((state, x) => edit(state, move(x), 'drag:1'), typed)
    expect(dragged.history.past[1]).toEqual({
      undo: [{ kind: 'moveNodes', positions: { a: null } }],
      redo: move(3),
      key: 'drag:1',
    })
    expect(labelOf(undo(dragged))).toBe('Lab')
    expect(undo(undo(dragged)).document).toEqual(start.document)
  })

  it('are joined also when they are of different kinds', () => {
    const mixed = edit(edit(typed, move(1), 'label:a'), [{ kind: 'setName', name: 'y' }], 'label:a')
    expect(mixed.history.past).toHaveLength(1)
    expect(undo(mixed).document).toEqual(start.document)
    expect(redo(undo(mixed)).document).toEqual(mixed.document)
  })

  it('join names, descriptions, notes and configs too', () => {
    const kinds: PipelineEdit[][] = [
      [{ kind: 'setName', name: 'y' }],
      [{ kind: 'setDescription', description: 'y' }],
      [{ kind: 'setNote', nodeId: 'a', note: 'y' }],
      [{ kind: 'setConfig', nodeId: 'a', config: { y: 1 } }],
    ]
    for (const edits of kinds) {
      const twice = edit(edit(start, edits, 'k'), edits, 'k')
      expect(twice.history.past[0]?.redo).toHaveLength(1)
      expect(undo(twice).document).toEqual(start.document)
    }
  })

  it('are apart once sealed, and after an undo', () => {
    const sealed = { ...typed, history: seal(typed.history) }
    expect(edit(sealed, label('x'), 'label:a').history.past).toHaveLength(2)
    expect(seal(emptyHistory)).toBe(emptyHistory)
    expect(edit(redo(undo(typed)), label('x'), 'label:a').history.past).toHaveLength(2)
  })
})

it('forgets steps that are too long ago', () => {
  let state = start
  for (let step = 0; step < MAX_STEPS + 10; step++) state = edit(state, label(`${step}`))
  expect(state.history.past).toHaveLength(MAX_STEPS)
})
