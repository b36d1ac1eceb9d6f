import { createHash } from 'node:crypto'
import { milliseconds } from '../../shared/duration.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { DEFAULTS, type NoticeKind, type Schedule, type Schedules } from '../../shared/schedules/document.ts'
import { Serial } from '../files/serial.ts'
import { dueTimes, GRACE_MS, lastOf } from './due-times.ts'
import { FileTrigger } from './file-trigger.ts'
import { afterOutcome, isLate, type Outcome } from './outcomes.ts'
import { fillParameters } from './parameters.ts'
import type { ScheduleState, ScheduleStates } from './state.ts'
import { type Times, timesOf } from './times.ts'

export type ScheduledRunState = 'queued' | 'running' | Outcome

export interface ScheduledStart {
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  readonly schedule: string
  /** The same key twice gives the same run: a crash between the start and its note doubles nothing. */
  readonly key: string
  /** What started it, for people: `0 6 * * *`, `inbox/a.csv`. */
  readonly detail?: string
}

/** The end of a run. One that was resumed has several. */
export interface EndedRun {
  /** Grows from each end of a run to the next, whatever the clock says. */
  readonly mark: number
  readonly runId: string
  readonly path: string
  readonly state: Outcome
}

/** What schedules need of the runs of their project. */
export interface ScheduledRuns {
  /** @throws LogiDataError if the pipeline cannot be read or the run cannot be kept */
  start(request: ScheduledStart): Promise<string>
  /** Undefined: there is no such run any more. */
  stateOf(runId: string): Promise<ScheduledRunState | undefined>
  /** What people are told of a run: its pipeline's name, and why it failed. */
  about?(
    runId: string,
  ): Promise<{ readonly name?: string | undefined; readonly error?: ErrorInfo | undefined } | undefined>
  /** Ends of a pipeline's runs after a mark, oldest first; of none given, all. */
  endedAfter(path: string, mark: number | undefined): Promise<readonly EndedRun[]>
  /** The one that ended last. */
  lastEnded(path: string): Promise<EndedRun | undefined>
  /** Calls back when a run may have ended. */
  onEnd(listener: () => void): () => void
}

export interface Notice {
  readonly kind: NoticeKind
  readonly schedule: string
  readonly pipeline: string
  readonly channels: readonly string[]
  readonly runId?: string
  /** The time that it is about, ISO. */
  readonly due?: string
  /** Why it failed, in words. */
  readonly message?: string
  /** What can be done about it. */
  readonly hint?: string
  /** The step that failed. */
  readonly nodeId?: string
  /** The pipeline's own name. */
  readonly name?: string
}

export interface Clock {
  now(): Date
  /** @returns takes it back */
  after(milliseconds: number, work: () => void): () => void
}

export const systemClock: Clock = {
  now: () => new Date(),
  after: (delay, work) => {
    const timer = setTimeout(work, delay)
    // Waiting alone keeps no process alive.
    timer.unref()
    return () => clearTimeout(timer)
  },
}

export interface SchedulerOptions {
  readonly root: string
  readonly runs: ScheduledRuns
  readonly states: ScheduleStates
  readonly clock?: Clock
  readonly notify: (notice: Notice) => void
  readonly log: (message: string) => void
  /** Something that people see of it has changed. */
  readonly onChange?: () => void
}

/** The clock is looked at that often, so that a machine that slept, or whose clock was set, is noticed. */
const LONGEST_WAIT_MS = 30_000
const SHORTEST_WAIT_MS = 50

interface Armed {
  readonly name: string
  readonly schedule: Schedule
  readonly times: Times | undefined
  readonly files: FileTrigger | undefined
}

/** Starts runs when they are due. All that it must not forget is in `states`. */
export class Scheduler {
  readonly #options: SchedulerOptions
  readonly #clock: Clock
  readonly #serial = new Serial()
  #armed: readonly Armed[] = []
  #cancelTimer = () => {}
  #stopListening = () => {}
  #closed = false

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#stopListening = options.runs.onEnd(() => this.#soon())
  }

  /** Takes the schedules of a file in place of those before. @returns names of those that cannot be, with the reason */
  async update(document: Schedules | undefined): Promise<ReadonlyMap<string, unknown>> {
    return this.#one(async () => {
      const refused = new Map<string, unknown>()
      await this.#disarm()
      const armed: Armed[] = []
      for (const [name, schedule] of Object.entries(document?.schedules ?? {})) {
        if (schedule.enabled === false) continue
        try {
          armed.push(await this.#arm(name, schedule))
        } catch (thrown) {
          refused.set(name, thrown)
        }
      }
      this.#armed = armed
      this.#soon()
      return refused
    })
  }

  /** Looks at everything once. Called by the clock; by hand only in tests. */
  async tick(): Promise<void> {
    await this.#one(async () => {
      let wait = LONGEST_WAIT_MS
      for (const armed of this.#armed) {
        try {
          wait = Math.min(wait, await this.#look(armed))
        } catch (thrown) {
          this.#options.log(`schedule ${armed.name}: ${toErrorInfo(thrown).message}`)
        }
      }
      this.#wait(wait)
      this.#options.onChange?.()
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#stopListening()
    this.#cancelTimer()
    await this.#one(() => this.#disarm())
  }

  #one<T>(work: () => Promise<T>): Promise<T> {
    return this.#serial.run('schedules', work)
  }

  #soon(): void {
    this.#wait(SHORTEST_WAIT_MS)
  }

  #wait(delay: number): void {
    this.#cancelTimer()
    if (this.#closed) return
    this.#cancelTimer = this.#clock.after(Math.max(SHORTEST_WAIT_MS, delay), () => void this.tick())
  }

  async #disarm(): Promise<void> {
    for (const { files } of this.#armed) await files?.close()
    this.#armed = []
  }

  async #arm(name: string, schedule: Schedule): Promise<Armed> {
    const { trigger } = schedule
    const times = timesOf(trigger)
    const settle = 'files' in trigger ? milliseconds(trigger.settle ?? DEFAULTS.settle) : 0
    const files =
      'files' in trigger ? new FileTrigger(this.#options.root, trigger.files, settle, () => this.#soon()) : undefined
    const key = JSON.stringify([schedule.pipeline, trigger])
    const known = this.#options.states.read(name)
    if (known?.trigger !== key) this.#options.states.write(name, await this.#firstState(key, schedule, files))
    await files?.watch()
    return { name, schedule, times, files }
  }

  /** What was before the schedule was there is none of its business. */
  async #firstState(trigger: string, schedule: Schedule, files: FileTrigger | undefined): Promise<ScheduleState> {
    const present = await files?.list()
    const last = 'after' in schedule.trigger ? await this.#options.runs.lastEnded(schedule.trigger.after) : undefined
    return {
      trigger,
      failing: false,
      lateTold: false,
      openRuns: [],
      lastDue: this.#clock.now().toISOString(),
      ...(present ? { files: Object.fromEntries(present.map((file) => [file.path, file.fingerprint])) } : {}),
      ...(last ? { lastAfter: last.mark } : {}),
    }
  }

  /** @returns after how many milliseconds it wants to be looked at again */
  async #look(armed: Armed): Promise<number> {
    await this.#settle(armed)
    const { times, files, schedule } = armed
    if (times) return this.#lookAtClock(armed, times)
    if (files) return this.#lookAtFiles(armed, files)
    if ('after' in schedule.trigger)
      await this.#lookAtRuns(armed, schedule.trigger.after, schedule.trigger.on ?? DEFAULTS.after)
    return LONGEST_WAIT_MS
  }

  async #lookAtClock(armed: Armed, times: Times): Promise<number> {
    const now = this.#clock.now()
    const { missed = DEFAULTS.missed } = armed.schedule
    const last = lastOf(this.#state(armed).lastDue, now)
    if (last === now) this.#change(armed, { lastDue: now.toISOString() })
    const due = dueTimes(times, last, now, missed)
    if (due.skipped) {
      const message = 'The application did not run at that time.'
      this.#change(armed, { lastSkip: { due: due.skipped.toISOString(), why: 'missed', message } })
    }
    for (const at of due.run) {
      const catchesUp = now.getTime() - at.getTime() > GRACE_MS
      await this.#start(armed, at, at.toISOString(), { queue: catchesUp && missed === 'all' })
      this.#change(armed, { lastDue: at.toISOString() })
    }
    if (due.newest) this.#change(armed, { lastDue: due.newest.toISOString() })
    const next = times.next(now)
    return next ? next.getTime() - now.getTime() : LONGEST_WAIT_MS
  }

  async #lookAtFiles(armed: Armed, trigger: FileTrigger): Promise<number> {
    const now = this.#clock.now()
    const { files, again } = await trigger.arrived(this.#state(armed).files ?? {}, now.getTime())
    const perFile = !('per' in armed.schedule.trigger) || armed.schedule.trigger.per !== 'batch'
    const groups = perFile ? files.map((file) => [file]) : files.length > 0 && again === undefined ? [files] : []
    for (const group of groups) {
      const key = hashOf(group.map(({ path, fingerprint }) => `${path} ${fingerprint}`))
      const started = await this.#start(armed, now, key, perFile ? { file: group[0]?.path } : {})
      // A file that found the run before it still going is taken when that has ended.
      if (!started) return LONGEST_WAIT_MS
      const seen = Object.fromEntries(group.map((file) => [file.path, file.fingerprint]))
      this.#change(armed, { files: { ...this.#state(armed).files, ...seen } })
    }
    return again ?? LONGEST_WAIT_MS
  }

  async #lookAtRuns(armed: Armed, path: string, on: 'success' | 'failure' | 'end'): Promise<void> {
    for (const run of await this.#options.runs.endedAfter(path, this.#state(armed).lastAfter)) {
      const good = run.state === 'succeeded'
      if (on === 'end' || good === (on === 'success'))
        await this.#start(armed, this.#clock.now(), `${run.runId} ${run.mark}`)
      this.#change(armed, { lastAfter: run.mark })
    }
  }

  /** @returns whether it was dealt with; not, if files must wait for the run before */
  async #start(
    armed: Armed,
    at: Date,
    occasion: string,
    how: { readonly file?: string | undefined; readonly queue?: boolean } = {},
  ): Promise<boolean> {
    const { name, schedule } = armed
    const { file } = how
    const { overlap = DEFAULTS.overlap, pipeline } = schedule
    if (overlap === 'skip' && !how.queue && (await this.#isGoing(armed))) {
      if (armed.files) return false
      const message = 'The run before had not ended.'
      this.#change(armed, { lastSkip: { due: at.toISOString(), why: 'overlap', message } })
      return true
    }
    const timeZone = 'cron' in schedule.trigger ? schedule.trigger.time_zone : undefined
    try {
      const parameters = fillParameters(schedule.parameters ?? {}, {
        at,
        ...(timeZone === undefined ? {} : { timeZone }),
        ...(file === undefined ? {} : { file }),
      })
      const key = `schedule/${name}/${occasion}`
      const runId = await this.#options.runs.start({
        path: pipeline,
        parameters,
        schedule: name,
        key,
        detail: file ?? detailOf(schedule.trigger),
      })
      const openRuns = [...this.#state(armed).openRuns.filter((open) => open !== runId), runId]
      this.#change(armed, { lastRunId: runId, openRuns, awaited: at.toISOString() })
    } catch (thrown) {
      const error = toErrorInfo(thrown)
      const { message } = error
      this.#change(armed, { lastSkip: { due: at.toISOString(), why: 'error', message }, failing: true })
      this.#tell(armed, 'failure', { due: at.toISOString(), ...toldOf(error) })
    }
    return true
  }

  async #isGoing(armed: Armed): Promise<boolean> {
    const states = await Promise.all(this.#state(armed).openRuns.map((runId) => this.#options.runs.stateOf(runId)))
    return states.some((state) => state === 'running' || state === 'queued')
  }

  /** Takes note of how runs ended, and of one that does not succeed in time. */
  async #settle(armed: Armed): Promise<void> {
    for (const runId of this.#state(armed).openRuns) {
      const ended = (await this.#options.runs.stateOf(runId)) ?? 'interrupted'
      if (ended === 'running' || ended === 'queued') continue
      const { state, notice } = afterOutcome(this.#state(armed), runId, ended)
      this.#options.states.write(armed.name, state)
      if (!notice) continue
      const { name, error } = (await this.#options.runs.about?.(runId)) ?? {}
      this.#tell(armed, notice, {
        runId,
        ...(name !== undefined && { name }),
        ...(notice === 'failure' && error && toldOf(error)),
      })
    }
    const { late_after: lateAfter } = armed.schedule
    const now = this.#state(armed)
    if (isLate(now, lateAfter === undefined ? undefined : milliseconds(lateAfter), this.#clock.now())) {
      this.#change(armed, { lateTold: true })
      this.#tell(armed, 'late', { ...(now.awaited ? { due: now.awaited } : {}) })
    }
  }

  #tell(armed: Armed, kind: NoticeKind, about: Partial<Notice>): void {
    const { pipeline, notify = [] } = armed.schedule
    if (notify.length > 0) this.#options.notify({ kind, schedule: armed.name, pipeline, channels: notify, ...about })
  }

  #state(armed: Armed): ScheduleState {
    const state = this.#options.states.read(armed.name)
    if (!state) throw new TypeError(`schedule ${armed.name} has no state`)
    return state
  }

  #change(armed: Armed, change: { [Key in keyof ScheduleState]?: ScheduleState[Key] | undefined }): void {
    const state = { ...this.#state(armed), ...change }
    for (const key of Object.keys(change) as (keyof ScheduleState)[]) if (change[key] === undefined) delete state[key]
    this.#options.states.write(armed.name, state as ScheduleState)
  }
}

const toldOf = ({ message, hint, nodeId }: ErrorInfo): Partial<Notice> => ({
  message,
  ...(hint !== undefined && { hint }),
  ...(nodeId !== undefined && { nodeId }),
})

const hashOf = (parts: readonly string[]) => createHash('sha256').update(parts.join('\n')).digest('hex')

function detailOf(trigger: Schedule['trigger']): string {
  if ('cron' in trigger) return trigger.cron
  if ('every' in trigger) return trigger.every
  return 'files' in trigger ? trigger.files : trigger.after
}
