export interface StreamBufferOptions {
  /** Items granted to the sender at the start; half of it is granted again whenever as much was read. */
  readonly window: number
  readonly more: (credit: number) => void
  /** The reader left before the end. */
  readonly left: () => void
}

/** The reader's end of a stream: a buffer that cannot outgrow its window, since the sender needs credit. */
export class StreamBuffer<T> implements AsyncIterator<T> {
  readonly #options: StreamBufferOptions
  #items: T[] = []
  #head = 0
  #read = 0
  #waiting: { resolve: (result: IteratorResult<T>) => void; reject: (error: Error) => void }[] = []
  #finished: { error?: Error } | undefined

  constructor(options: StreamBufferOptions) {
    this.#options = options
  }

  push(item: T): void {
    if (this.#finished) return
    const reader = this.#waiting.shift()
    if (reader) {
      reader.resolve({ done: false, value: item })
      this.#granted()
    } else this.#items.push(item)
  }

  /** What was sent before is still read. */
  end(): void {
    this.#finish({})
  }

  /** What was sent before is still read, then the error is thrown once. */
  fail(error: Error): void {
    this.#finish({ error })
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#head < this.#items.length) {
      const value = this.#items[this.#head++] as T
      if (this.#head === this.#items.length) {
        this.#items = []
        this.#head = 0
      }
      this.#granted()
      return Promise.resolve({ done: false, value })
    }
    const finished = this.#finished
    if (!finished) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
    const { error } = finished
    if (error) {
      this.#finished = {}
      return Promise.reject(error)
    }
    return Promise.resolve({ done: true, value: undefined })
  }

  return(): Promise<IteratorResult<T>> {
    const wasOpen = !this.#finished
    this.#items = []
    this.#head = 0
    this.#finished = {}
    for (const reader of this.#waiting.splice(0)) reader.resolve({ done: true, value: undefined })
    if (wasOpen) this.#options.left()
    return Promise.resolve({ done: true, value: undefined })
  }

  #finish(how: { error?: Error }): void {
    if (this.#finished) return
    this.#finished = how
    const [first, ...others] = this.#waiting.splice(0)
    if (!first) return
    if (how.error) {
      first.reject(how.error)
      this.#finished = {}
    } else first.resolve({ done: true, value: undefined })
    for (const reader of others) reader.resolve({ done: true, value: undefined })
  }

  #granted(): void {
    this.#read += 1
    const batch = Math.max(1, Math.floor(this.#options.window / 2))
    if (this.#read < batch || this.#finished) return
    this.#options.more(this.#read)
    this.#read = 0
  }
}
