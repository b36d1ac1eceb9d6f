import { create } from 'zustand'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { RunDetail, RunState, RunSummary } from '../../shared/runs/history.ts'
import { api } from '../api.ts'

/** Which runs the list shows. */
export type StateFilter = 'all' | 'failed' | 'succeeded'

export interface RunsState {
  /** Newest first; what goes or waits is in `queue`. */
  readonly runs: readonly RunSummary[]
  /** Where the next page begins; absent on the last. */
  readonly next: number | undefined
  readonly queue: readonly RunSummary[]
  readonly contains: string
  readonly states: StateFilter
  readonly selected: string | undefined
  /** Of the selected run. */
  readonly detail: RunDetail | undefined
  readonly error: ErrorInfo | undefined
  /** The first page has come. */
  readonly loaded: boolean
}

export const useRuns = create<RunsState>()(() => ({
  runs: [],
  next: undefined,
  queue: [],
  contains: '',
  states: 'all',
  selected: undefined,
  detail: undefined,
  error: undefined,
  loaded: false,
}))

const PAGE = 50
const ENDED: readonly RunState[] = ['succeeded', 'failed', 'cancelled', 'interrupted']
const STATES: Record<StateFilter, readonly RunState[]> = {
  all: ENDED,
  failed: ['failed', 'interrupted'],
  succeeded: ['succeeded'],
}

let asked = 0

/** Reads the first page anew, or the next one. */
export async function loadRuns(more = false): Promise<void> {
  const { contains, states, next, runs } = useRuns.getState()
  const mine = ++asked
  try {
    const page = await api.call('run.list', {
      limit: PAGE,
      states: [...STATES[states]],
      ...(contains && { contains }),
      ...(more && next !== undefined && { before: next }),
    })
    if (mine !== asked) return
    useRuns.setState({
      runs: more ? [...runs, ...page.runs] : page.runs,
      next: page.next,
      error: undefined,
      loaded: true,
    })
    if (useRuns.getState().selected === undefined) selectRun(page.runs[0]?.runId)
  } catch (thrown) {
    if (mine === asked) useRuns.setState({ error: toErrorInfo(thrown), loaded: true })
  }
}

export function filterRuns(change: Partial<Pick<RunsState, 'contains' | 'states'>>): void {
  useRuns.setState(change)
  void loadRuns()
}

export function selectRun(runId: string | undefined): void {
  if (runId === useRuns.getState().selected) return
  useRuns.setState({ selected: runId, detail: undefined })
  if (runId !== undefined) void loadDetail(runId)
}

export async function loadDetail(runId: string): Promise<void> {
  try {
    const detail = await api.call('run.read', { runId })
    if (useRuns.getState().selected === runId) useRuns.setState({ detail, error: undefined })
  } catch (thrown) {
    if (useRuns.getState().selected === runId) useRuns.setState({ error: toErrorInfo(thrown) })
  }
}

/** Keeps the screen true while it shows. @returns ends it */
export function followRuns(): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const follow = async () => {
    while (!signal.aborted) {
      try {
        for await (const queue of api.stream('run.queue', {}, { signal })) {
          const before = useRuns.getState().queue
          useRuns.setState({ queue })
          const ended = before.some(({ runId }) => !queue.some((run) => run.runId === runId))
          if (ended) void loadRuns()
          const { selected } = useRuns.getState()
          const concerned = [...before, ...queue].some(({ runId }) => runId === selected)
          if (selected !== undefined && concerned) void loadDetail(selected)
        }
        return
      } catch (thrown) {
        if (signal.aborted) return
        useRuns.setState({ error: toErrorInfo(thrown) })
        await new Promise((resolve) => setTimeout(resolve, 1000))
      }
    }
  }
  void loadRuns()
  void follow()
  const { selected } = useRuns.getState()
  if (selected !== undefined) void loadDetail(selected)
  return () => ending.abort()
}

/** Takes up a run with the pipeline as its file has it now, or as it was then, and shows it. @throws LogiDataError */
export async function resumeRun(runId: string, pipeline: 'now' | 'then'): Promise<void> {
  await api.call('run.resume', { runId, pipeline })
  await loadRuns()
  await loadDetail(runId)
}

/** @throws LogiDataError */
export async function repeatRun(runId: string): Promise<void> {
  const { runId: next } = await api.call('run.repeat', { runId })
  selectRun(next)
}

/** @throws LogiDataError */
export async function stopRun(runId: string): Promise<void> {
  await api.call('run.cancel', { runId })
}

/** Before the one that waits above it, or after the one below. @throws LogiDataError */
export async function moveRun(runId: string, up: boolean): Promise<void> {
  const waiting = useRuns.getState().queue.filter(({ state }) => state === 'queued')
  const index = waiting.findIndex((run) => run.runId === runId)
  const before = up ? waiting[index - 1] : waiting[index + 2]
  if (index < 0 || (up && !before)) return
  await api.call('run.move', { runId, ...(before && { before: before.runId }) })
}
