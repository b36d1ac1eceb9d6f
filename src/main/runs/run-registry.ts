import type { RunEvent } from '../../shared/engine/types.ts'
import { type ErrorInfo, LogiDataError, toErrorInfo } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { secretsLost, withoutSecrets } from '../../shared/pipeline/secret-parameters.ts'
import type { RunCheck, RunDetail, RunPage, RunRequest, RunSummary, RunTrigger } from '../../shared/runs/history.ts'
import {
  type Cleaned,
  type ProjectSettings,
  type ProjectSettingsPatch,
  projectSettingsSchema,
  type StorageStatus,
} from '../../shared/runs/storage.ts'
import { Journal } from '../journal/journal.ts'
import type { CheckFilter, RunFilter } from '../journal/read-journal.ts'
import { logLineOf } from '../logs/log-run.ts'
import { ProjectLog } from '../logs/project-log.ts'
import { readProjectSettings, writeProjectSettings } from '../settings/project-settings.ts'
import { ActiveRun } from './active-run.ts'
import { attemptEvents } from './attempt-events.ts'
import { finishedStages } from './engine-request.ts'
import { importRecords } from './import-records.ts'
import { mustWait, startingFrom, toSettle } from './increments.ts'
import { endOrphanEngine } from './orphan-engine.ts'
import type { RejectsContext } from './rejects.ts'
import { pipelineNow, type ResumeWith, resumedRequest } from './resume-request.ts'
import { cleanRuns, nowAndThen, storageStatus } from './retention.ts'
import { runEvents } from './run-events.ts'
import {
  interrupted,
  journalFailed,
  leftBehind,
  notKept,
  notQueued,
  notRepeatable,
  notResumable,
  unknownRun,
  withSecrets,
} from './run-failures.ts'
import { newRunId } from './run-id.ts'
import type { RunRegistryOptions, RunStart } from './run-options.ts'
import { Signals } from './signals.ts'

const RETRY_MILLISECONDS = 5_000

export type { RunRegistryOptions, RunStart } from './run-options.ts'

/** The runs of one project, whose owner this process is: what goes, what waits, and what the journal remembers. */
export class RunRegistry {
  /** What people should know of how the history was found. */
  readonly notices: readonly ErrorInfo[]
  readonly log: ProjectLog
  readonly #options: RunRegistryOptions
  /** Absent: it could not be opened. Then there is no history, and nothing runs. */
  readonly #opened: Journal | LogiDataError
  readonly #active = new Map<string, { readonly run: ActiveRun; readonly following: Promise<void> }>()
  readonly #brought = new Map<string, Readonly<Record<string, string>>>()
  /** Values of runs that have secret ones: they are written nowhere. */
  readonly #given = new Map<string, Readonly<Record<string, string>>>()
  readonly #own = new Set<string>()
  readonly #signals = new Signals()
  #settings: ProjectSettings
  readonly #cleaning: NodeJS.Timeout[] = []
  readonly #unhear: (() => void) | undefined
  #retry: NodeJS.Timeout | undefined
  #closed = false

  private constructor(
    options: RunRegistryOptions,
    opened: Journal | LogiDataError,
    log: ProjectLog,
    notices: readonly ErrorInfo[],
  ) {
    this.#options = options
    this.#opened = opened
    this.log = log
    this.notices = notices
    this.#settings = options.settings ?? projectSettingsSchema.parse({})
    // Which of several runs it is about, the engine's standard error does not say.
    this.#unhear = options.engine.onLine?.((message) => {
      const [runId, ...others] = this.#active.keys()
      const about = runId !== undefined && others.length === 0 ? { runId } : {}
      if (runId !== undefined) this.log.write({ level: 'warn', source: 'engine-process', message, ...about })
    })
    for (const { code, message } of notices) log.write({ level: 'warn', message: `${code}: ${message}` })
  }

  /** Opens the journal, marks what an earlier process left running as interrupted, and goes on with the queue. Never throws. */
  static async open(options: RunRegistryOptions): Promise<RunRegistry> {
    const log = await ProjectLog.open(options.projectRoot)
    try {
      const { journal, warning } = Journal.open(options.projectRoot)
      await importRecords(options.projectRoot, journal)
      const left = journal.interruptOpen(interrupted().info)
      if (left.length > 0 && journal.engineProcess !== undefined) await endOrphanEngine(journal.engineProcess)
      const waiting = options.queue === 'own' ? 0 : journal.queue().length
      const notices = [...(warning ? [warning] : []), ...leftBehind(left.length, waiting)]
      const settings = options.settings ?? (await readProjectSettings(options.projectRoot))
      const registry = new RunRegistry({ ...options, settings }, journal, log, notices)
      registry.#pump()
      registry.#cleanNowAndThen()
      return registry
    } catch (thrown) {
      const error = thrown instanceof LogiDataError ? thrown : journalFailed(thrown)
      return new RunRegistry(options, error, log, [error.info])
    }
  }

  /** @throws LogiDataError `journal.*` if there is none */
  get journal(): Journal {
    if (this.#opened instanceof Journal) return this.#opened
    throw this.#opened
  }

  /** Journals the run and queues it. @returns its id, or that of the run which the same key gave before */
  start({ path, trigger, key, priority, replays, env, ...request }: RunStart): string {
    const values = env ?? this.#options.environment(request.document)
    const written = withoutSecrets(request.document, request.parameters)
    const unsettled = toSettle(this.journal, path, request.document)
    if (unsettled !== undefined) this.resume(unsettled)
    const { runId, isNew } = this.journal.add({
      runId: newRunId(),
      path,
      trigger,
      request: { ...request, parameters: written, env: Object.keys(values).sort() },
      key,
      priority,
      replays,
    })
    if (!isNew) return runId
    if (env) this.#brought.set(runId, env)
    if (secretsLost(request.document, written).length > 0) this.#given.set(runId, request.parameters)
    this.#queued(runId)
    return runId
  }

  /** Queues the next attempt of a run that has ended without success. @throws LogiDataError */
  resume(runId: string, change?: ResumeWith): string {
    const summary = this.#summary(runId)
    // One that still waits, of a command that has ended, or that a full disk held up, is this process's to start from now on.
    if (summary.state !== 'queued') {
      if (!summary.resumable) throw notResumable(summary)
      this.journal.requeue(runId, change && this.#resumed(runId, change))
    }
    this.#queued(runId)
    return runId
  }

  /** What the next attempt is asked for, as it may be written down. */
  #resumed(runId: string, change: ResumeWith): RunRequest {
    const before = this.#request(runId)
    const known = { ...before, parameters: { ...(this.#given.get(runId) ?? before.parameters) } }
    const asked = resumedRequest(known, change, this.#options.environment)
    const written = withoutSecrets(asked.document, asked.parameters)
    withSecrets(asked.document, asked.parameters)
    if (secretsLost(asked.document, written).length > 0) this.#given.set(runId, asked.parameters)
    return { ...asked, parameters: written }
  }

  /** The pipeline of a run as its file has it now. @throws LogiDataError `run.pipeline` */
  pipelineNow(runId: string): Promise<PipelineDocument> {
    return pipelineNow(this.#options.projectRoot, this.#summary(runId).path)
  }

  /** A new run of what this one was asked to do. @throws LogiDataError */
  repeat(runId: string, trigger: RunTrigger): string {
    const { path } = this.#summary(runId)
    const { env: _names, ...request } = this.#request(runId)
    if (request.replay) throw notRepeatable()
    return this.start({ ...request, parameters: this.parameters(runId), path, trigger })
  }

  /** Ends a run; one that has ended stays as it is. @throws LogiDataError */
  cancel(runId: string): void {
    const active = this.#active.get(runId)
    if (active) {
      active.run.stop('cancelled')
      return
    }
    const { state } = this.#summary(runId)
    if (state !== 'queued') return
    this.journal.dequeue(runId, { state: 'cancelled' }, { kind: 'finished', state: 'cancelled', milliseconds: 0 })
    this.#brought.delete(runId)
    this.#changed(runId)
  }

  /** Puts a waiting run before another, or last. @throws LogiDataError */
  move(runId: string, before: string | undefined): void {
    this.#summary(runId)
    if (before !== undefined) this.#summary(before)
    if (!this.journal.move(runId, before)) throw notQueued()
    this.#changed(runId)
  }

  list(filter: RunFilter): RunPage {
    return this.journal.list(filter)
  }

  read(runId: string): RunDetail {
    const detail = this.journal.detail(runId)
    if (!detail) throw unknownRun(runId)
    return detail
  }

  /** What a run was given, with its secrets. @throws LogiDataError `run.secret` if they are not known any more */
  parameters(runId: string): Readonly<Record<string, string>> {
    const { document, parameters } = this.#request(runId)
    return withSecrets(document, this.#given.get(runId) ?? parameters)
  }

  checks(filter: CheckFilter): RunCheck[] {
    return this.journal.checks(filter)
  }

  /** What is asked of the engine about rows that runs kept. */
  get rejects(): RejectsContext {
    const { projectRoot, engine, environment } = this.#options
    return { projectRoot, engine, environment, runs: this }
  }

  has(runId: string): boolean {
    return this.#opened instanceof Journal && this.#opened.run(runId) !== undefined
  }

  /** @throws LogiDataError `journal.*` */
  storage(): Promise<StorageStatus> {
    return storageStatus(this.#options.projectRoot, this.journal, this.#settings)
  }

  /** @throws LogiDataError `file.*` */
  async configure(patch: ProjectSettingsPatch): Promise<ProjectSettings> {
    this.#settings = await writeProjectSettings(this.#options.projectRoot, patch)
    this.#pump()
    return this.#settings
  }

  /** Removes what the settings say is not kept; in a dry run, says what that would be. @throws LogiDataError `journal.*` */
  clean(dryRun = false): Promise<Cleaned> {
    const { projectRoot } = this.#options
    const busy = () => this.#active.size > 0 || this.#closed
    return cleanRuns({ projectRoot, journal: this.journal, settings: this.#settings, busy, dryRun })
  }

  /** What goes and what waits, at once and after every change. */
  async *queue(signal: AbortSignal): AsyncGenerator<RunSummary[]> {
    const waiter = this.#signals.waiter(QUEUE, signal)
    try {
      while (!signal.aborted) {
        waiter.clear()
        yield this.journal.queue()
        await waiter.next()
      }
    } finally {
      waiter.end()
    }
  }

  /** Every event of a run from its first, then live ones, until the run has ended or the signal aborts. */
  events(runId: string, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const active = () => this.#active.get(runId)?.run
    return runEvents({ journal: this.journal, run: this.#summary(runId), signals: this.#signals, active }, signal)
  }

  /** Interrupts what goes, so that it can be resumed, and closes the journal. What waits goes on waiting. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#retry)
    for (const timer of this.#cleaning) clearInterval(timer)
    for (const { run } of this.#active.values()) run.stop('closed')
    await Promise.all([...this.#active.values()].map(({ following }) => following))
    this.#signals.close()
    this.#unhear?.()
    await this.#options.observer?.close()
    if (this.#opened instanceof Journal) await this.#opened.close()
    this.log.close()
  }

  #cleanNowAndThen(): void {
    // A command is not there for long, and leaves it to the studio.
    if (this.#options.queue === 'own') return
    const clean = () => {
      if (!this.#closed)
        this.clean().catch((thrown) => this.log.write({ level: 'warn', message: toErrorInfo(thrown).message }))
    }
    this.#cleaning.push(...nowAndThen(clean))
  }

  #summary(runId: string): RunSummary {
    const summary = this.journal.run(runId)
    if (!summary) throw unknownRun(runId)
    return summary
  }

  #request(runId: string): RunRequest {
    const request = this.journal.request(runId)
    if (request) return request
    throw notKept()
  }

  #queued(runId: string): void {
    this.#own.add(runId)
    this.#pump()
    this.#changed(runId)
  }

  /** Starts what waits, as long as there is room. */
  #pump(): void {
    if (this.#closed || !(this.#opened instanceof Journal)) return
    clearTimeout(this.#retry)
    try {
      for (const { runId, state } of this.#opened.queue()) {
        if (this.#active.size >= this.#settings.runsAtOnce) return
        if (state !== 'queued' || (this.#options.queue === 'own' && !this.#own.has(runId))) continue
        if (!mustWait(this.#opened, runId, this.#active.keys())) this.#launch(runId)
      }
    } catch {
      // The journal does not take it: it waits, and starts when there is room on the disk again.
      this.#retry = setTimeout(() => this.#pump(), RETRY_MILLISECONDS).unref()
    }
  }

  #launch(runId: string): void {
    const started = this.journal.begin(runId)
    const run = new ActiveRun({
      runId,
      journal: this.journal,
      start: (attempt, signal) => this.#attempt(runId, attempt, signal),
      changed: () => this.#changed(runId),
      heard: (attempt, event) => {
        const line = logLineOf(event)
        if (line) this.log.write({ ...line, runId, attempt })
      },
    })
    const following = run.follow(started).finally(() => {
      this.log.forget(runId)
      this.#active.delete(runId)
      this.#observe('ended', runId)
      this.#pump()
      this.#changed(runId)
    })
    this.#active.set(runId, { run, following })
    this.#changed(runId)
    this.#observe('started', runId)
  }

  /** What others are told of a run never matters to it. */
  #observe(what: 'started' | 'ended', runId: string): void {
    const { observer } = this.#options
    if (!observer) return
    try {
      const detail = this.journal.detail(runId)
      if (detail) observer[what](detail)
    } catch {
      // The journal cannot be read just now: nobody is told.
    }
  }

  #attempt(runId: string, attempt: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    const request = this.#request(runId)
    return attemptEvents({
      ...this.#options,
      runId,
      attempt,
      request,
      parameters: this.parameters(runId),
      env: { ...(this.#brought.get(runId) ?? this.#options.environment(request.document)) },
      stages: attempt > 1 ? finishedStages(this.journal.detail(runId)?.stages ?? []) : [],
      cursors: startingFrom(this.journal, runId, attempt, request.document),
      log: this.log,
      // Known once it answers; it writes to no target before that.
      answered: () => this.journal.noteEngine(this.#options.engine.status?.().processId),
      signal,
    })
  }

  #changed(runId: string): void {
    this.#signals.tell(runId)
    this.#signals.tell(QUEUE)
  }
}

const QUEUE = ''
