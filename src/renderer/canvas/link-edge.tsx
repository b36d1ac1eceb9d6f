import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import { formatNumber } from '../i18n/index.ts'
import { useRun } from '../store/run.ts'
import { useCanvas } from './canvas-state.ts'
import type { LinkEdge } from './flow-model.ts'

/** Less than this between two nodes leaves no room for a figure. */
const ROOM = 64

/** A connection: dashed and red for rejects; its rows once a run has counted them. */
export const LinkEdgeView = memo(function LinkEdgeView(props: EdgeProps<LinkEdge>) {
  const { id, source, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props
  const onPath = useCanvas((state) => state.path.has(id))
  const rows = useRun((state) => state.run?.nodes[source]?.rows[data?.sourcePort ?? ''])
  const flowing = useRun((state) => state.run?.nodes[source]?.state === 'running')
  const [path, labelX, labelY] = getBezierPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    curvature: 0.32,
  })
  const classes = [
    'link',
    data?.reject && 'link-reject',
    (onPath || selected) && 'link-path',
    flowing && 'link-flowing',
  ]
  return (
    <>
      <BaseEdge id={id} path={path} className={classes.filter(Boolean).join(' ')} interactionWidth={16} />
      {rows !== undefined && targetX - sourceX >= ROOM && (
        <text className={`link-rows${data?.reject ? ' link-rows-reject' : ''}`} x={labelX} y={labelY}>
          {formatNumber(rows)}
        </text>
      )}
    </>
  )
})
