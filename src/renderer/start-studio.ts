import type { Project } from '../shared/rpc/app-contract.ts'
import { canvasHandle } from './canvas/canvas-state.ts'
import { preloadMonaco } from './expression/load-monaco.ts'
import { formatMilliseconds, t } from './i18n/index.ts'
import { followNotices } from './schedules/desktop-notices.ts'
import { followDocument } from './store/analysis.ts'
import { followEngine } from './store/engine.ts'
import { loadModules } from './store/modules.ts'
import { usePipeline } from './store/pipeline.ts'
import { useProject, watchProject } from './store/project.ts'
import { followConnection, resumeShownRun, useRun } from './store/run.ts'
import { keepSelected, select, useSelection } from './store/selection.ts'
import { autosave, flush, restoreTabs, useTabs } from './store/sessions.ts'
import { layoutValue, loadSettings, rememberLayout, useSettings } from './store/settings.ts'
import { toast, toastError } from './store/toasts.ts'
import { openProblems, restorePanes } from './store/ui.ts'
import { followOthers } from './sub-pipeline/other-pipelines.ts'

/** Sets the stores going. Gives back what stops them. `onReady`: the look is known, the window can be drawn. */
export function startStudio(onReady: () => void): () => void {
  const ending = new AbortController()
  const stops = [
    followEngine(),
    followConnection(),
    followNotices(),
    followDocument(),
    followOthers(),
    autosave(),
    sayWhatHappens(),
    rememberSelection(),
    pruneSelection(),
  ]
  const start = async () => {
    // Nothing waits for what it does not need: the first paint is as late as the slowest of these, not as their sum.
    const modules = loadModules()
    void watchProject(ending.signal)
    await loadSettings()
    if (ending.signal.aborted) return
    restorePanes()
    onReady()
    const project = await firstProject(ending.signal)
    if (!project) return await modules
    await restoreTabs(project, useSettings.getState().layout.tabs, modules)
    restoreSelection()
    preloadMonaco()
  }
  start().catch(toastError)
  const leave = () => void flush().catch(() => {})
  window.addEventListener('pagehide', leave)
  return () => {
    window.removeEventListener('pagehide', leave)
    ending.abort()
    for (const stop of stops) stop()
  }
}

function firstProject(signal: AbortSignal): Promise<Project | undefined> {
  const { project } = useProject.getState()
  if (project) return Promise.resolve(project)
  return new Promise((resolve) => {
    const stop = useProject.subscribe((state) => {
      if (!state.project) return
      stop()
      resolve(state.project)
    })
    signal.addEventListener('abort', () => resolve(undefined))
  })
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

function rememberSelection(): () => void {
  return useSelection.subscribe(
    (state) => state.nodeIds,
    (nodeIds) => {
      const { path } = usePipeline.getState()
      if (path !== undefined && nodeIds.length === 1) rememberLayout('selected', { path, nodeId: nodeIds[0] })
    },
  )
}

function pruneSelection(): () => void {
  return usePipeline.subscribe(
    (state) => state.document?.nodes,
    (nodes) => keepSelected((nodeId) => nodes !== undefined && nodeId in nodes),
  )
}

function restoreSelection(): void {
  const { path, nodeId } = layoutValue('selected', {}, isRecord)
  const { path: front, document } = usePipeline.getState()
  if (path === front && typeof nodeId === 'string' && document?.nodes[nodeId]) select([nodeId])
}

/** Says in a toast how a run ended, and that a file was read again. */
function sayWhatHappens(): () => void {
  const stopRuns = useRun.subscribe(
    (state) => ({ id: state.run?.runId, state: state.run?.state, run: state.run }),
    (now, before) => {
      if (!now.run || now.id !== before.id || before.state !== 'running' || now.state === 'running') return
      const { state, milliseconds, error, nodes } = now.run
      if (state === 'succeeded') {
        toast({ tone: 'ok', message: t('toast.runSucceeded', { time: formatMilliseconds(milliseconds ?? 0) }) })
      } else if (state === 'cancelled') toast({ tone: 'neutral', message: t('toast.runCancelled') })
      else {
        const failed = Object.entries(nodes).find(([, node]) => node.state === 'failed')
        const cause = failed?.[1].error ?? error
        const nodeId = failed?.[0] ?? error?.nodeId
        toast({
          tone: 'danger',
          message: t('toast.runFailed', { message: cause?.message ?? '' }),
          hint: cause?.hint,
          ...(now.run.state === 'failed' && {
            more: { label: t('runs.resume'), run: () => void resumeShownRun().catch(toastError) },
          }),
          action: nodeId ? { label: t('toast.show'), run: () => canvasHandle()?.reveal(nodeId) } : undefined,
        })
      }
    },
    { equalityFn: (a, b) => a.id === b.id && a.state === b.state },
  )
  const stopErrors = useRun.subscribe(
    (state) => state.error,
    (error) => {
      if (!error || error.kind === 'cancelled') return
      toast({ tone: 'danger', message: error.message, hint: error.hint })
      if (error.code.startsWith('pipeline.')) openProblems()
    },
  )
  const stopReloads = useTabs.subscribe((state, before) => {
    const { document } = usePipeline.getState()
    if (!state.reloaded || state.reloaded === before.reloaded || !document) return
    toast({ tone: 'neutral', message: t('toast.reloaded', { name: document.name }) })
  })
  return () => {
    stopRuns()
    stopErrors()
    stopReloads()
  }
}
