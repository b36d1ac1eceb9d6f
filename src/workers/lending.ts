import { cancelledError } from '../shared/errors.ts'

/** Things lent one at a time, in the order in which they were asked for. */
export class Lending<T> {
  readonly #all: readonly T[]
  readonly #free: T[]
  readonly #waiting: ((item: T) => void)[] = []

  constructor(items: readonly T[]) {
    this.#all = items
    this.#free = [...items]
  }

  /** To be given back. @throws LogiDataError `cancelled` */
  async take(signal: AbortSignal): Promise<T> {
    if (signal.aborted) throw cancelledError()
    const free = this.#free.pop()
    if (free !== undefined) return free
    return new Promise((resolve, reject) => {
      const lend = (item: T) => {
        signal.removeEventListener('abort', leave)
        resolve(item)
      }
      const leave = () => {
        const index = this.#waiting.indexOf(lend)
        if (index >= 0) this.#waiting.splice(index, 1)
        reject(cancelledError())
      }
      this.#waiting.push(lend)
      signal.addEventListener('abort', leave, { once: true })
    })
  }

  give(item: T): void {
    const next = this.#waiting.shift()
    if (next) next(item)
    else this.#free.push(item)
  }

  /** All of them, as they come back, never to be lent again. */
  async takeAll(): Promise<T[]> {
    const taken: T[] = []
    while (taken.length < this.#all.length) taken.push(await this.take(new AbortController().signal))
    return taken
  }
}
