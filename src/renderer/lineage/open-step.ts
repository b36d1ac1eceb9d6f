import { canvasHandle } from '../canvas/canvas-state.ts'
import { openPipeline } from '../store/sessions.ts'
import { toastError } from '../store/toasts.ts'
import { closeLineage } from './lineage-store.ts'

/** Leaves the lineage for a step (of a sub-pipeline: the step that stands for it), at one of its fields where it is given. */
export async function openStepOf(path: string, nodeId: string, field?: readonly (string | number)[]): Promise<void> {
  try {
    await openPipeline(path)
    closeLineage()
    // The canvas shows the pipeline a moment after it was opened.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => canvasHandle()?.reveal(nodeId.split('/', 1)[0] ?? nodeId, field)),
    )
  } catch (thrown) {
    toastError(thrown)
  }
}
