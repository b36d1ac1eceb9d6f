import { type PipelineDocument, parseReference } from './document.ts'

export interface Connection {
  readonly from: string
  /** Absent: the default output. */
  readonly fromPort?: string
  readonly to: string
  readonly toPort: string
}

/** All connections whose two ends exist, in the order of the document. */
export function connections(document: PipelineDocument): Connection[] {
  return Object.entries(document.nodes).flatMap(([to, node]) =>
    Object.entries(node.inputs ?? {}).flatMap(([toPort, text]) => {
      const { nodeId, port } = parseReference(text)
      if (!Object.hasOwn(document.nodes, nodeId)) return []
      return [{ from: nodeId, ...(port === undefined ? {} : { fromPort: port }), to, toPort }]
    }),
  )
}

/** Node -> the nodes that it reads from. */
function sourcesOf(document: PipelineDocument): Map<string, string[]> {
  const sources = new Map<string, string[]>(Object.keys(document.nodes).map((nodeId) => [nodeId, []]))
  for (const { from, to } of connections(document)) {
    const list = sources.get(to)
    if (list && !list.includes(from)) list.push(from)
  }
  return sources
}

/**
 * `order` has every node that is in no cycle, after all that it reads from; among equals the document's order decides. `cycles` has
 * the nodes of each cycle (of all cycles that share nodes), in the document's order.
 */
export function topologicalOrder(document: PipelineDocument): { order: string[]; cycles: string[][] } {
  const sources = sourcesOf(document)
  const cycles = cyclesOf(sources)
  const cyclic = new Set(cycles.flat())
  const waiting = new Map<string, number>()
  const readers = new Map<string, string[]>()
  for (const [nodeId, from] of sources) {
    if (cyclic.has(nodeId)) continue
    const open = from.filter((source) => !cyclic.has(source))
    waiting.set(nodeId, open.length)
    for (const source of open) {
      const list = readers.get(source)
      if (list) list.push(nodeId)
      else readers.set(source, [nodeId])
    }
  }
  const order = [...waiting].filter(([, count]) => count === 0).map(([nodeId]) => nodeId)
  for (let index = 0; index < order.length; index++) {
    for (const reader of readers.get(order[index] ?? '') ?? []) {
      const left = (waiting.get(reader) ?? 0) - 1
      waiting.set(reader, left)
      if (left === 0) order.push(reader)
    }
  }
  return { order, cycles }
}

/**
 * Strongly connected components of two nodes or more, and nodes that read from themselves. Tarjan's algorithm with a stack of its own,
 * so that a chain of ten thousand nodes does not exhaust the program's.
 */
function cyclesOf(sources: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>()
  const low = new Map<string, number>()
  const stack: string[] = []
  const onStack = new Set<string>()
  const found: string[][] = []
  for (const root of sources.keys()) {
    if (index.has(root)) continue
    const work = [{ nodeId: root, next: 0 }]
    while (work.length > 0) {
      const frame = work[work.length - 1]
      if (!frame) break
      const { nodeId } = frame
      if (!index.has(nodeId)) {
        index.set(nodeId, index.size)
        low.set(nodeId, index.size - 1)
        stack.push(nodeId)
        onStack.add(nodeId)
      }
      const source = sources.get(nodeId)?.[frame.next]
      if (source !== undefined) {
        frame.next += 1
        if (!index.has(source)) work.push({ nodeId: source, next: 0 })
        else if (onStack.has(source)) low.set(nodeId, Math.min(low.get(nodeId) ?? 0, index.get(source) ?? 0))
        continue
      }
      work.pop()
      const parent = work[work.length - 1]
      if (parent) low.set(parent.nodeId, Math.min(low.get(parent.nodeId) ?? 0, low.get(nodeId) ?? 0))
      if (low.get(nodeId) !== index.get(nodeId)) continue
      const members = stack.splice(stack.lastIndexOf(nodeId))
      for (const member of members) onStack.delete(member)
      if (members.length > 1 || sources.get(nodeId)?.includes(nodeId)) found.push(members)
    }
  }
  const position = new Map([...sources.keys()].map((nodeId, at) => [nodeId, at]))
  const byPosition = (a: string, b: string) => (position.get(a) ?? 0) - (position.get(b) ?? 0)
  return found.map((members) => members.sort(byPosition)).sort((a, b) => byPosition(a[0] ?? '', b[0] ?? ''))
}

/** Every node that the given one depends on, itself not among them (unless it is in a cycle). In the document's order. */
export function upstreamOf(document: PipelineDocument, nodeId: string): string[] {
  return reach(document, nodeId, sourcesOf(document))
}

/** Every node that depends on the given one, itself not among them (unless it is in a cycle). In the document's order. */
export function downstreamOf(document: PipelineDocument, nodeId: string): string[] {
  const readers = new Map<string, string[]>()
  for (const { from, to } of connections(document)) readers.set(from, [...(readers.get(from) ?? []), to])
  return reach(document, nodeId, readers)
}

function reach(document: PipelineDocument, start: string, next: ReadonlyMap<string, readonly string[]>): string[] {
  const seen = new Set<string>()
  const open = [...(next.get(start) ?? [])]
  for (let nodeId = open.pop(); nodeId !== undefined; nodeId = open.pop()) {
    if (seen.has(nodeId)) continue
    seen.add(nodeId)
    open.push(...(next.get(nodeId) ?? []))
  }
  return Object.keys(document.nodes).filter((nodeId) => seen.has(nodeId))
}

/** A shortest way around through some of these nodes, in the direction of the data, its first node again at the end. */
export function cyclePath(document: PipelineDocument, members: readonly string[]): string[] {
  const start = members[0]
  if (start === undefined) return []
  const within = new Set(members)
  const readers = new Map<string, string[]>()
  for (const { from, to } of connections(document)) {
    if (within.has(from) && within.has(to)) readers.set(from, [...(readers.get(from) ?? []), to])
  }
  const cameFrom = new Map<string, string>()
  const open = [start]
  for (let at = 0; at < open.length; at++) {
    const nodeId: string = open[at] ?? start
    for (const reader of readers.get(nodeId) ?? []) {
      if (reader === start) {
        const path = [start]
        for (let back: string | undefined = nodeId; back !== undefined && back !== start; back = cameFrom.get(back)) {
          path.unshift(back)
        }
        return [start, ...path]
      }
      if (cameFrom.has(reader)) continue
      cameFrom.set(reader, nodeId)
      open.push(reader)
    }
  }
  return [...members]
}
