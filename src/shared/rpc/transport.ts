/**
 * Carries frames and knows nothing of them. Frames must survive JSON. A transport delivers in order, drops what is sent
 * after its end, and calls `onClose` exactly once, whichever side ended it.
 */
export interface Transport {
  send(frame: unknown): void
  onMessage(callback: (frame: unknown) => void): void
  onClose(callback: () => void): void
  close(): void
}

/** What a message event carries. The event types of browsers, Node and `ws` have no common one but `object`. */
export function dataOf(event: object): unknown {
  return 'data' in event ? event.data : undefined
}

/** The part every transport shares: keeps listeners, holds frames back until somebody listens, ends once. */
export class TransportEvents {
  #message: ((frame: unknown) => void) | undefined
  #close: (() => void)[] = []
  #early: unknown[] = []
  #closed = false

  get closed(): boolean {
    return this.#closed
  }

  onMessage(callback: (frame: unknown) => void): void {
    this.#message = callback
    const early = this.#early
    this.#early = []
    for (const frame of early) callback(frame)
  }

  onClose(callback: () => void): void {
    if (this.#closed) queueMicrotask(callback)
    else this.#close.push(callback)
  }

  message(frame: unknown): void {
    if (this.#closed) return
    if (this.#message) this.#message(frame)
    else this.#early.push(frame)
  }

  /** @returns whether it was open until now. */
  end(): boolean {
    if (this.#closed) return false
    this.#closed = true
    const listeners = this.#close
    this.#close = []
    for (const listener of listeners) listener()
    return true
  }
}
