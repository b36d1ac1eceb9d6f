import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { JsonValue, PipelineDocument, PipelineNode } from './document.ts'
import { parseReference } from './document.ts'
import { topologicalOrder } from './graph.ts'

/**
 * What the pipeline does, as 64 hexadecimal digits. Layout, names, labels, notes and descriptions, and the order of nodes and
 * parameters do not count. The order of inputs and of a config's keys does, since it can be the order of columns.
 */
export function semanticHash(document: PipelineDocument): string {
  const sorted = <T>(record: Record<string, T> | undefined) =>
    Object.entries(record ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const parameters = sorted(document.parameters).map(([name, { type, default: value }]) => [name, type, value ?? null])
  const nodes = sorted(document.nodes).map(([nodeId, node]) => [
    nodeId,
    ownHash(node),
    Object.entries(node.inputs ?? {}),
    // What is looked at can stop a load, and changes no rows.
    ...(node.checks ? [node.checks as JsonValue] : []),
  ])
  return hashOf(['pipeline', document.format, parameters, nodes])
}

/**
 * What a node's output depends on within the document: its type, its config, how it is connected, and the same of everything above it.
 * Keys and labels of nodes do not count. A cache key needs more: the parameters' values, the modules' versions, the state of files.
 */
export function nodeHash(document: PipelineDocument, nodeId: string): string {
  return nodeHashes(document).get(nodeId) ?? hashOf(['missing', nodeId])
}

/** `nodeHash` of every node at once. */
export function nodeHashes(document: PipelineDocument): ReadonlyMap<string, string> {
  const { order, cycles } = topologicalOrder(document)
  const hashes = new Map<string, string>()
  for (const cycle of cycles) {
    // There is nothing to compute on a cycle; the hash only has to change when one of its nodes does.
    const members = cycle.map((nodeId) => [nodeId, document.nodes[nodeId] ? ownHash(document.nodes[nodeId]) : null])
    for (const nodeId of cycle) hashes.set(nodeId, hashOf(['cycle', nodeId, members]))
  }
  for (const nodeId of order) {
    const node = document.nodes[nodeId]
    if (!node) continue
    const inputs = Object.entries(node.inputs ?? {}).map(([port, text]): JsonValue => {
      const source = parseReference(text)
      return [port, hashes.get(source.nodeId) ?? `missing ${source.nodeId}`, source.port ?? null]
    })
    hashes.set(nodeId, hashOf(['node', ownHash(node), inputs]))
  }
  return hashes
}

/** Nodes are immutable, and most stay the same from one edit to the next. */
const ownHashes = new WeakMap<PipelineNode, string>()

function ownHash(node: PipelineNode): string {
  const known = ownHashes.get(node)
  if (known !== undefined) return known
  const hash = hashOf([node.type, node.config ?? {}])
  ownHashes.set(node, hash)
  return hash
}

function hashOf(value: JsonValue): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))))
}
