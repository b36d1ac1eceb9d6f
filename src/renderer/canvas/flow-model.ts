import { type Edge, type Node, Position as Side } from '@xyflow/react'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import {
  type PipelineDocument,
  type PipelineNode,
  type Position,
  parseReference,
} from '../../shared/pipeline/document.ts'
import { NODE_WIDTH, nodeHeight, portOffset } from './layout.ts'
import { type CanvasPort, defaultOutput, documentEdges, inputPorts, outputPorts } from './ports.ts'

export interface StepData extends Record<string, unknown> {
  readonly inputs: readonly CanvasPort[]
  readonly outputs: readonly CanvasPort[]
}
export type StepNode = Node<StepData, 'step'>
export interface LinkData extends Record<string, unknown> {
  readonly reject: boolean
  readonly sourcePort: string
}
export type LinkEdge = Edge<LinkData, 'link'>

type Modules = ReadonlyMap<string, ModuleInfo>

const PORT = 9

/** What a node was drawn from, so that an unchanged one keeps its object and is not drawn again. */
const drawnFrom = new WeakMap<StepNode, { node: PipelineNode; info: ModuleInfo | undefined; referenced: string }>()

function handlesOf(inputs: readonly CanvasPort[], outputs: readonly CanvasPort[], height: number) {
  const side = (ports: readonly CanvasPort[], type: 'source' | 'target', position: Side, x: number) =>
    ports.map((port, index) => ({
      id: port.name,
      type,
      position,
      x: x - PORT / 2,
      y: portOffset(index, ports.length, height) - PORT / 2,
      width: PORT,
      height: PORT,
    }))
  return [...side(inputs, 'target', Side.Left, 0), ...side(outputs, 'source', Side.Right, NODE_WIDTH)]
}

/**
 * The nodes of a document as React Flow wants them. Sizes and ports are given, not measured: nothing jumps, and a node
 * out of sight need not be drawn for its edges to be right.
 */
export function flowNodes(
  document: PipelineDocument,
  modules: Modules,
  positions: Readonly<Record<string, Position>>,
  selected: readonly string[],
  before: readonly StepNode[],
): StepNode[] {
  const old = new Map(before.map((node) => [node.id, node]))
  const chosen = new Set(selected)
  const referenced = referencedPorts(document)
  return Object.entries(document.nodes).map(([id, node]) => {
    const [x, y] = positions[id] ?? [0, 0]
    const info = modules.get(node.type)
    const ports = info ? '' : (referenced.get(id) ?? []).join(' ')
    const kept = old.get(id)
    const from = kept && drawnFrom.get(kept)
    const isSame = from?.node === node && from.info === info && from.referenced === ports
    if (kept && isSame && kept.position.x === x && kept.position.y === y && kept.selected === chosen.has(id))
      return kept
    const inputs = isSame && kept ? kept.data.inputs : inputPorts(node, info)
    const outputs = isSame && kept ? kept.data.outputs : outputPorts(info, node, referenced.get(id))
    const height = nodeHeight(inputs.length, outputs.length)
    const drawn: StepNode = {
      id,
      type: 'step',
      position: { x, y },
      data: isSame && kept ? kept.data : { inputs, outputs },
      width: NODE_WIDTH,
      height,
      measured: { width: NODE_WIDTH, height },
      handles: handlesOf(inputs, outputs, height),
      selected: chosen.has(id),
    }
    drawnFrom.set(drawn, { node, info, referenced: ports })
    return drawn
  })
}

/** Ports that others read from, for nodes whose module is not known. */
function referencedPorts(document: PipelineDocument): Map<string, string[]> {
  const ports = new Map<string, string[]>()
  for (const { inputs = {} } of Object.values(document.nodes)) {
    for (const text of Object.values(inputs)) {
      const { nodeId, port = 'out' } = parseReference(text)
      const known = ports.get(nodeId) ?? []
      if (!known.includes(port)) ports.set(nodeId, [...known, port])
    }
  }
  return ports
}

export const edgeId = (target: string, port: string) => `${target}.${port}`

/** Edges keep their objects too while nothing about them changes. */
export function flowEdges(document: PipelineDocument, modules: Modules, before: readonly LinkEdge[]): LinkEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]))
  return documentEdges(document).map(({ source, sourcePort, target, targetPort }) => {
    const from = document.nodes[source]
    const info = modules.get(from?.type ?? '')
    const port = sourcePort ?? defaultOutput(info, from)
    const reject = info?.outputs.find((output) => output.name === port)?.reject ?? false
    const id = edgeId(target, targetPort)
    const kept = old.get(id)
    if (kept?.source === source && kept.sourceHandle === port && kept.data?.reject === reject) return kept
    return {
      id,
      type: 'link',
      source,
      sourceHandle: port,
      target,
      targetHandle: targetPort,
      data: { reject, sourcePort: port },
      ...(kept?.selected && { selected: true }),
    }
  })
}
