import { ViewportPortal } from '@xyflow/react'
import { memo } from 'react'
import { useCanvas } from './canvas-state.ts'
import type { LinkEdge, StepNode } from './flow-model.ts'

interface Props {
  readonly nodes: readonly StepNode[]
  readonly edges: readonly LinkEdge[]
}

/** All connections as a few straight-lined paths: from afar a thousand of them cost what one costs. */
export const FarEdges = memo(function FarEdges({ nodes, edges }: Props) {
  const onPath = useCanvas((state) => state.path)
  const lines = linesOf(nodes, edges, onPath)
  return (
    <ViewportPortal>
      <svg className="far-edges" aria-hidden="true">
        {Object.entries(lines).map(([kind, d]) => (
          <path key={kind} className={`far-${kind}`} d={d} />
        ))}
      </svg>
    </ViewportPortal>
  )
})

/** Edges of nodes that are being dragged are apart, so that the others' text stays the same and is not drawn again. */
export function linesOf(nodes: readonly StepNode[], edges: readonly LinkEdge[], onPath: ReadonlySet<string>) {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const lines = { plain: '', reject: '', dragged: '', path: '' }
  for (const edge of edges) {
    const [source, target] = [byId.get(edge.source), byId.get(edge.target)]
    if (!source || !target) continue
    const line = `M${portAt(source, 'source', edge.sourceHandle)}L${portAt(target, 'target', edge.targetHandle)}`
    if (onPath.has(edge.id)) lines.path += line
    else if (source.dragging || target.dragging) lines.dragged += line
    else if (edge.data?.reject) lines.reject += line
    else lines.plain += line
  }
  return lines
}

function portAt({ position, handles }: StepNode, type: 'source' | 'target', id: string | null | undefined): string {
  const handle = handles?.find((one) => one.type === type && one.id === id)
  return `${position.x + (handle ? handle.x + (handle.width ?? 0) / 2 : 0)} ${position.y + (handle ? handle.y + (handle.height ?? 0) / 2 : 0)}`
}
