import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import type { Problem } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import { applyEdit } from '../../shared/pipeline/apply-edit.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { PipelineEdit } from '../../shared/pipeline/edits.ts'
import {
  canRedo,
  canUndo,
  type DocumentHistory,
  emptyHistory,
  record,
  stepBack,
  stepForward,
} from '../../shared/pipeline/history.ts'

/**
 * `conflict`: the file changed on disk while there were edits of ours; nothing is written until a person decides.
 * `incomplete`: the file has parts that no document holds; nothing is written until it changes.
 */
export type SavedState = 'saved' | 'unsaved' | 'saving' | 'conflict' | 'incomplete' | 'failed'

/** What is held of a pipeline while another tab is in front. */
export interface PipelineSession {
  readonly path: string
  readonly document: PipelineDocument | undefined
  /** Of the file that the document started from. */
  readonly revision: string
  readonly history: DocumentHistory
  /** Why the file cannot be read as a pipeline; then there is no document. */
  readonly fileProblems: readonly Problem[]
  /** Parameter -> text, used by previews and runs; the others take their defaults. */
  readonly parameters: Readonly<Record<string, string>>
  readonly saved: SavedState
  readonly saveError: ErrorInfo | undefined
}

export interface PipelineState extends Omit<PipelineSession, 'path'> {
  readonly path: string | undefined
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** A file is being read. */
  readonly opening: boolean
}

export interface EditOptions {
  /** Edits of one group that follow each other are one undo step: a drag, or typing in one field. */
  readonly group?: string
}

const initial: PipelineState = {
  path: undefined,
  document: undefined,
  revision: '',
  history: emptyHistory,
  fileProblems: [],
  parameters: {},
  saved: 'saved',
  saveError: undefined,
  canUndo: false,
  canRedo: false,
  opening: false,
}

/** The pipeline in front. Its document is immutable: only `edit`, `undo`, `redo` and opening replace it. */
export const usePipeline = create<PipelineState>()(subscribeWithSelector(() => initial))

function put(document: PipelineDocument, history: DocumentHistory): void {
  const { saved } = usePipeline.getState()
  usePipeline.setState({
    document,
    history,
    canUndo: canUndo(history),
    canRedo: canRedo(history),
    saved: saved === 'conflict' || saved === 'incomplete' ? saved : 'unsaved',
  })
}

/**
 * Carries out edits as one undo step.
 * @throws LogiDataError when an edit does not fit the document (a name that is taken); then nothing changes.
 */
export function edit(edits: readonly PipelineEdit[], options: EditOptions = {}): void {
  const { document, history } = usePipeline.getState()
  if (!document || edits.length === 0) return
  const next = edits.reduce((before, one) => applyEdit(before, one).document, document)
  if (next !== document) put(next, record(history, document, options.group))
}

export function undo(): void {
  const { document, history } = usePipeline.getState()
  const step = document && stepBack(history, document)
  if (step) put(step.document, step.history)
}

export function redo(): void {
  const { document, history } = usePipeline.getState()
  const step = document && stepForward(history, document)
  if (step) put(step.document, step.history)
}

/** The value a parameter has in previews and runs; `undefined` returns it to its default. */
export function setParameterValue(name: string, value: string | undefined): void {
  const { [name]: _, ...others } = usePipeline.getState().parameters
  usePipeline.setState({ parameters: value === undefined ? others : { ...others, [name]: value } })
}

/** Brings a session to the front, or none. */
export function showSession(session: PipelineSession | undefined): void {
  if (!session) {
    usePipeline.setState(initial)
    return
  }
  usePipeline.setState({
    ...session,
    canUndo: canUndo(session.history),
    canRedo: canRedo(session.history),
    opening: false,
  })
}

/** What is in front, to be put aside. */
export function currentSession(): PipelineSession | undefined {
  const { canUndo: _undo, canRedo: _redo, opening: _opening, path, ...session } = usePipeline.getState()
  return path === undefined ? undefined : { path, ...session }
}
