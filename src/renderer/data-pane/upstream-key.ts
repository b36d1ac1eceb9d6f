import { type PipelineDocument, parseReference, REFERENCE } from '../../shared/pipeline/document.ts'

/**
 * Tells whether an edit can change the rows of a node: equal keys, equal rows. Only what stands above the node counts,
 * and of that neither labels nor notes nor places.
 */
export function upstreamKey(
  document: PipelineDocument,
  nodeId: string,
  parameters: Readonly<Record<string, string>>,
): string {
  const seen = new Map<string, unknown>()
  const visit = (id: string) => {
    if (seen.has(id)) return
    const node = document.nodes[id]
    seen.set(id, node ? [node.type, node.inputs ?? {}, node.config ?? {}] : null)
    for (const reference of Object.values(node?.inputs ?? {})) {
      if (REFERENCE.test(reference)) visit(parseReference(reference).nodeId)
    }
  }
  visit(nodeId)
  return JSON.stringify([[...seen.entries()], document.parameters ?? {}, parameters])
}
