import { randomBytes } from 'node:crypto'
import type { RunEvent } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { RunSummary } from '../../shared/rpc/app-contract.ts'
import { Run } from './run.ts'
import { RunRecords } from './run-record.ts'

/** Finished runs whose events stay in memory; older ones are read from their records. */
const MOST_IN_MEMORY = 50

export interface RunStart {
  readonly path: string
  /** Starts it in the engine. */
  readonly start: (runId: string, signal: AbortSignal) => AsyncIterable<RunEvent>
}

/** The runs of one project: those of this process, and the records that earlier ones left. */
export class RunRegistry {
  readonly #records: RunRecords
  readonly #runs = new Map<string, Run>()
  readonly #following = new Set<Promise<void>>()

  constructor(projectRoot: string) {
    this.#records = new RunRecords(projectRoot)
  }

  /** Marks runs that an earlier process left open as interrupted. */
  async recover(): Promise<void> {
    for (const record of await this.#records.list())
      if (record.state === 'running' && !this.#runs.has(record.runId))
        await this.#records.write({ ...record, state: 'interrupted' })
  }

  /** Writes the run's record, then starts it. @throws LogiDataError `file.*` if the record cannot be written */
  async start({ path, start }: RunStart): Promise<string> {
    const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '')
    const runId = `${stamp}-${randomBytes(4).toString('hex')}`
    const run = new Run(runId, path)
    await this.#records.write({ ...run.summary, events: [] })
    this.#runs.set(runId, run)
    const following = run
      .follow((signal) => start(runId, signal))
      .then(() => this.#records.write({ ...run.summary, events: [...run.history] }))
      // The run itself went as its events say; without a record it is only forgotten after a restart.
      .catch(() => {})
      .finally(() => {
        this.#following.delete(following)
        this.#forgetOldest()
      })
    this.#following.add(following)
    return runId
  }

  /** @returns undefined if the project has no such run */
  async events(runId: string, signal: AbortSignal): Promise<AsyncIterable<RunEvent> | undefined> {
    const run = this.#runs.get(runId)
    if (run) return run.events(signal)
    const record = (await this.#records.list()).find((one) => one.runId === runId)
    return record && replay(record.events)
  }

  /** @returns whether the run is known here; cancelling a finished one changes nothing. */
  cancel(runId: string): boolean {
    const run = this.#runs.get(runId)
    run?.cancel()
    return run !== undefined
  }

  /** Newest first. */
  async list(path?: string): Promise<RunSummary[]> {
    const recorded = await this.#records.list()
    const summaries = new Map<string, RunSummary>()
    for (const { events: _, ...summary } of recorded) summaries.set(summary.runId, summary)
    for (const run of this.#runs.values()) summaries.set(run.summary.runId, run.summary)
    return [...summaries.values()]
      .filter((summary) => path === undefined || summary.path === path)
      .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
  }

  /** Cancels what is going and waits until its records are written. */
  async close(): Promise<void> {
    for (const run of this.#runs.values()) run.cancel()
    await Promise.all(this.#following)
  }

  #forgetOldest(): void {
    const finished = [...this.#runs.values()].filter((run) => run.summary.state !== 'running')
    for (const run of finished.slice(0, -MOST_IN_MEMORY)) this.#runs.delete(run.summary.runId)
  }
}

async function* replay(events: readonly RunEvent[]): AsyncGenerator<RunEvent> {
  yield* events
  // A run that was interrupted has no last word of its own.
  if (events.at(-1)?.kind !== 'finished')
    yield {
      kind: 'finished',
      state: 'failed',
      milliseconds: 0,
      error: userError('run.interrupted', 'The application ended before this run did.', { hint: 'Run it again.' }).info,
    }
}
