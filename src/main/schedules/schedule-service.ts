import { unwatchFile, watchFile } from 'node:fs'
import { toErrorInfo, userError } from '../../shared/errors.ts'
import type { DesktopNotice, ScheduleBoard, ScheduleRow } from '../../shared/rpc/app/schedules.ts'
import type { Schedule, Schedules } from '../../shared/schedules/document.ts'
import type { Message } from '../notifications/message.ts'
import { Notifier } from '../notifications/notifier.ts'
import type { Project } from '../projects/project.ts'
import { projectName } from '../projects/project.ts'
import type { RunRegistry } from '../runs/run-registry.ts'
import { Signals } from '../runs/signals.ts'
import type { ActiveProjects } from './active-projects.ts'
import { ProjectRuns } from './project-runs.ts'
import { ScheduleFile, type ScheduleFileState } from './schedule-file.ts'
import { Scheduler, systemClock } from './scheduler.ts'
import { nextTimes } from './times.ts'

export interface ScheduleServiceOptions {
  readonly project: Project
  readonly runs: RunRegistry
  /** Which projects' schedules this computer runs; `always`: this one's. */
  readonly active: ActiveProjects | 'always'
  /** A variable that the person granted. */
  readonly variable: (name: string) => string | undefined
  /** Internal hosts that webhooks may reach. */
  readonly allowedHosts: ReadonlySet<string>
  readonly log: (message: string) => void
}

const NEXT_TIMES = 3
const LOOK_MILLISECONDS = 1000
const SHOWN_DELIVERIES = 20
const BOARD = 'board'
const NOTICES = 'notices'

/** The schedules of one open project: its file, what they start while this computer runs them, and who is told. */
export class ScheduleService {
  readonly #options: ScheduleServiceOptions
  readonly #file: ScheduleFile
  readonly #runs: ProjectRuns
  readonly #signals = new Signals()
  readonly #notices: { readonly number: number; readonly notice: DesktopNotice }[] = []
  #notifier: Notifier | undefined
  #scheduler: Scheduler | undefined
  #unwatch = () => {}
  #state: ScheduleFileState = { complete: true, problems: [], positions: { at: () => undefined } }
  #refused: ReadonlyMap<string, unknown> = new Map()
  #isActive = false
  #lastNotice = 0

  private constructor(options: ScheduleServiceOptions) {
    this.#options = options
    this.#file = new ScheduleFile(options.project.root)
    this.#runs = new ProjectRuns(options.project, options.runs)
  }

  /** Never throws: schedules that cannot run are no reason not to open a project. */
  static async open(options: ScheduleServiceOptions): Promise<ScheduleService> {
    const service = new ScheduleService(options)
    try {
      service.#isActive = options.active === 'always' || (await options.active.has(options.project.root))
      await service.reload()
      service.#watch()
    } catch (thrown) {
      options.log(`schedules: ${toErrorInfo(thrown).message}`)
    }
    return service
  }

  get isActive(): boolean {
    return this.#isActive
  }

  /** Reads the file again, and goes on by what it says. */
  async reload(): Promise<void> {
    this.#state = await this.#file.read()
    await this.#apply()
  }

  async save(revision: string | undefined, document: Schedules): Promise<string> {
    const saved = await this.#file.save(revision, document)
    await this.reload()
    return saved
  }

  /** @throws LogiDataError `journal.*`, `file.*` */
  async activate(active: boolean): Promise<void> {
    if (this.#options.active !== 'always') await this.#options.active.set(this.#options.project.root, active)
    this.#isActive = active
    await this.#apply()
  }

  /** Runs it now, whatever its trigger says, with the parameters that it would have. @throws LogiDataError */
  async runNow(name: string): Promise<string> {
    const schedule = this.#schedule(name)
    const { fillParameters } = await import('./parameters.ts')
    const timeZone = 'cron' in schedule.trigger ? schedule.trigger.time_zone : undefined
    const at = systemClock.now()
    const parameters = fillParameters(schedule.parameters ?? {}, {
      at,
      ...(timeZone === undefined ? {} : { timeZone }),
    })
    const key = `schedule/${name}/now/${at.toISOString()}`
    return this.#runs.start({ path: schedule.pipeline, parameters, schedule: name, key })
  }

  async testChannel(name: string): Promise<void> {
    await this.#telling().test(name)
  }

  board(): ScheduleBoard {
    const { revision, document, complete, problems } = this.#state
    return {
      active: this.#isActive,
      ...(revision === undefined ? {} : { revision }),
      ...(document ? { document } : {}),
      complete,
      problems: [...problems],
      rows: Object.entries(document?.schedules ?? {}).map(([name, schedule]) => this.#row(name, schedule)),
      deliveries: this.#deliveries(),
    }
  }

  /** At once, and after every change. */
  async *boards(signal: AbortSignal): AsyncGenerator<ScheduleBoard> {
    const waiter = this.#signals.waiter(BOARD, signal)
    const stop = this.#runs.onEnd(() => this.#signals.tell(BOARD))
    try {
      while (!signal.aborted) {
        waiter.clear()
        yield this.board()
        await waiter.next()
      }
    } finally {
      stop()
      waiter.end()
    }
  }

  /** What the desktop is to show, from now on. */
  async *notices(signal: AbortSignal): AsyncGenerator<DesktopNotice> {
    const waiter = this.#signals.waiter(NOTICES, signal)
    let seen = this.#lastNotice
    try {
      while (!signal.aborted) {
        waiter.clear()
        for (const { number, notice } of this.#notices) {
          if (number <= seen) continue
          seen = number
          yield notice
        }
        await waiter.next()
      }
    } finally {
      waiter.end()
    }
  }

  async close(): Promise<void> {
    this.#unwatch()
    await this.#scheduler?.close()
    await this.#notifier?.close()
    this.#signals.close()
  }

  async #apply(): Promise<void> {
    const { document } = this.#state
    if (this.#isActive && document) {
      this.#scheduler ??= this.#newScheduler()
      this.#telling().update(document)
      this.#refused = await this.#scheduler.update(document)
      for (const [name, thrown] of this.#refused)
        this.#options.log(`schedule ${name} does not run: ${toErrorInfo(thrown).message}`)
    } else {
      await this.#scheduler?.update(undefined)
      this.#notifier?.update(document)
    }
    this.#signals.tell(BOARD)
  }

  #newScheduler(): Scheduler {
    const { project, runs, log } = this.#options
    return new Scheduler({
      root: project.root,
      runs: this.#runs,
      states: runs.journal.schedules,
      notify: (notice) => this.#telling().notify(notice),
      log,
      onChange: () => this.#signals.tell(BOARD),
    })
  }

  #telling(): Notifier {
    const { project, runs, variable, allowedHosts, log } = this.#options
    if (!this.#notifier) {
      this.#notifier = new Notifier({
        project: projectName(project.root),
        deliveries: runs.journal.deliveries,
        clock: systemClock,
        variable,
        allowedHosts,
        desktop: (message) => this.#show(message),
        log: (message) => {
          log(message)
          this.#signals.tell(BOARD)
        },
      })
      this.#notifier.update(this.#state.document)
    }
    return this.#notifier
  }

  #show({ id, at, subject, text, notice }: Message): void {
    const { kind, pipeline, runId } = notice
    this.#lastNotice += 1
    this.#notices.push({
      number: this.#lastNotice,
      notice: { id, at, kind, subject, text, pipeline, ...(runId === undefined ? {} : { runId }) },
    })
    if (this.#notices.length > SHOWN_DELIVERIES) this.#notices.shift()
    this.#signals.tell(NOTICES)
    this.#signals.tell(BOARD)
  }

  #row(name: string, schedule: Schedule): ScheduleRow {
    const error = this.#errorOf(name, schedule)
    const state = this.#remembered(name)
    const openRuns = state?.openRuns ?? []
    return {
      name,
      next:
        error || schedule.enabled === false ? [] : nextTimes(schedule.trigger, systemClock.now(), NEXT_TIMES).map(iso),
      going: openRuns.length > 0,
      failing: state?.failing ?? false,
      late: state?.lateTold ?? false,
      ...(error === undefined ? {} : { error: toErrorInfo(error) }),
      ...(state?.lastDue !== undefined && { lastDue: state.lastDue }),
      ...(state?.lastRunId !== undefined && { lastRunId: state.lastRunId }),
      ...(state?.lastOutcome !== undefined && { lastOutcome: state.lastOutcome }),
      ...(state?.lastSkip !== undefined && { lastSkip: state.lastSkip }),
    }
  }

  #errorOf(name: string, schedule: Schedule): unknown {
    if (this.#refused.has(name)) return this.#refused.get(name)
    try {
      nextTimes(schedule.trigger, systemClock.now(), 1)
      return undefined
    } catch (thrown) {
      return thrown
    }
  }

  #remembered(name: string) {
    try {
      return this.#options.runs.journal.schedules.read(name)
    } catch {
      // Without a journal nothing is remembered, and nothing runs.
      return undefined
    }
  }

  #deliveries(): ScheduleBoard['deliveries'] {
    try {
      return this.#options.runs.journal.deliveries
        .recent(SHOWN_DELIVERIES)
        .map(({ id, at, channel, way, notice, state, attempts, error }) => ({
          id,
          at,
          channel,
          way,
          kind: notice.kind,
          schedule: notice.schedule,
          state,
          attempts,
          ...(error === undefined ? {} : { error }),
        }))
    } catch {
      return []
    }
  }

  #schedule(name: string): Schedule {
    const schedules = this.#state.document?.schedules ?? {}
    const schedule = Object.hasOwn(schedules, name) ? schedules[name] : undefined
    if (schedule) return schedule
    throw userError('schedule.unknown', `This project has no schedule “${name}”.`)
  }

  /** Looks once a second: the file may not be there yet, is replaced as a whole, and may lie on a network's disk. */
  #watch(): void {
    const changed = () => {
      this.reload().catch((thrown: unknown) => this.#options.log(`schedules: ${toErrorInfo(thrown).message}`))
    }
    watchFile(this.#file.path, { interval: LOOK_MILLISECONDS, persistent: false }, changed)
    this.#unwatch = () => unwatchFile(this.#file.path, changed)
  }
}

const iso = (time: Date) => time.toISOString()
