/** Turns pushed items into an `AsyncIterable`; items wait until they are asked for. */
export class EventQueue<T> {
  readonly #items: T[] = []
  #ended = false
  #failure: { readonly thrown: unknown } | undefined
  #wake: (() => void) | undefined

  push(item: T): void {
    this.#items.push(item)
    this.#wake?.()
  }

  end(): void {
    this.#ended = true
    this.#wake?.()
  }

  fail(thrown: unknown): void {
    this.#failure = { thrown }
    this.#wake?.()
  }

  /** @param onLeave called when the reader stops before the end */
  async *iterate(onLeave: () => void): AsyncGenerator<T> {
    try {
      for (;;) {
        const item = this.#items.shift()
        if (item !== undefined) {
          yield item
          continue
        }
        if (this.#failure) throw this.#failure.thrown
        if (this.#ended) return
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
    } finally {
      if (!this.#ended) onLeave()
    }
  }
}
