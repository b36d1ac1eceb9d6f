import type { Problem } from '../../shared/engine/types.ts'

/** What concerns the whole pipeline first, then errors before warnings, each as the steps stand in the file. */
export function inOrder(problems: readonly Problem[], nodeIds: readonly string[]): readonly Problem[] {
  const places = new Map(nodeIds.map((nodeId, index) => [nodeId, index]))
  const place = ({ nodeId }: Problem) => (nodeId === undefined ? -1 : (places.get(nodeId) ?? nodeIds.length))
  const weight = (problem: Problem) => (place(problem) === -1 ? 0 : problem.severity === 'error' ? 1 : 2)
  return problems.toSorted((a, b) => weight(a) - weight(b) || place(a) - place(b))
}
