import type { DocumentLineage, LineageSource, NodeLineage } from '../../shared/lineage/types.ts'

/** The first node of which something depends on something else than before, columns taken by their places; undefined: none. */
export function lineageDiffers(
  before: DocumentLineage,
  after: DocumentLineage,
  except: ReadonlySet<string>,
): string | undefined {
  for (const [nodeId, node] of Object.entries(before.nodes)) {
    const now = after.nodes[nodeId]
    if (except.has(nodeId) || !now || node.basis === 'table' || now.basis === 'table') continue
    if (placed(node, before) !== placed(now, after)) return nodeId
  }
  return undefined
}

/** What the ports of a node depend on, by the places of columns. */
function placed(node: NodeLineage, { nodes }: DocumentLineage): string {
  const source = ({ port, column, kinds }: LineageSource): string => {
    const from = node.inputs[port]
    const columns = (from && nodes[from.nodeId]?.ports[from.port]?.columns) ?? []
    return `${port}:${columns.findIndex(({ name }) => name === column)}:${[...kinds].sort().join(',')}`
  }
  const all = (sources: readonly LineageSource[]): string => [...new Set(sources.map(source))].sort().join(' ')
  return JSON.stringify(
    Object.entries(node.ports).map(([port, { columns, from, rows }]) => [
      port,
      columns.map(({ name }) => (Object.hasOwn(from, name) ? all(from[name] ?? []) : '')),
      all(rows),
    ]),
  )
}
