import { setTimeout as setTimer } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import * as Comlink from 'comlink'
import type { RunEvent } from '../shared/engine/types.ts'
import { cancelledError, fromErrorInfo, operationalError } from '../shared/errors.ts'
import { nodeEndpoint } from './endpoint.ts'
import type { QueryThread, ThreadMethod, ThreadOptions } from './thread-contract.ts'

interface Started {
  readonly worker: Worker
  readonly face: Comlink.Remote<QueryThread>
  /** Rejects when the thread ends. */
  readonly ended: Promise<never>
  /** Takes the thread for ended. */
  readonly giveUp: () => void
  /** It has loaded what it needs, and answers from now on. */
  ready: boolean
  /** Questions that it has not answered. */
  waiting: number
  /** While it is not known whether it still hears. */
  verdict: Promise<void> | undefined
}

/** A thread that gives no sign of life for so long after a cancel is held up by something that nothing can interrupt. */
const STUCK_MS = 1_500
/** What was not cancelled may still be answered until then. */
const LOST_MS = 30_000

/** A query thread as the rest of the engine process sees it: started when first asked, and again after it crashed. */
export class ThreadClient {
  readonly #options: ThreadOptions
  readonly #name: string
  #started: Started | undefined
  #lastId = 0
  #waiting = 0
  #askedAt = 0
  readonly #stuck = new Set<Started>()

  constructor(name: string, options: ThreadOptions) {
    this.#name = name
    this.#options = options
  }

  get activeQueries(): number {
    return this.#waiting
  }

  /** When it was asked last, as `performance.now()` counts. */
  get askedAt(): number {
    return this.#askedAt
  }

  /** Threads that were replaced, and may never end: native code or a regular expression holds them. */
  get stuckThreads(): number {
    return this.#stuck.size
  }

  /** Begins to load what the thread needs, ahead of the first question. */
  start(): void {
    this.#started ??= this.#start()
  }

  /** @throws LogiDataError what the thread answered; `cancelled`; `engine.crashed` */
  async ask(
    method: ThreadMethod,
    input: unknown,
    signal: AbortSignal,
    onEvent?: (event: RunEvent) => void,
  ): Promise<unknown> {
    if (signal.aborted) throw cancelledError()
    // Behind a thread that hears nothing this would wait for ever.
    while (this.#started?.verdict) await this.#started.verdict
    if (signal.aborted) throw cancelledError()
    this.#started ??= this.#start()
    const started = this.#started
    const { face, ended } = started
    const id = ++this.#lastId
    this.#askedAt = performance.now()
    // The thread answers once DuckDB has let go, so the promise below also settles after a cancel; unless it cannot hear.
    let unheard: (error: Error) => void = () => undefined
    const deaf = new Promise<never>((_, reject) => {
      unheard = reject
    })
    deaf.catch(() => undefined)
    const cancel = () => {
      face.cancel(id).catch(() => undefined)
      this.#watch(started, () => unheard(cancelledError()))
    }
    signal.addEventListener('abort', cancel, { once: true })
    this.#waiting++
    started.waiting++
    try {
      const onEvents =
        onEvent &&
        Comlink.proxy((events: readonly RunEvent[]) => {
          for (const event of events) onEvent(event)
        })
      const asked = onEvents ? face.ask(id, method, input, onEvents) : face.ask(id, method, input)
      const answer = await Promise.race([asked, ended, deaf])
      if (answer.ok) return answer.value
      throw fromErrorInfo(answer.error)
    } finally {
      this.#waiting--
      started.waiting--
      signal.removeEventListener('abort', cancel)
    }
  }

  /** Replaces a thread that does not answer: what is asked from now on is not behind what holds it up. */
  #watch(started: Started, unheard: () => void): void {
    if (!started.ready) return
    const lost = setTimeout(() => started.giveUp(), LOST_MS)
    lost.unref()
    const { promise, resolve: judged } = Promise.withResolvers<void>()
    started.verdict = promise
    const stuck = setTimeout(() => {
      if (this.#started === started) this.#started = undefined
      this.#stuck.add(started)
      unheard()
      judged()
    }, STUCK_MS)
    const alive = (): void => {
      clearTimeout(stuck)
      clearTimeout(lost)
      if (started.verdict === promise) started.verdict = undefined
      judged()
      // It was slow, no more: what it still works on is finished there.
      if (this.#stuck.has(started)) void this.#retire(started)
    }
    started.face.activeQueries().then(alive, () => undefined)
  }

  async #retire(started: Started): Promise<void> {
    while (started.waiting > 0) await setTimer(100)
    if (!this.#stuck.delete(started)) return
    await Promise.race([started.face.close(), started.ended]).catch(() => undefined)
    await started.worker.terminate()
  }

  /** Interrupts first: ending a thread with a query in flight would abort the whole process. */
  async close(): Promise<void> {
    const started = this.#started
    if (!started) return
    this.#started = undefined
    await Promise.race([started.face.close(), started.ended]).catch(() => undefined)
    await started.worker.terminate()
  }

  #start(): Started {
    const worker = new Worker(new URL('./query-thread.ts', import.meta.url), {
      // A named pipe's descriptor goes over to a socket: Node would take the number for its own, and close whatever has it at the end.
      trackUnmanagedFds: false,
      name: this.#name,
      workerData: this.#options,
    })
    let giveUp = (): void => undefined
    const ended = new Promise<never>((_, reject) => {
      const end = (cause: unknown) => {
        if (this.#started?.worker === worker) this.#started = undefined
        reject(
          operationalError('engine.crashed', 'The engine stopped unexpectedly and was started again.', {
            hint: 'Try again. If it stops again, the data or a step of the pipeline is the likely cause.',
            cause,
          }),
        )
      }
      worker.on('error', end)
      worker.on('exit', () => end(undefined))
      giveUp = () => end(undefined)
    })
    ended.catch(() => undefined)
    const face = Comlink.wrap<QueryThread>(nodeEndpoint(worker))
    const started: Started = { worker, face, ended, giveUp, ready: false, waiting: 0, verdict: undefined }
    face.activeQueries().then(
      () => {
        started.ready = true
      },
      () => undefined,
    )
    return started
  }
}
