import type { ErrorInfo } from '../../shared/errors.ts'
import type { RunRequest, RunState, RunTrigger } from '../../shared/runs/history.ts'
import type { ReplayClaim } from './replay-records.ts'

export interface NewRun {
  readonly runId: string
  readonly path: string
  readonly request: RunRequest
  readonly trigger: RunTrigger
  readonly key?: string | undefined
  readonly priority?: boolean | undefined
  /** Rows of rejects that it reads again. */
  readonly replays?: ReplayClaim | undefined
}

export interface StartedAttempt {
  readonly run: number
  readonly attempt: number
  /** Of the last event that the run has so far. */
  readonly seq: number
}

/** How an attempt, and the run with it, ended. */
export interface Ending {
  readonly state: Exclude<RunState, 'queued' | 'running'>
  readonly milliseconds?: number | undefined
  readonly error?: ErrorInfo | undefined
}
