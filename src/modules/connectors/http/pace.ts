import { setTimeout as sleep } from 'node:timers/promises'
import { cancelledError } from '../../../shared/errors.ts'

/** Waits. @throws LogiDataError `cancelled` */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await sleep(milliseconds, undefined, { signal }).catch(() => {
    throw cancelledError()
  })
}

/** Lets so many requests run at once, so many start in a second, and none while the API wants a pause. */
export class Pace {
  readonly #most: number
  readonly #gapMs: number
  readonly #waiting: (() => void)[] = []
  #running = 0
  #next = 0

  constructor(concurrency: number, perSecond: number | undefined) {
    this.#most = concurrency
    this.#gapMs = perSecond === undefined ? 0 : 1000 / perSecond
  }

  /** No request starts before that. */
  holdFor(milliseconds: number): void {
    this.#next = Math.max(this.#next, performance.now() + milliseconds)
  }

  /** @throws LogiDataError `cancelled`; whatever the work throws */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw cancelledError()
    if (this.#running >= this.#most) await this.#turn(signal)
    else this.#running++
    try {
      for (;;) {
        const now = performance.now()
        if (now >= this.#next) break
        // Held again meanwhile by the answer to another request: asked once more.
        const until = this.#next
        if (this.#gapMs > 0) this.#next += this.#gapMs
        await pause(until - now, signal)
        if (this.#gapMs > 0) break
      }
      this.#next = Math.max(this.#next, performance.now() + this.#gapMs)
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1)
        reject(cancelledError())
      }
      const go = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      signal.addEventListener('abort', leave, { once: true })
      this.#waiting.push(go)
    })
  }
}
