import type { RunEvent } from '../../shared/engine/types.ts'
import type { RunSummary } from '../../shared/runs/history.ts'
import type { Journal } from '../journal/journal.ts'
import type { ActiveRun } from './active-run.ts'
import { lastWordOf } from './run-failures.ts'
import type { Signals } from './signals.ts'

/** Events that are read from the journal at once. */
const EVENTS_AT_ONCE = 500

interface Followed {
  readonly journal: Journal
  readonly run: Pick<RunSummary, 'runId' | 'number'>
  readonly signals: Signals
  /** While it goes. */
  readonly active: () => ActiveRun | undefined
}

/** Every event of a run from its first, then live ones, until the run has ended or the signal aborts. */
export async function* runEvents(
  { journal, run: { runId, number }, signals, active }: Followed,
  signal: AbortSignal,
): AsyncGenerator<RunEvent> {
  const waiter = signals.waiter(runId, signal)
  let after = 0
  let told: RunEvent | undefined
  let last: RunEvent['kind'] | undefined
  try {
    while (!signal.aborted) {
      waiter.clear()
      const batch = journal.events(number, after, EVENTS_AT_ONCE)
      for (const { seq, event } of batch) {
        after = seq
        last = event.kind
        yield event
        if (signal.aborted) return
      }
      if (batch.length > 0) continue
      const going = active()
      if (going?.lastWord) return yield going.lastWord
      if (going?.progress && going.progress !== told) {
        told = going.progress
        yield told
        continue
      }
      const state = journal.run(runId)?.state
      if (state !== 'queued' && state !== 'running') {
        // A run that was interrupted has no last word of its own.
        if (last !== 'finished') yield lastWordOf(state === 'interrupted')
        return
      }
      await waiter.next()
    }
  } finally {
    waiter.end()
  }
}
