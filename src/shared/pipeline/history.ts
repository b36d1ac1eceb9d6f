import type { PipelineDocument } from './document.ts'

/**
 * Undo by keeping documents: they are immutable and share what they have in common, so a step costs little, and no
 * inverse can be wrong.
 */
export interface DocumentHistory {
  readonly past: readonly PipelineDocument[]
  readonly future: readonly PipelineDocument[]
  /** Of the last edit, while a following one may join it. */
  readonly group: string | undefined
}

const LONGEST = 500

export const emptyHistory: DocumentHistory = { past: [], future: [], group: undefined }

export const canUndo = (history: DocumentHistory) => history.past.length > 0
export const canRedo = (history: DocumentHistory) => history.future.length > 0

/** Remembers the document as it was before an edit; an edit of the same group as the last one joins its step. */
export function record(history: DocumentHistory, before: PipelineDocument, group?: string): DocumentHistory {
  if (group !== undefined && group === history.group && history.past.length > 0) {
    return { past: history.past, future: [], group }
  }
  return { past: [...history.past, before].slice(-LONGEST), future: [], group }
}

interface Step {
  readonly document: PipelineDocument
  readonly history: DocumentHistory
}

export function stepBack(history: DocumentHistory, current: PipelineDocument): Step | undefined {
  const document = history.past.at(-1)
  if (!document) return undefined
  return {
    document,
    history: { past: history.past.slice(0, -1), future: [current, ...history.future], group: undefined },
  }
}

export function stepForward(history: DocumentHistory, current: PipelineDocument): Step | undefined {
  const [document, ...future] = history.future
  if (!document) return undefined
  return { document, history: { past: [...history.past, current], future, group: undefined } }
}
