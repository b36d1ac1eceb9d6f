import { outerOf } from '../../engine/inner-nodes.ts'
import type { Stage } from '../../engine/plan-run.ts'
import { milliseconds } from '../../shared/duration.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import { operationalError } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RunSettings } from '../../shared/pipeline/run-settings.ts'
import type { RunContext } from './context.ts'

const LONGEST_MS = 5 * 60_000
const WAIT_MS = 1000
const FACTOR = 2

/** A node inside a sub-pipeline has the settings of the step that stands for it. */
export const settingsOf = (document: PipelineDocument, nodeId: string): RunSettings =>
  document.nodes[outerOf(nodeId)]?.run ?? {}

/**
 * How long to wait before a stage is tried again. Only what the world caused may pass by itself: never what is wrong with the pipeline
 * or its data, never what somebody stopped.
 * @param attempt the one that failed, from 1
 * @param owner of the stage: its settings count where the node that failed has none
 * @returns undefined: not at all
 */
export function waitBeforeRetry(
  { request, clock }: Pick<RunContext, 'request' | 'clock'>,
  owner: string,
  error: ErrorInfo,
  attempt: number,
): number | undefined {
  const own = settingsOf(request.document, error.nodeId ?? owner)
  const settings = own.retries === undefined ? settingsOf(request.document, owner) : own
  if (attempt > (settings.retries ?? 0) || error.kind !== 'operational') return undefined
  const { retry_on: kinds = ['operational'], wait, factor = FACTOR } = settings
  if (!kinds.some((kind) => matches(kind, error.code))) return undefined
  const base = wait === undefined ? WAIT_MS : milliseconds(wait)
  // Full jitter: those that failed together do not come back together.
  return Math.round(clock.random() * Math.min(LONGEST_MS, base * factor ** (attempt - 1)))
}

function matches(kind: string, code: string): boolean {
  if (kind === 'operational') return true
  return kind.endsWith('.*') ? code.startsWith(kind.slice(0, -1)) : code === kind
}

export interface Deadline {
  /** Ends with the run's, or when the time of one of the stage's nodes is over. */
  readonly signal: AbortSignal
  /** Why, when it was the time. */
  readonly exceeded: () => ErrorInfo | undefined
  readonly clear: () => void
}

/** The time that a stage has: the shortest one of its nodes. */
export function deadlineOf({ request, clock }: RunContext, stage: Stage, signal: AbortSignal): Deadline {
  let first: { readonly nodeId: string; readonly timeout: string } | undefined
  for (const nodeId of stage.nodes) {
    const { timeout } = settingsOf(request.document, nodeId)
    if (timeout === undefined) continue
    if (!first || milliseconds(timeout) < milliseconds(first.timeout)) first = { nodeId, timeout }
  }
  if (!first) return { signal, exceeded: () => undefined, clear: () => {} }
  const { nodeId, timeout } = first
  const controller = new AbortController()
  const clear = clock.after(milliseconds(timeout), () => controller.abort())
  const { info } = operationalError('run.timeout', `“${outerOf(nodeId)}” took longer than ${timeout}.`, {
    nodeId,
    hint: 'Allow it more time in its run settings, or make it do less.',
  })
  return {
    signal: AbortSignal.any([signal, controller.signal]),
    exceeded: () => (controller.signal.aborted && !signal.aborted ? info : undefined),
    clear,
  }
}
