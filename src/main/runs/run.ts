import type { NodeState, RunEvent } from '../../shared/engine/types.ts'
import { LogiDataError, operationalError, toErrorInfo } from '../../shared/errors.ts'
import type { RunSummary } from '../../shared/rpc/app-contract.ts'

/** A run that is going, or has finished, in this process. */
export class Run {
  readonly #controller = new AbortController()
  readonly #listeners = new Set<() => void>()
  #events: RunEvent[] = []
  #summary: RunSummary

  constructor(runId: string, path: string) {
    this.#summary = { runId, path, startedAt: new Date().toISOString(), state: 'running' }
  }

  get summary(): RunSummary {
    return this.#summary
  }

  /** So far; once finished, without those that later ones replaced. */
  get history(): readonly RunEvent[] {
    return this.#events
  }

  cancel(): void {
    this.#controller.abort()
  }

  /** Follows the engine to the end of the run. Never throws: a failure becomes the run's last event. */
  async follow(start: (signal: AbortSignal) => AsyncIterable<RunEvent>): Promise<void> {
    const began = performance.now()
    const finish = (state: 'failed' | 'cancelled', thrown?: unknown) => {
      this.#settleNodes()
      const error = thrown === undefined ? {} : { error: toErrorInfo(thrown) }
      this.#add({ kind: 'finished', state, milliseconds: performance.now() - began, ...error })
    }
    try {
      for await (const event of start(this.#controller.signal)) this.#add(event)
      if (this.#summary.state === 'running') finish('failed', endedEarly())
    } catch (thrown) {
      if (this.#summary.state !== 'running') return
      const lost = thrown instanceof LogiDataError && thrown.info.code === 'rpc.disconnected'
      if (this.#controller.signal.aborted) finish('cancelled')
      else finish('failed', lost ? engineLost(thrown) : thrown)
    }
  }

  /** Every event from the first, then live ones, until the run finishes or the signal aborts. */
  async *events(signal: AbortSignal): AsyncGenerator<RunEvent> {
    // A run's list is replaced once, when it finishes; whoever reads it then goes on in the list it began with.
    const events = this.#events
    let wake = () => {}
    const notify = () => wake()
    this.#listeners.add(notify)
    signal.addEventListener('abort', notify, { once: true })
    try {
      for (let next = 0; !signal.aborted; ) {
        const event = events[next]
        if (event) {
          next += 1
          yield event
          if (event.kind === 'finished') return
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      this.#listeners.delete(notify)
      signal.removeEventListener('abort', notify)
    }
  }

  #add(event: RunEvent): void {
    if (this.#summary.state !== 'running') return
    this.#events.push(event)
    if (event.kind === 'finished') {
      this.#summary = { ...this.#summary, state: event.state, milliseconds: event.milliseconds }
      this.#events = condense(this.#events)
    }
    for (const listener of this.#listeners) listener()
  }

  /** The engine cannot say any more what became of the nodes that had not ended. */
  #settleNodes(): void {
    const states = new Map<string, NodeState>()
    for (const event of this.#events) {
      if (event.kind === 'started') for (const id of event.nodes) states.set(id, 'waiting')
      if (event.kind === 'node') states.set(event.nodeId, event.state)
    }
    for (const [nodeId, state] of states)
      if (state === 'waiting' || state === 'running') this.#add({ kind: 'node', nodeId, state: 'cancelled' })
  }
}

/** Keeps of each node only its last event, and of progress nothing: what a reader needs of a run that is over. */
export function condense(events: readonly RunEvent[]): RunEvent[] {
  const last = new Map<string, RunEvent>()
  for (const event of events) if (event.kind === 'node') last.set(event.nodeId, event)
  return events.filter((event) => {
    if (event.kind === 'progress') return false
    return event.kind !== 'node' || last.get(event.nodeId) === event
  })
}

const endedEarly = () => operationalError('run.ended-early', 'The engine ended the run without saying how it went.')
const engineLost = (cause: unknown) =>
  operationalError('engine.crashed', 'The engine stopped in the middle of the run and was started again.', {
    hint: 'Run it again. If it happens again, the pipeline may need more memory than there is.',
    cause,
  })
