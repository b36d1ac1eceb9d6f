import type { NodeState, RunEvent } from '../../shared/engine/types.ts'
import { type ErrorInfo, LogiDataError, toErrorInfo } from '../../shared/errors.ts'
import type { Ending, Journal, StartedAttempt } from '../journal/journal.ts'
import type { JournalEvent } from '../journal/record-event.ts'
import { closed, endedEarly, engineLost, isCrash } from './run-failures.ts'

type Progress = Extract<RunEvent, { kind: 'progress' }>

/** Asks the engine to compute an attempt. */
export type StartAttempt = (attempt: number, signal: AbortSignal) => AsyncIterable<RunEvent>

export interface ActiveRunOptions {
  readonly runId: string
  readonly journal: Journal
  readonly start: StartAttempt
  /** Told after every change that a reader can see. */
  readonly changed: () => void
  /** Told of every event, for the log. */
  readonly heard: (attempt: number, event: RunEvent) => void
}

/** How long before a journal that did not take a run's end is tried again. */
const RETRY_MILLISECONDS = 2_000
/** Of what the engine says at length, the rest is in the log file. */
const MOST_LOG_EVENTS = 1_000

/**
 * A run that goes. Everything it says is in the journal before anybody hears of it, progress excepted. An engine that dies is
 * forgiven once: the run goes on with its next attempt.
 */
export class ActiveRun {
  readonly runId: string
  readonly #journal: Journal
  readonly #start: StartAttempt
  readonly #changed: () => void
  readonly #heard: (attempt: number, event: RunEvent) => void
  readonly #controller = new AbortController()
  #why: 'cancelled' | 'closed' | 'unwritten' = 'cancelled'
  #unwritten: unknown
  /** What the journal did not take, and all that came after it: written with the run's end. */
  #kept: JournalEvent[] = []
  #progress: Progress | undefined
  /** Said to followers where the journal could not take it. */
  #lastWord: RunEvent | undefined
  #logged = 0

  constructor({ runId, journal, start, changed, heard }: ActiveRunOptions) {
    this.runId = runId
    this.#journal = journal
    this.#start = start
    this.#changed = changed
    this.#heard = heard
  }

  /** The newest; earlier ones have nothing to say any more. */
  get progress(): Progress | undefined {
    return this.#progress
  }

  /** The run's end, while the journal does not take it. */
  get lastWord(): RunEvent | undefined {
    return this.#lastWord
  }

  /** @param why `closed`: the application ends, and the run can be resumed */
  stop(why: 'cancelled' | 'closed'): void {
    if (this.#controller.signal.aborted) return
    this.#why = why
    this.#controller.abort()
  }

  /** Follows the run to its end. Never throws: what goes wrong is how the run ends. */
  async follow(first: StartedAttempt): Promise<void> {
    for (let started = first; ; ) {
      const attempt = new Attempt(started)
      const ending = await this.#attempt(attempt)
      if (ending.state !== 'interrupted' || this.#controller.signal.aborted || started !== first) {
        await this.#end(attempt, ending)
        return
      }
      try {
        const goesOn = attempt.entry({
          kind: 'log',
          at: new Date().toISOString(),
          level: 'warn',
          message: 'The engine stopped in the middle of the run and was started again. The run goes on by itself.',
        })
        this.#heard(attempt.number, goesOn.event)
        this.#journal.endAttempt(started.run, started.attempt, ending, [...this.#kept, goesOn])
        this.#kept = []
        started = this.#journal.begin(this.runId)
        this.#changed()
      } catch (thrown) {
        await this.#end(attempt, { ...ending, state: 'failed', error: toErrorInfo(thrown) })
        return
      }
    }
  }

  /** @returns how it ended; `interrupted`: the engine died */
  async #attempt(attempt: Attempt): Promise<Ending> {
    try {
      for await (const event of this.#start(attempt.number, this.#controller.signal)) {
        if (event.kind === 'progress') {
          this.#progress = event
          this.#changed()
        } else if (event.kind === 'finished') {
          if (this.#controller.signal.aborted && event.state !== 'succeeded') break
          return { state: event.state, milliseconds: event.milliseconds, error: event.error }
        } else this.#append(attempt, event)
      }
      if (!this.#controller.signal.aborted) return this.#failed(attempt, endedEarly().info)
    } catch (thrown) {
      if (!this.#controller.signal.aborted) {
        if (!isCrash(thrown)) return this.#failed(attempt, toErrorInfo(thrown))
        const { info } = engineLost(thrown, attempt.number)
        return { state: 'interrupted', milliseconds: attempt.milliseconds, error: info }
      }
    }
    const { milliseconds } = attempt
    if (this.#why === 'closed') return { state: 'interrupted', milliseconds, error: closed().info }
    if (this.#why === 'unwritten') return this.#failed(attempt, toErrorInfo(this.#unwritten))
    return { state: 'cancelled', milliseconds }
  }

  #failed(attempt: Attempt, error: ErrorInfo): Ending {
    return { state: 'failed', milliseconds: attempt.milliseconds, error }
  }

  #append(attempt: Attempt, event: RunEvent): void {
    this.#heard(attempt.number, event)
    if (event.kind === 'log' && ++this.#logged > MOST_LOG_EVENTS) return
    const entry = attempt.entry(event)
    if (this.#kept.length > 0) {
      this.#kept.push(entry)
      return
    }
    this.#journal.append(entry, (thrown) => {
      if (thrown === undefined) {
        this.#changed()
        return
      }
      this.#kept.push(entry)
      if (this.#controller.signal.aborted) return
      // A run that cannot be written down does not go on.
      this.#unwritten = thrown
      this.#why = 'unwritten'
      this.#controller.abort()
    })
  }

  async #end(attempt: Attempt, ending: Ending): Promise<void> {
    // A closed application says nothing more: whoever reads it later learns that it was interrupted.
    const events = this.#why === 'closed' && this.#controller.signal.aborted ? [] : attempt.lastEvents(ending)
    const state = ending.state === 'interrupted' && events.length > 0 ? 'failed' : ending.state
    const { run, number } = attempt
    for (const { event } of events) this.#heard(number, event)
    if (events.length === 0) this.#heard(number, { kind: 'log', at: '', level: 'warn', message: closed().info.message })
    for (;;) {
      try {
        this.#journal.end(run, number, { ...ending, state }, [...this.#kept, ...events])
        this.#lastWord = undefined
        this.#changed()
        return
      } catch (thrown) {
        const error = thrown instanceof LogiDataError ? thrown.info : ending.error
        if (!this.#lastWord) {
          const { milliseconds = 0 } = ending
          this.#lastWord = { kind: 'finished', state: 'failed', milliseconds, ...(error ? { error } : {}) }
          this.#changed()
        }
        // Not while the application ends: the next start finds the run open, and marks it interrupted.
        if (this.#why === 'closed') return
        await new Promise((resolve) => setTimeout(resolve, RETRY_MILLISECONDS).unref())
      }
    }
  }
}

/** Events of the engine may arrive so much later than they were. */
const LATE_MILLISECONDS = 250

/** Numbers the events of one attempt, and knows which nodes have not ended. */
class Attempt {
  readonly run: number
  readonly number: number
  readonly #began = performance.now()
  readonly #nodes = new Map<string, NodeState>()
  #seq: number

  constructor({ run, attempt, seq }: StartedAttempt) {
    this.run = run
    this.number = attempt
    this.#seq = seq
  }

  get milliseconds(): number {
    return performance.now() - this.#began
  }

  entry(event: RunEvent): JournalEvent {
    if (event.kind === 'started') for (const id of event.nodes) this.#nodes.set(id, 'waiting')
    if (event.kind === 'node') this.#nodes.set(event.nodeId, event.state)
    const now = Date.now()
    // How long ago it was, within what events wait for each other: a clock that is set back or forth moves nothing.
    const told = 'at' in event && event.at !== undefined ? Date.parse(event.at) : now
    const ago = now > told ? Math.min(now - told, LATE_MILLISECONDS, this.milliseconds) : 0
    const offset = this.milliseconds - ago
    return {
      run: this.run,
      attempt: this.number,
      seq: ++this.#seq,
      at: new Date(now - ago).toISOString(),
      offset,
      event,
    }
  }

  /** The engine cannot say any more what became of the nodes that had not ended. */
  lastEvents(ending: Ending): JournalEvent[] {
    const events: JournalEvent[] = []
    if (ending.state !== 'succeeded')
      for (const [nodeId, state] of [...this.#nodes])
        if (state === 'running' || (state === 'waiting' && ending.state !== 'failed'))
          events.push(this.entry({ kind: 'node', nodeId, state: 'cancelled' }))
        else if (state === 'waiting') events.push(this.entry({ kind: 'node', nodeId, state: 'skipped' }))
    const { milliseconds = this.milliseconds, error } = ending
    const state = ending.state === 'interrupted' ? 'failed' : ending.state
    events.push(this.entry({ kind: 'finished', state, milliseconds, ...(error ? { error } : {}) }))
    return events
  }
}
