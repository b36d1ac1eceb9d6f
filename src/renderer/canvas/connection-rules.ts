import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import { inputPortsOf } from '../../shared/modules/ports.ts'
import { formatReference, type PipelineDocument, type Position } from '../../shared/pipeline/document.ts'
import type { PipelineEdit } from '../../shared/pipeline/edits.ts'
import { uniqueName } from '../../shared/pipeline/names.ts'
import { actualPortName, documentEdges, inputPorts, outputPorts, outputsOf, writtenPort } from './ports.ts'

type Modules = ReadonlyMap<string, ModuleInfo>

export interface Connection {
  readonly source: string
  readonly sourcePort: string
  readonly target: string
  readonly targetPort: string
}

/** Nodes that `start` reaches, itself included: with the data (`down`) or against it (`up`). */
export function reachable(document: PipelineDocument, start: string, direction: 'up' | 'down'): Set<string> {
  const next = new Map<string, string[]>()
  for (const { source, target } of documentEdges(document)) {
    const [from, to] = direction === 'down' ? [source, target] : [target, source]
    next.set(from, [...(next.get(from) ?? []), to])
  }
  const found = new Set([start])
  for (const nodeId of found) for (const neighbour of next.get(nodeId) ?? []) found.add(neighbour)
  return found
}

/**
 * The edits of a connection, or `undefined` where it makes no sense: to itself, in a circle, or a port that does not
 * exist. An input that is taken is replaced.
 */
export function connectEdits(
  document: PipelineDocument,
  modules: Modules,
  { source, sourcePort, target, targetPort }: Connection,
): PipelineEdit[] | undefined {
  const from = document.nodes[source]
  const to = document.nodes[target]
  if (!from || !to || source === target) return undefined
  const output = modules.get(from.type)
  if (output && !outputsOf(output, from).some((port) => port.name === sourcePort)) return undefined
  if (!inputPorts(to, modules.get(to.type)).some((port) => port.name === targetPort)) return undefined
  if (reachable(document, target, 'down').has(source)) return undefined
  const written = writtenPort(output, from, sourcePort)
  const reference = formatReference(written === undefined ? { nodeId: source } : { nodeId: source, port: written })
  const port = actualPortName(document, modules, target, targetPort, source)
  if (to.inputs?.[port] === reference) return []
  return [{ kind: 'connect', nodeId: target, port, from: reference }]
}

/** The input that a new connection to this node takes when no port was named: the first free one. */
export function freeInput(document: PipelineDocument, modules: Modules, nodeId: string): string | undefined {
  const node = document.nodes[nodeId]
  if (!node) return undefined
  const info = modules.get(node.type)
  return inputPorts(node, info).find((port) => node.inputs?.[port.name] === undefined)?.name
}

export interface NewNode {
  readonly edits: PipelineEdit[]
  readonly nodeId: string
}

/** A new step, named after its module, with what it starts with. */
export function newNodeEdits(document: PipelineDocument, info: ModuleInfo, position: Position): NewNode {
  const word = info.type.slice(info.type.indexOf('.') + 1)
  const nodeId = uniqueName(word, (name) => name in document.nodes)
  const config = info.defaultConfig as NonNullable<PipelineDocument['nodes'][string]['config']>
  const node = { type: info.type, ...(Object.keys(config).length > 0 && { config }) }
  return { nodeId, edits: [{ kind: 'addNode', nodeId, node, position }] }
}

/** How a new node of a module would take the output of another: through its first input. */
export function connectNewNode(info: ModuleInfo, nodeId: string, source: string, sourcePort: string | undefined) {
  const input = inputPortsOf(info.inputs, info.defaultConfig)[0]
  if (!input) return undefined
  const port = !input.many ? input.name : input.freeNames ? source : `${input.name}_1`
  const from = formatReference(sourcePort === undefined ? { nodeId: source } : { nodeId: source, port: sourcePort })
  return { kind: 'connect', nodeId, port, from } satisfies PipelineEdit
}

/** Whether something can read from this node. */
export function hasOutputs(document: PipelineDocument, modules: Modules, nodeId: string): boolean {
  const node = document.nodes[nodeId]
  return node !== undefined && outputPorts(modules.get(node.type), node).length > 0
}

/** Every edge on a way through a node, as `target.port`. */
export function pathEdges(document: PipelineDocument, nodeIds: readonly string[]): Set<string> {
  const edges = new Set<string>()
  const up = new Set<string>()
  const down = new Set<string>()
  for (const nodeId of nodeIds) {
    for (const one of reachable(document, nodeId, 'up')) up.add(one)
    for (const one of reachable(document, nodeId, 'down')) down.add(one)
  }
  for (const { source, target, targetPort } of documentEdges(document)) {
    if ((up.has(source) && up.has(target)) || (down.has(source) && down.has(target)))
      edges.add(`${target}.${targetPort}`)
  }
  return edges
}
