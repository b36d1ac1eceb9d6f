import { BaseEdge, type EdgeProps, getBezierPath } from '@xyflow/react'
import { memo } from 'react'
import { formatNumber } from '../i18n/index.ts'
import { useRun } from '../store/run.ts'
import { useCanvas } from './canvas-state.ts'
import type { LinkEdge } from './flow-model.ts'

/** Room that a figure needs between two nodes, in pixels at zoom 1. */
const roomFor = (figure: string) => figure.length * 6 + 14

/** A connection: dashed and red for rejects; its rows once a run has counted them. */
export const LinkEdgeView = memo(function LinkEdgeView(props: EdgeProps<LinkEdge>) {
  const { id, source, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data, selected } = props
  const onPath = useCanvas((state) => state.path.has(id))
  const rows = useRun((state) => state.run?.nodes[source]?.rows[data?.sourcePort ?? ''])
  const figure = rows === undefined ? undefined : formatNumber(rows)
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
      {figure !== undefined && targetX - sourceX >= roomFor(figure) && (
        <text className={`link-rows${data?.reject ? ' link-rows-reject' : ''}`} x={labelX} y={labelY}>
          {figure}
        </text>
      )}
    </>
  )
})
