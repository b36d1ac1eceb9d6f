import type { PipelineDocument } from './document.ts'

/** The step that stands for another pipeline, and the steps that are its ends inside. */
export const SUB_PIPELINE = 'transform.pipeline'
export const SUB_INPUT = 'extract.input'
export const SUB_OUTPUT = 'transform.output'

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

/** What the forming and dissolving of sub-pipelines must know of a document's steps. */
export interface StepsView {
  /** Output ports of a node, the default one first. */
  readonly outputs: (nodeId: string) => readonly string[]
  /** The port as a reference names it: none for a default output, unless a list makes it. */
  readonly written: (nodeId: string, port: string) => string | undefined
  /** Columns of an output port, where they are known. */
  readonly columns: (
    nodeId: string,
    port: string,
  ) => readonly { readonly name: string; readonly type: string }[] | undefined
}
