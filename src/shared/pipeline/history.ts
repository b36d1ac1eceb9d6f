import { type AppliedEdit, applyEdits } from './apply-edit.ts'
import type { PipelineDocument } from './document.ts'
import type { PipelineEdit } from './edits.ts'

/** One thing that a person did, which one undo takes back. */
export interface Step {
  readonly undo: readonly PipelineEdit[]
  readonly redo: readonly PipelineEdit[]
  /** Steps in a row with one key (typing in a field, one drag) become one step. */
  readonly key?: string
}

/** Latest last in `past`; next to redo first in `future`. */
export interface History {
  readonly past: readonly Step[]
  readonly future: readonly Step[]
}

export interface Edited {
  readonly document: PipelineDocument
  readonly history: History
}

export const emptyHistory: History = { past: [], future: [] }

/** Older steps are forgotten. */
export const MAX_STEPS = 500

/**
 * Applies edits as one step.
 * @param key what the step is part of: `config:filter_1`, `drag:17`. The same key as the last step's joins the two.
 * @throws LogiDataError if an edit cannot be done; nothing is changed then
 */
export function edit(state: Edited, edits: readonly PipelineEdit[], key?: string): Edited {
  const applied = applyEdits(state.document, edits)
  if (applied.document === state.document) return state
  return { document: applied.document, history: record(state.history, stepOf(edits, applied, key)) }
}

export function stepOf(edits: readonly PipelineEdit[], applied: AppliedEdit, key?: string): Step {
  return { undo: applied.inverse, redo: edits, ...(key === undefined ? {} : { key }) }
}

/** Adds a step. What was undone before it can no longer be redone. */
export function record(history: History, step: Step): History {
  const last = history.past.at(-1)
  if (last && step.key !== undefined && last.key === step.key && history.future.length === 0) {
    const joined = {
      undo: joinEdits(step.undo, last.undo),
      redo: joinEdits(last.redo, step.redo),
      key: step.key,
    }
    return { past: [...history.past.slice(0, -1), joined], future: [] }
  }
  return { past: [...history.past, step].slice(-MAX_STEPS), future: [] }
}

/** Ends the joining of steps: the field lost the focus, the pointer was released. */
export function seal(history: History): History {
  const last = history.past.at(-1)
  if (last?.key === undefined) return history
  return { ...history, past: [...history.past.slice(0, -1), { undo: last.undo, redo: last.redo }] }
}

/** Takes the last step back; the same state if there is none. */
export function undo(state: Edited): Edited {
  const step = state.history.past.at(-1)
  if (!step) return state
  return {
    document: applyEdits(state.document, step.undo).document,
    // Without its key: typing on after a redo is a step of its own.
    history: {
      past: state.history.past.slice(0, -1),
      future: [{ undo: step.undo, redo: step.redo }, ...state.history.future],
    },
  }
}

/** Does the last undone step again; the same state if there is none. */
export function redo(state: Edited): Edited {
  const [step, ...future] = state.history.future
  if (!step) return state
  return {
    document: applyEdits(state.document, step.redo).document,
    history: { past: [...state.history.past, step], future },
  }
}

/** One edit after the other, without those that the next one makes meaningless: a drag is as long as one move. */
function joinEdits(first: readonly PipelineEdit[], second: readonly PipelineEdit[]): readonly PipelineEdit[] {
  const only = first.length === 1 && second.length === 1
  const [before] = first
  const [after] = second
  return only && before && after && replaces(after, before) ? second : [...first, ...second]
}

/** Whether after `later`, it does not matter that `earlier` was. */
function replaces(later: PipelineEdit, earlier: PipelineEdit): boolean {
  switch (later.kind) {
    case 'setConfig':
    case 'setLabel':
    case 'setNote':
      return earlier.kind === later.kind && earlier.nodeId === later.nodeId
    case 'setName':
    case 'setDescription':
      return earlier.kind === later.kind
    case 'moveNodes':
      return (
        earlier.kind === later.kind &&
        Object.keys(earlier.positions).every((nodeId) => Object.hasOwn(later.positions, nodeId))
      )
    default:
      return false
  }
}
