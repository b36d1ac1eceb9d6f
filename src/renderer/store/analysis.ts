import { create } from 'zustand'
import { subscribeWithSelector } from 'zustand/middleware'
import type { Analysis, NodeAnalysis, Problem } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { api } from '../api.ts'
import { keepUnchanged } from './keep-unchanged.ts'
import { usePipeline } from './pipeline.ts'

export interface AnalysisState {
  /** The newest analysis; it may be one edit behind while `pending`. */
  readonly analysis: Analysis | undefined
  /** The document that `analysis` is of. */
  readonly document: PipelineDocument | undefined
  readonly pending: boolean
  /** Why there is no newer analysis, such as a lost engine. */
  readonly error: ErrorInfo | undefined
}

export const useAnalysis = create<AnalysisState>()(
  subscribeWithSelector(
    (): AnalysisState => ({ analysis: undefined, document: undefined, pending: false, error: undefined }),
  ),
)

export const nodeAnalysis = (state: AnalysisState, nodeId: string | undefined): NodeAnalysis | undefined =>
  nodeId === undefined ? undefined : state.analysis?.nodes[nodeId]

const NONE: readonly Problem[] = []

export const problemsOf = (state: AnalysisState, nodeId: string | undefined): readonly Problem[] =>
  nodeAnalysis(state, nodeId)?.problems ?? NONE

/** Every problem of the pipeline, errors first. */
export function allProblems(analysis: Analysis | undefined): Problem[] {
  if (!analysis) return []
  const ofNodes = Object.entries(analysis.nodes).flatMap(([nodeId, node]) =>
    node.problems.map((problem) => ({ ...problem, nodeId: problem.nodeId ?? nodeId })),
  )
  return [...analysis.problems, ...ofNodes].sort(
    (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'),
  )
}

let running: AbortController | undefined

/** Asks for an analysis of the document in front; the newest request wins and cancels the one before. */
export async function requestAnalysis(): Promise<void> {
  running?.abort()
  const { document, parameters } = usePipeline.getState()
  if (!document) {
    running = undefined
    return useAnalysis.setState({ analysis: undefined, document: undefined, pending: false, error: undefined })
  }
  const mine = new AbortController()
  running = mine
  useAnalysis.setState({ pending: true })
  try {
    const fresh = await api.call('draft.analyse', { document, parameters: { ...parameters } }, { signal: mine.signal })
    if (running !== mine) return
    const analysis = keepUnchanged(useAnalysis.getState().analysis, fresh)
    useAnalysis.setState({ analysis, document, pending: false, error: undefined })
  } catch (thrown) {
    if (running !== mine) return
    useAnalysis.setState({ pending: false, error: toErrorInfo(thrown) })
  }
}

/** Analyses after every change of the document, but not after a mere move of boxes. Gives back what stops it. */
export function followDocument(): () => void {
  let last: { nodes: unknown; parameters: unknown; path: unknown; values: unknown } | undefined
  const check = () => {
    const { document, path, parameters } = usePipeline.getState()
    const now = { nodes: document?.nodes, parameters: document?.parameters, path, values: parameters }
    if (last && last.nodes === now.nodes && last.parameters === now.parameters && last.values === now.values) {
      if (last.path === now.path) return
    }
    if (last?.path !== now.path) useAnalysis.setState({ analysis: undefined, document: undefined })
    last = now
    void requestAnalysis()
  }
  check()
  return usePipeline.subscribe(check)
}
