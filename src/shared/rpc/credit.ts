/** How many items a stream may still send. One taker at a time. */
export class Credit {
  #available: number
  #wake: (() => void) | undefined

  constructor(available: number) {
    this.#available = available
  }

  add(count: number): void {
    this.#available += count
    this.#wake?.()
  }

  /** Waits for one item's worth; returns without it when the signal aborts. */
  async take(signal: AbortSignal): Promise<void> {
    while (this.#available === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = () => resolve()
        signal.addEventListener('abort', this.#wake, { once: true })
      })
      if (this.#wake) signal.removeEventListener('abort', this.#wake)
      this.#wake = undefined
    }
    if (!signal.aborted) this.#available -= 1
  }
}
