import type { LineageGraph } from './graph.ts'
import type { LineageOverview } from './project.ts'

/** @param detail pipelines whose columns are wanted too */
export function overviewOf(graph: LineageGraph, detail: readonly string[], milliseconds: number): LineageOverview {
  const links: LineageOverview['links'][number][] = graph.datasets.parts.map(([part, whole]) => ({
    from: part.id,
    to: whole.id,
    kind: 'part',
  }))
  const pipelines = graph.pipelines.map(({ path, name, problem, lineage }): LineageOverview['pipelines'][number] => {
    const nodes = Object.entries(lineage?.nodes ?? {}).map(([nodeId, node]) => {
      for (const read of node.reads) links.push({ from: graph.datasets.idOf(read), to: path, kind: 'read', nodeId })
      for (const target of node.writes)
        links.push({ from: path, to: graph.datasets.idOf(target), kind: 'write', nodeId })
      const ports = Object.entries(node.ports).map(([port, found]) => [
        port,
        found.columns.map((column) => column.name),
      ])
      return {
        nodeId,
        type: node.type,
        summary: node.summary,
        basis: node.basis,
        inputs: Object.entries(node.inputs).map(([port, from]) => ({ port, nodeId: from.nodeId, from: from.port })),
        ...(detail.includes(path) ? { ports: Object.fromEntries(ports) as Record<string, string[]> } : {}),
      }
    })
    return { path, name, ...(problem ? { problem } : {}), nodes }
  })
  return { datasets: [...graph.datasets.all], pipelines, links, milliseconds }
}
