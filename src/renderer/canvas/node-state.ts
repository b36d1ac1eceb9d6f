import type { NodeAnalysis } from '../../shared/engine/types.ts'
import type { MessageKey } from '../i18n/index.ts'
import type { NodeRun } from '../store/run-state.ts'

export type DotState = 'idle' | 'ok' | 'warning' | 'error' | 'waiting' | 'running' | 'failed'

/** The one colour of a node's dot: a run under way first, then what is wrong, then how the last run ended. */
export function dotState(analysis: NodeAnalysis | undefined, run: NodeRun | undefined): DotState {
  if (run?.state === 'running') return 'running'
  if (run?.state === 'waiting') return 'waiting'
  if (analysis?.problems.some((problem) => problem.severity === 'error')) return 'error'
  if (run?.state === 'failed') return 'failed'
  if (analysis?.problems.length) return 'warning'
  return run?.state === 'done' ? 'ok' : 'idle'
}

export const dotWords: Readonly<Record<DotState, MessageKey>> = {
  idle: 'state.idle',
  ok: 'state.done',
  warning: 'state.warning',
  error: 'state.error',
  waiting: 'state.waiting',
  running: 'state.running',
  failed: 'state.failed',
}
