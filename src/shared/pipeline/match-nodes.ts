import { isDeepEqual } from './deep-equal.ts'
import type { PipelineDocument } from './document.ts'

/** Enough to say that a node was renamed and not replaced: the same settings, or the same place on the canvas and in the file. */
const LIKENESS = 3

/** Finds nodes that only changed their key between two documents: old key -> new key. */
export function matchRenamedNodes(before: PipelineDocument, after: PipelineDocument): ReadonlyMap<string, string> {
  const gone = Object.keys(before.nodes).filter((nodeId) => !Object.hasOwn(after.nodes, nodeId))
  const come = Object.keys(after.nodes).filter((nodeId) => !Object.hasOwn(before.nodes, nodeId))
  const beforeOrder = new Map(Object.keys(before.nodes).map((nodeId, index) => [nodeId, index]))
  const afterOrder = new Map(Object.keys(after.nodes).map((nodeId, index) => [nodeId, index]))
  const candidates: { from: string; to: string; score: number }[] = []
  for (const from of gone) {
    for (const to of come) {
      const old = before.nodes[from]
      const now = after.nodes[to]
      if (!old || !now || old.type !== now.type) continue
      let score = 0
      if (isDeepEqual(old.config, now.config)) score += old.config ? 3 : 1
      if (isDeepEqual(old.inputs, now.inputs)) score += old.inputs ? 2 : 0
      const position = before.layout?.[from]
      if (position && isDeepEqual(position, after.layout?.[to])) score += 2
      if (old.label !== undefined && old.label === now.label) score += 2
      if (beforeOrder.get(from) === afterOrder.get(to)) score += 1
      if (score >= LIKENESS) candidates.push({ from, to, score })
    }
  }
  candidates.sort((a, b) => b.score - a.score)
  const result = new Map<string, string>()
  const taken = new Set<string>()
  for (const { from, to } of candidates) {
    if (result.has(from) || taken.has(to)) continue
    result.set(from, to)
    taken.add(to)
  }
  return result
}
