import type { RunDetail } from '../../shared/runs/history.ts'

/** Whoever reports runs to others. */
export interface RunWatcher {
  started(run: RunDetail): void
  ended(run: RunDetail): void
  /** Waits a short time for what is on its way. */
  close(): Promise<void>
}
