import { outputPortsOf } from '../../shared/modules/ports.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { inlineSubPipeline } from '../../shared/pipeline/inline-sub-pipeline.ts'
import { type MadeSubPipeline, makeSubPipeline } from '../../shared/pipeline/make-sub-pipeline.ts'
import type { StepsView } from '../../shared/pipeline/sub-pipeline.ts'
import { api } from '../api.ts'
import { currentPositions, tryEdit } from '../canvas/canvas-actions.ts'
import { positionsOf } from '../canvas/layout.ts'
import { writtenPort } from '../canvas/ports.ts'
import { t } from '../i18n/index.ts'
import { nodeAnalysis, useAnalysis } from '../store/analysis.ts'
import { useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { select } from '../store/selection.ts'
import { toast, toastError } from '../store/toasts.ts'
import { openDialog } from '../store/ui.ts'
import { readOther } from './other-pipelines.ts'
import { undoTakesFileAlong } from './undo-made.ts'
import { pathOfStep } from './ways.ts'

function viewOf(document: PipelineDocument): StepsView {
  const { byType } = useModules.getState()
  const infoOf = (nodeId: string) => byType.get(document.nodes[nodeId]?.type ?? '')
  return {
    outputs: (nodeId) =>
      outputPortsOf(infoOf(nodeId)?.outputs ?? [], document.nodes[nodeId]?.config).map(({ name }) => name),
    written: (nodeId, port) => writtenPort(infoOf(nodeId), document.nodes[nodeId], port),
    columns: (nodeId, port) => nodeAnalysis(useAnalysis.getState(), nodeId)?.ports[port],
  }
}

function made(nodeIds: readonly string[], name: string): MadeSubPipeline | undefined {
  const { document } = usePipeline.getState()
  return document && makeSubPipeline({ document, nodeIds, name, view: viewOf(document), positions: currentPositions() })
}

/** Asks for the name of a sub-pipeline of these steps, or says why they cannot be one. */
export function askForSubPipeline(nodeIds: readonly string[]): void {
  try {
    if (made(nodeIds, 'x')) openDialog({ kind: 'makeSubPipeline', nodeIds })
  } catch (thrown) {
    toastError(thrown)
  }
}

/** Writes a new pipeline of these steps, and puts one step in their place. @throws LogiDataError */
export async function makeSubPipelineOf(nodeIds: readonly string[], name: string): Promise<void> {
  const front = usePipeline.getState()
  const ready = made(nodeIds, name)
  if (!ready) return
  const file = await api.call('pipeline.create', { name, document: ready.inner })
  // Somebody may have gone on meanwhile: then the file is there, and nothing else has happened.
  const now = usePipeline.getState()
  if (now.path !== front.path || now.document !== front.document) {
    toast({ tone: 'warning', message: t('sub.changedMeanwhile', { path: file.path }) })
    return
  }
  if (!tryEdit(ready.edits(file.path))) return
  const after = usePipeline.getState().document
  if (front.document && after && front.path !== undefined)
    undoTakesFileAlong({
      name,
      path: file.path,
      revision: file.revision,
      inner: ready.inner,
      front: front.path,
      before: front.document,
      after,
    })
  select([ready.nodeId])
  toast({ tone: 'ok', message: t('sub.made', { path: file.path }) })
}

/** Puts the steps of the pipeline that a step stands for in its place. */
export async function putStepsHere(nodeId: string): Promise<void> {
  const path = pathOfStep(nodeId)
  const front = usePipeline.getState()
  if (path === undefined || !front.document) return
  try {
    const inner = await readOther(path)
    const now = usePipeline.getState()
    if (now.path !== front.path || now.document !== front.document) return
    const { edits, nodeIds } = inlineSubPipeline({
      document: front.document,
      nodeId,
      inner,
      view: viewOf(front.document),
      positions: currentPositions(),
      innerPositions: positionsOf(inner, useModules.getState().byType),
    })
    if (tryEdit(edits)) select(nodeIds)
  } catch (thrown) {
    toastError(thrown)
  }
}
