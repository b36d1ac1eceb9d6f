import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RunSummary } from '../../shared/rpc/app-contract.ts'
import { api, onConnectionChange } from '../api.ts'
import { t } from '../i18n/index.ts'
import { useModules } from './modules.ts'
import { usePipeline } from './pipeline.ts'
import { foldRunEvent, type NodeRun, newRun, type RunView } from './run-state.ts'
import { toast } from './toasts.ts'

export interface RunState {
  /** The run that the canvas shows: the one under way, or the last. */
  readonly run: RunView | undefined
  /** Pipeline that `run` is of. */
  readonly path: string | undefined
  /** A run could not be started. */
  readonly error: ErrorInfo | undefined
  readonly starting: boolean
  /** Past runs, newest first. */
  readonly list: readonly RunSummary[]
}

export const useRun = create<RunState>()(
  subscribeWithSelector(
    (): RunState => ({ run: undefined, path: undefined, error: undefined, starting: false, list: [] }),
  ),
)

export const nodeRun = (state: RunState, nodeId: string): NodeRun | undefined => state.run?.nodes[nodeId]

export const isRunning = (state: RunState): boolean => state.starting || state.run?.state === 'running'

/** Where a run begins and ends, when it is not of all loads. */
export interface RunPart {
  readonly only?: readonly string[]
  /** These steps and what is below; above is taken from staged results where they are still right. */
  readonly from?: readonly string[]
  /** Up to these steps. */
  readonly to?: readonly string[]
  /** Sources over connections are not asked. */
  readonly offline?: boolean
}

/** Starts a run of the pipeline in front. */
export async function startRun(part: RunPart = {}): Promise<void> {
  const { document, path, parameters } = usePipeline.getState()
  if (!document || path === undefined || isRunning(useRun.getState())) return
  if (!part.only && !part.to && !hasLoads(document)) {
    toast({ tone: 'neutral', message: t('run.noLoads'), hint: t('run.noLoadsHint') })
    return
  }
  useRun.setState({ starting: true, error: undefined })
  try {
    const { runId } = await api.call('run.start', {
      path,
      document,
      parameters: { ...parameters },
      ...(part.only && { only: [...part.only] }),
      ...(part.from && { from: [...part.from] }),
      ...(part.to && { to: [...part.to] }),
      ...(part.offline && { offline: true }),
    })
    useRun.setState({ run: newRun(runId), path, starting: false })
    void refreshRuns()
    await followRun(runId, path)
  } catch (thrown) {
    useRun.setState({ starting: false, error: toErrorInfo(thrown) })
  }
}

/** Steps that this studio does not know may load; the host decides about them. */
function hasLoads(document: PipelineDocument): boolean {
  const { byType } = useModules.getState()
  return Object.values(document.nodes).some(({ type }) => (byType.get(type)?.family ?? 'load') === 'load')
}

/** Takes up the shown run from its last good stage, with the pipeline as it stands in the window. @throws LogiDataError */
export async function resumeShownRun(): Promise<void> {
  const { run, path } = useRun.getState()
  if (!run || path === undefined || run.state === 'running') return
  const front = usePipeline.getState()
  const stands = front.path === path &&
    front.document && { document: front.document, parameters: { ...front.parameters } }
  await api.call('run.resume', { runId: run.runId, ...stands })
  await followRun(run.runId, path)
}

export async function cancelRun(): Promise<void> {
  const { run } = useRun.getState()
  if (run?.state !== 'running') return
  try {
    await api.call('run.cancel', { runId: run.runId })
  } catch (thrown) {
    useRun.setState({ error: toErrorInfo(thrown) })
  }
}

/** Shows a run, past or under way, by replaying its events. */
export async function followRun(runId: string, path: string): Promise<void> {
  let view = newRun(runId)
  useRun.setState({ run: view, path })
  for (;;) {
    try {
      let frame = 0
      for await (const event of api.stream('run.events', { runId })) {
        view = foldRunEvent(view, event)
        if (useRun.getState().run?.runId !== runId) return
        // Many events may arrive within a frame; the canvas needs one state per frame.
        cancelAnimationFrame(frame)
        frame = requestAnimationFrame(() => {
          if (useRun.getState().run?.runId === runId) useRun.setState({ run: view })
        })
      }
      cancelAnimationFrame(frame)
      if (useRun.getState().run?.runId !== runId) return
      useRun.setState({ run: view })
      break
    } catch (thrown) {
      const error = toErrorInfo(thrown)
      if (error.code !== 'rpc.disconnected') return useRun.setState({ error })
      // The run goes on without us: `stream` waits for the connection, and the host replays it from its first event.
    }
  }
  void refreshRuns()
}

export async function refreshRuns(): Promise<void> {
  try {
    const { runs } = await api.call('run.list', { limit: 200 })
    useRun.setState({ list: runs })
  } catch {
    // The list stays as it was; it is asked for again after the next run or connection.
  }
}

/** Forgets the shown run when another pipeline comes to the front. */
export function clearRunOf(path: string | undefined): void {
  const state = useRun.getState()
  if (state.path !== path && state.run?.state !== 'running') useRun.setState({ run: undefined, path: undefined })
}

export const followConnection = (): (() => void) =>
  onConnectionChange((state) => {
    if (state === 'connected') void refreshRuns()
  })
