import { create } from 'zustand'
import { toErrorInfo } from '../../shared/errors.ts'
import { emptyHistory, record } from '../../shared/pipeline/history.ts'
import type { PipelineFile, Project } from '../../shared/rpc/app-contract.ts'
import { api, onConnectionChange } from '../api.ts'
import { currentSession, type PipelineSession, type SavedState, showSession, usePipeline } from './pipeline.ts'
import { clearRunOf } from './run.ts'
import { select } from './selection.ts'
import { rememberLayout } from './settings.ts'

export interface TabsState {
  /** Paths of open pipelines, in the order of their tabs. */
  readonly paths: readonly string[]
  /** A file that changed on disk and was read again; the toast says so. */
  readonly reloaded: { readonly path: string; readonly at: number } | undefined
}

export const useTabs = create<TabsState>()(() => ({ paths: [], reloaded: undefined }))

/** Sessions of the tabs that are not in front. */
const aside = new Map<string, PipelineSession>()

const remember = () => rememberLayout('tabs', { paths: useTabs.getState().paths, front: usePipeline.getState().path })

function sessionOf(file: PipelineFile): PipelineSession {
  return {
    path: file.path,
    document: file.document,
    revision: file.revision,
    history: emptyHistory,
    fileProblems: file.problems,
    parameters: {},
    saved: 'saved',
    saveError: undefined,
  }
}

let opening = 0

/**
 * Brings a pipeline to the front, in a tab of its own. Does nothing if the file is gone.
 * @param needed what must be there before it is shown; the file is read meanwhile
 */
export async function openPipeline(path: string, needed?: Promise<unknown>): Promise<void> {
  if (usePipeline.getState().path === path) return
  await flush()
  const turn = ++opening
  usePipeline.setState({ opening: true })
  try {
    const [file] = await Promise.all([api.call('pipeline.read', { path }), needed])
    if (turn !== opening) return
    putAside()
    const kept = aside.get(path)
    aside.delete(path)
    const { paths } = useTabs.getState()
    if (!paths.includes(path)) useTabs.setState({ paths: [...paths, path] })
    select([])
    showSession(kept ? resumed(kept, file) : sessionOf(file))
    clearRunOf(path)
    remember()
  } catch (thrown) {
    if (turn !== opening) return
    usePipeline.setState({ opening: false, saveError: toErrorInfo(thrown) })
    throw thrown
  }
}

/** A tab that comes back to the front: edits that could not be written are never replaced by what the file says now. */
function resumed(kept: PipelineSession, file: PipelineFile): PipelineSession {
  if (kept.revision === file.revision) return kept
  return kept.saved === 'saved' ? sessionOf(file) : { ...kept, saved: 'conflict' }
}

function putAside(): void {
  const session = currentSession()
  if (session) aside.set(session.path, session)
}

/** Closes a tab; edits are written first unless they are to be discarded. */
export async function closeTab(path: string, { discard = false } = {}): Promise<void> {
  const { path: front } = usePipeline.getState()
  if (front === path && !discard) await flush()
  const { paths } = useTabs.getState()
  const index = paths.indexOf(path)
  const rest = paths.filter((one) => one !== path)
  useTabs.setState({ paths: rest })
  aside.delete(path)
  if (front === path) {
    showSession(undefined)
    select([])
    const next = rest[Math.min(index, rest.length - 1)]
    if (next !== undefined) await openPipeline(next)
  }
  remember()
}

/** Opens the tabs of last time, or else the first pipeline of the project. */
export async function restoreTabs(project: Project, remembered: unknown, needed?: Promise<unknown>): Promise<void> {
  const exists = (path: unknown): path is string => project.pipelines.some((entry) => entry.path === path)
  const { paths, front } = (remembered ?? {}) as { paths?: unknown; front?: unknown }
  const open = Array.isArray(paths) ? paths.filter(exists) : []
  const first = exists(front) ? front : (open[0] ?? project.pipelines[0]?.path)
  if (first === undefined) return
  useTabs.setState({ paths: open.includes(first) ? open : [...open, first] })
  await openPipeline(first, needed)
}

let saving: Promise<void> | undefined

/** Writes the edits of the pipeline in front, if there are any, and waits for it. */
export async function flush(): Promise<void> {
  while (saving) await saving
  if (usePipeline.getState().saved !== 'unsaved') return
  saving = save().finally(() => {
    saving = undefined
  })
  await saving
}

/** What to do about it differs: decide, mend the file, or try again. */
const notSaved: Readonly<Record<string, SavedState>> = {
  'pipeline.conflict': 'conflict',
  'pipeline.incomplete': 'incomplete',
}

async function save(): Promise<void> {
  const { path, document, revision } = usePipeline.getState()
  if (path === undefined || !document) return
  usePipeline.setState({ saved: 'saving', saveError: undefined })
  try {
    const answer = await api.call('pipeline.save', { path, revision, document })
    const now = usePipeline.getState()
    if (now.path !== path) return
    usePipeline.setState({ revision: answer.revision, saved: now.document === document ? 'saved' : 'unsaved' })
  } catch (thrown) {
    if (usePipeline.getState().path !== path) return
    const error = toErrorInfo(thrown)
    usePipeline.setState({ saved: notSaved[error.code] ?? 'failed', saveError: error })
  }
}

const AUTOSAVE_DELAY = 400

/** Writes edits a moment after the last one. Gives back what stops it. */
export function autosave(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = usePipeline.subscribe(
    (state) => (state.saved === 'unsaved' ? state.document : undefined),
    (document) => {
      clearTimeout(timer)
      if (document) timer = setTimeout(() => void flush().catch(() => {}), AUTOSAVE_DELAY)
    },
  )
  // What was on its way when the connection broke may or may not have been written: write it again.
  const stopRetrying = onConnectionChange((connection) => {
    if (connection === 'connected') retrySave()
  })
  return () => {
    clearTimeout(timer)
    stop()
    stopRetrying()
  }
}

/** Tries again to write what could not be written. */
export function retrySave(): void {
  if (usePipeline.getState().saved === 'failed') usePipeline.setState({ saved: 'unsaved' })
}

/** Reads the file in front again if somebody else changed it; edits of ours that are not written make it a conflict. */
export async function reconcileWithDisk(project: Project): Promise<void> {
  const { path } = usePipeline.getState()
  const kept = useTabs.getState().paths.filter((one) => project.pipelines.some((entry) => entry.path === one))
  if (path === undefined || !project.pipelines.some((entry) => entry.path === path)) return
  if (kept.length !== useTabs.getState().paths.length) useTabs.setState({ paths: kept })
  while (saving) await saving
  const file = await api.call('pipeline.read', { path })
  const now = usePipeline.getState()
  if (now.path !== path || file.revision === now.revision || saving) return
  if (now.saved !== 'saved') return usePipeline.setState({ saved: 'conflict' })
  takeFile(file)
}

function takeFile(file: PipelineFile): void {
  const { document, history } = usePipeline.getState()
  // Undo can go back to what was there before the file changed.
  const kept = document ? record(history, document) : history
  showSession({
    ...sessionOf(file),
    history: kept,
    parameters: usePipeline.getState().parameters,
  })
  useTabs.setState({ reloaded: { path: file.path, at: Date.now() } })
}

/** Ends a conflict: ours overwrites the file, or the file replaces ours (which undo brings back). */
export async function resolveConflict(keep: 'mine' | 'theirs'): Promise<void> {
  const { path } = usePipeline.getState()
  if (path === undefined) return
  const file = await api.call('pipeline.read', { path })
  if (keep === 'theirs') return takeFile(file)
  usePipeline.setState({ revision: file.revision, saved: 'unsaved' })
}
