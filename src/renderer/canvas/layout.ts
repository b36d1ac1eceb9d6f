import { Graph, layout as runDagre } from '@dagrejs/dagre'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import type { PipelineDocument, Position } from '../../shared/pipeline/document.ts'
import { documentEdges, inputPorts, outputPorts } from './ports.ts'

export const GRID = 4
export const NODE_WIDTH = 176
export const NODE_HEIGHT = 56
/** Between ports of one side. */
const PORT_GAP = 18
/** Rows of figures under a node. */
const FOOT = 24

type Modules = ReadonlyMap<string, ModuleInfo>

export const snap = (value: number) => Math.round(value / GRID) * GRID

/** A node grows where its ports need the room. */
export function nodeHeight(inputs: number, outputs: number): number {
  const ports = Math.max(inputs, outputs)
  return ports <= 3 ? NODE_HEIGHT : Math.ceil((ports * PORT_GAP + 8) / GRID) * GRID
}

/** Where the middle of a port is, down from the node's top. */
export function portOffset(index: number, count: number, height: number): number {
  const gap = Math.min(PORT_GAP, (height - 8) / count)
  return height / 2 + (index - (count - 1) / 2) * gap
}

/** Positions from left to right along the data, with few crossings. */
export function autoLayout(document: PipelineDocument, modules: Modules): Record<string, Position> {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: 40, ranksep: 72, marginx: 0, marginy: 0 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const [nodeId, node] of Object.entries(document.nodes)) {
    const info = modules.get(node.type)
    const height = nodeHeight(inputPorts(node, info).length, outputPorts(info, node).length)
    graph.setNode(nodeId, { width: NODE_WIDTH, height: height + FOOT })
  }
  for (const { source, target } of documentEdges(document)) if (source !== target) graph.setEdge(source, target)
  runDagre(graph)
  const positions: Record<string, Position> = {}
  for (const nodeId of Object.keys(document.nodes)) {
    const { x, y, width, height } = graph.node(nodeId) as { x: number; y: number; width: number; height: number }
    positions[nodeId] = [snap(x - width / 2), snap(y - height / 2)]
  }
  return positions
}

/** The file's layout, and where it is silent an automatic one. */
export function positionsOf(document: PipelineDocument, modules: Modules): Record<string, Position> {
  const given = document.layout ?? {}
  const ids = Object.keys(document.nodes)
  if (ids.every((nodeId) => given[nodeId])) return given
  const known = ids.some((nodeId) => given[nodeId])
  const automatic = autoLayout(document, modules)
  if (!known) return automatic
  // Nodes without a place stand below those that have one.
  const bottom = Math.max(...ids.map((nodeId) => given[nodeId]?.[1] ?? Number.NEGATIVE_INFINITY)) + 120
  return Object.fromEntries(
    ids.map((nodeId) => {
      const [x, y] = automatic[nodeId] ?? [0, 0]
      return [nodeId, given[nodeId] ?? ([x, snap(y + bottom)] satisfies Position)]
    }),
  )
}

/** The nearest free place at or below a wished one. */
export function freePlace(positions: Readonly<Record<string, Position>>, wished: Position): Position {
  const [x, start] = wished
  const overlaps = (y: number) =>
    Object.values(positions).some(([px, py]) => Math.abs(px - x) < NODE_WIDTH + 8 && Math.abs(py - y) < 88)
  let y = start
  while (overlaps(y)) y += 24
  return [snap(x), snap(y)]
}

/** The node that an arrow key goes to: the nearest one in that direction, straight ahead preferred. */
export function neighbour(
  positions: Readonly<Record<string, Position>>,
  from: string,
  direction: 'left' | 'right' | 'up' | 'down',
): string | undefined {
  const origin = positions[from]
  if (!origin) return undefined
  const sideways = direction === 'left' || direction === 'right'
  const sign = direction === 'right' || direction === 'down' ? 1 : -1
  let best: { nodeId: string; cost: number } | undefined
  for (const [nodeId, [x, y]] of Object.entries(positions)) {
    const [dx, dy] = [x - origin[0], y - origin[1]]
    const ahead = sign * (sideways ? dx : dy)
    const aside = Math.abs(sideways ? dy : dx)
    if (nodeId === from || ahead <= 0) continue
    const cost = ahead + aside * 2
    if (!best || cost < best.cost) best = { nodeId, cost }
  }
  return best?.nodeId
}
