import type { NodeState, RunEvent } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'

export interface NodeRun {
  readonly state: NodeState
  /** Rows per output port (a load: rows written, as `in`); decimal digits. */
  readonly rows: Readonly<Record<string, string>>
  readonly milliseconds: number | undefined
  readonly written: readonly string[]
  readonly error: ErrorInfo | undefined
}

export interface RunView {
  readonly runId: string
  readonly startedAt: string | undefined
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  /** Share of the whole run, 0 to 1. */
  readonly fraction: number
  readonly milliseconds: number | undefined
  readonly error: ErrorInfo | undefined
  readonly nodes: Readonly<Record<string, NodeRun>>
  /** Nodes whose rows were checked, and the worst that came of it. */
  readonly checks?: Readonly<Record<string, CheckState>>
}

export type CheckState = 'passed' | 'warned' | 'failed'
const WORSE: readonly CheckState[] = ['passed', 'warned', 'failed']

export const newRun = (runId: string): RunView => ({
  runId,
  startedAt: undefined,
  state: 'running',
  fraction: 0,
  milliseconds: undefined,
  error: undefined,
  nodes: {},
})

const waiting: NodeRun = { state: 'waiting', rows: {}, milliseconds: undefined, written: [], error: undefined }

/** What a run looks like after one more event. Events may be replayed from the first: `started` begins anew. */
export function foldRunEvent(run: RunView, event: RunEvent): RunView {
  switch (event.kind) {
    case 'started': {
      const nodes = Object.fromEntries(event.nodes.map((nodeId) => [nodeId, waiting]))
      return { ...newRun(event.runId), startedAt: event.at, nodes }
    }
    case 'node': {
      const before = run.nodes[event.nodeId] ?? waiting
      const node: NodeRun = {
        state: event.state,
        rows: event.rows ?? before.rows,
        milliseconds: event.milliseconds ?? before.milliseconds,
        written: event.written ?? before.written,
        error: event.error ?? before.error,
      }
      return { ...run, nodes: { ...run.nodes, [event.nodeId]: node } }
    }
    case 'progress':
      return { ...run, fraction: Math.max(run.fraction, Math.min(1, event.fraction)) }
    case 'check': {
      const now = event.state === 'passed' ? 'passed' : event.severity === 'warn' ? 'warned' : 'failed'
      const before = run.checks?.[event.nodeId] ?? 'passed'
      const worst = WORSE.indexOf(now) > WORSE.indexOf(before) ? now : before
      return { ...run, checks: { ...run.checks, [event.nodeId]: worst } }
    }
    case 'stage':
    case 'log':
    case 'cursor':
    case 'forecast':
      return run
    case 'finished':
      return {
        ...run,
        state: event.state,
        fraction: event.state === 'succeeded' ? 1 : run.fraction,
        milliseconds: event.milliseconds,
        error: event.error,
        nodes: event.state === 'succeeded' ? run.nodes : stopped(run.nodes),
      }
  }
}

/** A run that ended early leaves no node running. */
function stopped(nodes: RunView['nodes']): RunView['nodes'] {
  return Object.fromEntries(
    Object.entries(nodes).map(([nodeId, node]) => {
      if (node.state === 'running') return [nodeId, { ...node, state: 'cancelled' as const }]
      if (node.state === 'waiting') return [nodeId, { ...node, state: 'skipped' as const }]
      return [nodeId, node]
    }),
  )
}
