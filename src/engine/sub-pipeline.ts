import type { Problem } from '../shared/engine/types.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'

/** The step that stands for another pipeline, and the steps that are its ends inside. */
export const SUB_PIPELINE = 'transform.pipeline'
export const SUB_INPUT = 'extract.input'
export const SUB_OUTPUT = 'transform.output'

/** A pipeline's file as it was read: its document, or why there is none. */
export type PipelineFile =
  | { readonly document: PipelineDocument; readonly problem?: undefined }
  | { readonly document?: undefined; readonly problem: Omit<Problem, 'nodeId' | 'field'> }

/** Sub-pipelines in sub-pipelines, at most. */
export const DEPTH_LIMIT = 8

/** The files that the sub-pipelines of a document name, each once. */
export function pipelinePaths(document: PipelineDocument): string[] {
  const paths = Object.values(document.nodes).flatMap(({ type, config }) =>
    type === SUB_PIPELINE && typeof config?.path === 'string' ? [config.path] : [],
  )
  return [...new Set(paths)]
}

/** Names of the ends of a document, which are the ports of the step that stands for it. */
export function endsOf(document: PipelineDocument): { readonly inputs: string[]; readonly outputs: string[] } {
  const named = (type: string) => Object.keys(document.nodes).filter((id) => document.nodes[id]?.type === type)
  return { inputs: named(SUB_INPUT), outputs: named(SUB_OUTPUT) }
}
