import { create } from 'zustand'
import { SUB_PIPELINE } from '../../shared/pipeline/sub-pipeline.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useProject } from '../store/project.ts'
import { select } from '../store/selection.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'

/** From where a pipeline was opened as a step: the way back. */
interface WayBack {
  readonly path: string
  readonly name: string
  readonly nodeId: string
}

export const useWays = create<{ readonly back: Readonly<Record<string, WayBack>> }>()(() => ({ back: {} }))

/** The file that a step stands for, if it is one that does. */
export function pathOfStep(nodeId: string | undefined): string | undefined {
  const node = nodeId === undefined ? undefined : usePipeline.getState().document?.nodes[nodeId]
  const path = node?.type === SUB_PIPELINE ? node.config?.path : undefined
  return typeof path === 'string' && path !== '' ? path : undefined
}

/** Opens the pipeline that a step stands for. False: it stands for none. */
export function openStep(nodeId: string): boolean {
  const path = pathOfStep(nodeId)
  const { path: here, document } = usePipeline.getState()
  if (path === undefined || here === undefined || path === here) return false
  openPipeline(path)
    .then(() =>
      useWays.setState(({ back }) => ({
        back: { ...back, [path]: { path: here, name: document?.name ?? here, nodeId } },
      })),
    )
    .catch(toastError)
  return true
}

/** Back to the step that the pipeline in front was opened from. */
export function goBack(): boolean {
  const { path } = usePipeline.getState()
  const way = path === undefined ? undefined : useWays.getState().back[path]
  if (!way || !useProject.getState().project?.pipelines.some((entry) => entry.path === way.path)) return false
  openPipeline(way.path)
    .then(() => select([way.nodeId]))
    .catch(toastError)
  return true
}
