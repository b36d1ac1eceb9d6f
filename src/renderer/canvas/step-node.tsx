import { Handle, type NodeProps, Position } from '@xyflow/react'
import { memo } from 'react'
import { formatNumber, t, text } from '../i18n/index.ts'
import { ModuleTile } from '../icons/module-icon.tsx'
import { textOfProblem } from '../inspector/problem-text.ts'
import { useAnalysis } from '../store/analysis.ts'
import { useModules } from '../store/modules.ts'
import { usePipeline } from '../store/pipeline.ts'
import { useRun } from '../store/run.ts'
import { CheckMark } from '../tests/check-mark.tsx'
import { useCanvas } from './canvas-state.ts'
import type { StepNode } from './flow-model.ts'
import { NODE_HEIGHT, portOffset } from './layout.ts'
import { dotState, dotWords } from './node-state.ts'
import type { CanvasPort } from './ports.ts'
import { PushdownMark } from './pushdown-mark.tsx'

/** One step on the canvas. It reads its own part of each store, so that only what changed is drawn again. */
export const StepNodeView = memo(function StepNodeView({ id, data, selected }: NodeProps<StepNode>) {
  const node = usePipeline((state) => state.document?.nodes[id])
  const info = useModules((state) => state.byType.get(node?.type ?? ''))
  const analysis = useAnalysis((state) => state.analysis?.nodes[id])
  const run = useRun((state) => state.run?.nodes[id])
  const far = useCanvas((state) => state.far)
  const target = useCanvas(({ connecting }) => {
    if (!connecting) return ''
    return connecting.blocked.has(id) ? ' is-blocked' : ` is-target from-${connecting.from}`
  })
  if (!node) return null

  const name = node.label ?? id
  const title = info ? text(info.title) : `${t('canvas.unknownModule')}: ${node.type}`
  const summary = analysis?.summary || title
  const dot = dotState(analysis, run)
  const first = analysis?.problems[0]
  const problem = first ? textOfProblem(first, id) : run?.error?.message
  if (far) {
    // Handles listen to every change of the view; a thousand nodes do without them. Their places are given, not measured.
    return (
      <article
        className={`step family-of-${info?.family ?? 'unknown'}${selected ? ' is-selected' : ''} dot-${dot}`}
        data-node={id}
        aria-label={t('canvas.nodeLabel', { name, title, state: t(dotWords[dot]) })}
      />
    )
  }
  const height = Math.max(
    NODE_HEIGHT,
    ...[data.inputs, data.outputs].map((ports) => (ports.length > 3 ? ports.length * 18 + 8 : 0)),
  )
  return (
    <article
      className={`step family-of-${info?.family ?? 'unknown'}${selected ? ' is-selected' : ''} dot-${dot}${target}`}
      data-node={id}
      aria-label={t('canvas.nodeLabel', { name, title, state: t(dotWords[dot]) })}
    >
      <ModuleTile info={info} size={28} />
      <div className="step-words">
        <div className="step-name" title={name}>
          {name}
        </div>
        <div className="step-summary truncate" title={summary}>
          {summary}
        </div>
      </div>
      <svg className="step-dot" viewBox="0 0 12 12" aria-hidden="true">
        <title>{problem ?? t(dotWords[dot])}</title>
        <circle cx="6" cy="6" r="3.5" />
      </svg>
      <Ports ports={data.inputs} type="target" height={height} />
      <Ports ports={data.outputs} type="source" height={height} />
      <CheckMark nodeId={id} />
      <PushdownMark nodeId={id} pushdown={analysis?.pushdown} />
      <Foot
        rows={run?.rows}
        outputs={data.outputs}
        problem={dot === 'error' || dot === 'failed' ? problem : undefined}
      />
    </article>
  )
})

const Ports = memo(function Ports({
  ports,
  type,
  height,
}: {
  readonly ports: readonly CanvasPort[]
  readonly type: 'source' | 'target'
  readonly height: number
}) {
  return ports.map((port, index) => (
    <Handle
      key={port.name}
      id={port.name}
      type={type}
      position={type === 'target' ? Position.Left : Position.Right}
      className={`port${port.reject ? ' port-reject' : ''}${port.open ? ' port-open' : ''}`}
      style={{ top: portOffset(index, ports.length, height) }}
      aria-label={t(type === 'target' ? 'canvas.portInput' : 'canvas.portOutput', { name: text(port.title) })}
    >
      {<span className="port-name">{text(port.title)}</span>}
    </Handle>
  ))
})

/** Figures under a node: rows of its default output, and what it rejected. */
function Foot({
  rows,
  outputs,
  problem,
}: {
  readonly rows: Readonly<Record<string, string>> | undefined
  readonly outputs: readonly CanvasPort[]
  readonly problem: string | undefined
}) {
  if (problem !== undefined) {
    return (
      <div className="step-foot">
        <span className="step-problem truncate" title={problem}>
          {problem}
        </span>
      </div>
    )
  }
  if (!rows) return null
  // A load may have several inputs: what it wrote is all of them.
  const main =
    outputs.length > 0 ? rows[outputs[0]?.name ?? ''] : Object.values(rows).reduce((sum, one) => sum + BigInt(one), 0n)
  const rejected = outputs.reduce((sum, port) => sum + (port.reject ? BigInt(rows[port.name] ?? 0) : 0n), 0n)
  return (
    <div className="step-foot">
      {main !== undefined && <span>{count('canvas.rows', BigInt(main))}</span>}
      {rejected > 0n && <span className="step-rejected">{count('canvas.rejected', rejected)}</span>}
    </div>
  )
}

function count(key: 'canvas.rows' | 'canvas.rejected', rows: bigint): string {
  if (rows <= BigInt(Number.MAX_SAFE_INTEGER)) return t(key, { count: Number(rows) })
  return t(key, { count: 2 }).replace('2', formatNumber(rows))
}
