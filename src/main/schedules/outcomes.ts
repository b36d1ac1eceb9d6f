import type { NoticeKind } from '../../shared/schedules/document.ts'
import type { ScheduleState } from './state.ts'

export type Outcome = 'succeeded' | 'failed' | 'cancelled' | 'interrupted'

/** What the end of a run changes, and what is told of it. Somebody who cancels a run knows. */
export function afterOutcome(
  before: ScheduleState,
  runId: string,
  outcome: Outcome,
): { state: ScheduleState; notice?: NoticeKind } {
  const openRuns = before.openRuns.filter((open) => open !== runId)
  const state = { ...before, openRuns, lastOutcome: outcome }
  if (outcome === 'failed' || outcome === 'interrupted')
    return { state: { ...state, failing: true }, notice: 'failure' }
  // What succeeded, or was stopped on purpose, is not waited for any more; a later time of the same schedule may be.
  const { awaited, ...settled } = state
  const next = openRuns.length > 0 && awaited !== undefined ? { ...settled, awaited } : settled
  if (outcome === 'cancelled') return { state: { ...next, lateTold: false } }
  const notice = before.failing || before.lateTold ? 'recovery' : 'success'
  return { state: { ...next, failing: false, lateTold: false }, notice }
}

/** Whether the time that is waited for is late now, and nobody has been told. */
export function isLate(state: ScheduleState, lateAfterMs: number | undefined, now: Date): boolean {
  if (lateAfterMs === undefined || state.awaited === undefined || state.lateTold) return false
  return now.getTime() - new Date(state.awaited).getTime() > lateAfterMs
}
