import type { PipelineDocument } from '../../src/shared/pipeline/document.ts'

/** What the test asks of the application that it will kill. */
export type Request =
  | { readonly kind: 'run'; readonly document: PipelineDocument }
  | { readonly kind: 'resume'; readonly runId: string }
  | { readonly kind: 'engine' }
  | { readonly kind: 'previews'; readonly document: PipelineDocument; readonly nodeIds: readonly string[] }
  /** No more previews. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'close' }

export type Answer =
  | { readonly kind: 'open'; readonly owns: boolean; readonly notices: readonly string[] }
  | { readonly kind: 'accepted'; readonly runId: string; readonly engine: number | undefined }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'running'; readonly runId: string }
  | {
      readonly kind: 'ended'
      readonly runId: string
      readonly state?: string | undefined
      readonly error?: string | undefined
    }
  | { readonly kind: 'engine'; readonly pid: number | undefined }
  | { readonly kind: 'preview'; readonly rows?: number; readonly error?: string }
  | { readonly kind: 'previewed' }
