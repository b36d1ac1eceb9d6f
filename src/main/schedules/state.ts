import { z } from 'zod'

/** What is remembered of a schedule between starts of the application. */
export const scheduleStateSchema = z.object({
  /** The trigger that the rest belongs to, as JSON: another one begins anew. */
  trigger: z.string(),
  /** The newest of its times that was dealt with, ISO. */
  lastDue: z.string().optional(),
  /** The last run that it started. */
  lastRunId: z.string().optional(),
  /** Runs that it started and whose end it has not seen. */
  openRuns: z.array(z.string()).default([]),
  lastOutcome: z.enum(['succeeded', 'failed', 'cancelled', 'interrupted']).optional(),
  /** A failure was told; the next success is a recovery. */
  failing: z.boolean().default(false),
  /** The time whose success is waited for, to tell when it is late. */
  awaited: z.string().optional(),
  /** `awaited` was told to be late. */
  lateTold: z.boolean().default(false),
  /** Files that started a run, or were there before the schedule was: path -> size and time of change. */
  files: z.record(z.string(), z.string()).optional(),
  /** Of the pipeline that it comes after: the mark of the newest end that was dealt with. */
  lastAfter: z.number().int().optional(),
  /** Why the newest of its times started nothing. */
  lastSkip: z.object({ due: z.string(), why: z.enum(['missed', 'overlap', 'error']), message: z.string() }).optional(),
})
export type ScheduleState = z.infer<typeof scheduleStateSchema>

/** Where schedules' states are kept. Writes are durable when they return. */
export interface ScheduleStates {
  read(name: string): ScheduleState | undefined
  write(name: string, state: ScheduleState): void
}

export class MemoryScheduleStates implements ScheduleStates {
  readonly #states = new Map<string, ScheduleState>()

  read(name: string): ScheduleState | undefined {
    return this.#states.get(name)
  }

  write(name: string, state: ScheduleState): void {
    this.#states.set(name, state)
  }
}
