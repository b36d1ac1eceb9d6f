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
}

/** A query thread as the rest of the engine process sees it: started when first asked, and again after it crashed. */
export class ThreadClient {
  readonly #options: ThreadOptions
  readonly #name: string
  #started: Started | undefined
  #lastId = 0
  #waiting = 0

  constructor(name: string, options: ThreadOptions) {
    this.#name = name
    this.#options = options
  }

  get activeQueries(): number {
    return this.#waiting
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
    this.#started ??= this.#start()
    const { face, ended } = this.#started
    const id = ++this.#lastId
    // The thread answers once DuckDB has let go, so the promise below also settles after a cancel.
    const cancel = () => void face.cancel(id).catch(() => undefined)
    signal.addEventListener('abort', cancel, { once: true })
    this.#waiting++
    try {
      const onEvents =
        onEvent &&
        Comlink.proxy((events: readonly RunEvent[]) => {
          for (const event of events) onEvent(event)
        })
      const asked = onEvents ? face.ask(id, method, input, onEvents) : face.ask(id, method, input)
      const answer = await Promise.race([asked, ended])
      if (answer.ok) return answer.value
      throw fromErrorInfo(answer.error)
    } finally {
      this.#waiting--
      signal.removeEventListener('abort', cancel)
    }
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
      name: this.#name,
      workerData: this.#options,
    })
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
    })
    ended.catch(() => undefined)
    return { worker, face: Comlink.wrap<QueryThread>(nodeEndpoint(worker)), ended }
  }
}
