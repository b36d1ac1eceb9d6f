import type { PipelineDocument, PipelineNode } from './document.ts'

const filled = <T extends object>(value: T | undefined): value is T =>
  value !== undefined && Object.keys(value).length > 0

/**
 * The document as the file keeps it: no empty maps, no empty notes, no layout of nodes that do not exist. Reading gives documents
 * in this form, edits keep it, writing brings others to it.
 */
export function normaliseDocument(document: PipelineDocument): PipelineDocument {
  const { format, name, description, parameters, nodes, layout } = document
  const placed = Object.entries(layout ?? {}).filter(([nodeId]) => Object.hasOwn(nodes, nodeId))
  return {
    format,
    name,
    ...(description ? { description } : {}),
    ...(filled(parameters) ? { parameters } : {}),
    nodes: Object.fromEntries(Object.entries(nodes).map(([nodeId, node]) => [nodeId, normaliseNode(node)])),
    ...(placed.length > 0 ? { layout: Object.fromEntries(placed) } : {}),
  }
}

export function normaliseNode(node: PipelineNode): PipelineNode {
  const { type, label, note, inputs, config, checks, run } = node
  return {
    type,
    ...(label ? { label } : {}),
    ...(note ? { note } : {}),
    ...(filled(inputs) ? { inputs } : {}),
    ...(filled(config) ? { config } : {}),
    ...(filled(checks) ? { checks } : {}),
    ...(filled(run) ? { run } : {}),
  }
}
