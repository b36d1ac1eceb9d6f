import type { Problem } from '../shared/engine/types.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'

/** A pipeline's file as it was read: its document, or why there is none. */
export type PipelineFile =
  | { readonly document: PipelineDocument; readonly problem?: undefined }
  | { readonly document?: undefined; readonly problem: Omit<Problem, 'nodeId' | 'field'> }

/** Sub-pipelines in sub-pipelines, at most. */
export const DEPTH_LIMIT = 8
