import { appendFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Where messages go: a URL by POST, or a file by line. */
export type Sink =
  | { readonly url: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly file: string }

export interface SenderOptions {
  readonly sink: Sink
  /** Messages that wait at most; the oldest give way. */
  readonly most?: number
  readonly tries?: number
  /** Before the second try; twice as long before each one after it. */
  readonly firstPause?: number
  readonly timeout?: number
  readonly log?: (message: string) => void
}

/**
 * Sends messages one after the other, in the background: whoever gives one is never held up, and never hears of a failure. What cannot
 * be delivered is tried again, and given up in the end.
 */
export class BackgroundSender {
  readonly #options: Required<SenderOptions>
  readonly #waiting: string[] = []
  readonly #ending = new AbortController()
  #working: Promise<void> | undefined
  #dropped = 0

  constructor(options: SenderOptions) {
    this.#options = { most: 1000, tries: 5, firstPause: 500, timeout: 10_000, log: () => {}, ...options }
  }

  /** Messages that were given up, or gave way to newer ones. */
  get dropped(): number {
    return this.#dropped
  }

  send(message: object): void {
    if (this.#ending.signal.aborted) return
    if (this.#waiting.length >= this.#options.most) {
      this.#waiting.shift()
      this.#drop('too many messages wait')
    }
    this.#waiting.push(JSON.stringify(message))
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined
    })
  }

  /** Sends what waits, for so long at most. */
  async close(milliseconds = 2_000): Promise<void> {
    const timer = setTimeout(() => this.#ending.abort(), milliseconds)
    await this.#working
    clearTimeout(timer)
    this.#ending.abort()
  }

  async #work(): Promise<void> {
    for (;;) {
      const message = this.#waiting[0]
      if (message === undefined || this.#ending.signal.aborted) return
      const failure = await this.#deliver(message)
      // A full queue may have dropped it meanwhile.
      if (this.#waiting[0] === message) this.#waiting.shift()
      if (failure !== undefined) this.#drop(failure)
    }
  }

  /** @returns why it was given up */
  async #deliver(message: string): Promise<string | undefined> {
    const { tries, firstPause } = this.#options
    let failure = ''
    for (let attempt = 0; attempt < tries; attempt++) {
      if (attempt > 0 && !(await this.#pause(firstPause * 2 ** (attempt - 1)))) break
      try {
        const refused = await this.#once(message)
        if (refused === undefined) return undefined
        failure = `the answer was ${refused.status}`
        if (!refused.again) break
      } catch (thrown) {
        failure = thrown instanceof Error ? thrown.message : String(thrown)
      }
    }
    return failure
  }

  async #once(message: string): Promise<{ status: number; again: boolean } | undefined> {
    const { sink, timeout } = this.#options
    if ('file' in sink) {
      await mkdir(dirname(sink.file), { recursive: true })
      await appendFile(sink.file, `${message}\n`)
      return undefined
    }
    const response = await fetch(sink.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...sink.headers },
      body: message,
      signal: AbortSignal.any([AbortSignal.timeout(timeout), this.#ending.signal]),
    })
    await response.arrayBuffer()
    if (response.ok) return undefined
    const { status } = response
    // The same message is refused again, unless there is too much of it or the other side is in trouble.
    return { status, again: status >= 500 || status === 408 || status === 429 }
  }

  /** @returns false when there is no time left */
  #pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.#ending
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        resolve(false)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', end)
        resolve(true)
      }, milliseconds)
      if (signal.aborted) end()
      else signal.addEventListener('abort', end, { once: true })
    })
  }

  #drop(why: string): void {
    this.#dropped++
    // The first one and then every hundredth: a server that is away must not fill the log.
    if (this.#dropped % 100 === 1) this.#options.log(`A message to ${this.#place()} was given up: ${why}.`)
  }

  #place(): string {
    const { sink } = this.#options
    return 'file' in sink ? sink.file : new URL(sink.url).host
  }
}
