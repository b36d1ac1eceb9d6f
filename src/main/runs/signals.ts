export interface Waiter {
  /** What was told so far is known. */
  clear(): void
  /** Resolves once something was told after `clear`, or the signal aborted. */
  next(): Promise<void>
  end(): void
}

/** Wakes those who wait for news of something by its name. News that comes between looking and waiting is not missed. */
export class Signals {
  readonly #waiters = new Map<string, Set<() => void>>()

  tell(name: string): void {
    for (const wake of this.#waiters.get(name) ?? []) wake()
  }

  waiter(name: string, signal: AbortSignal): Waiter {
    let told = false
    let resume = () => {}
    const wake = () => {
      told = true
      resume()
    }
    const all = this.#waiters.get(name) ?? new Set()
    this.#waiters.set(name, all)
    all.add(wake)
    signal.addEventListener('abort', wake, { once: true })
    return {
      clear() {
        told = signal.aborted
      },
      next: () =>
        new Promise((resolve) => {
          resume = resolve
          if (told) resolve()
        }),
      end: () => {
        all.delete(wake)
        if (all.size === 0) this.#waiters.delete(name)
        signal.removeEventListener('abort', wake)
      },
    }
  }

  /** Wakes everybody. */
  close(): void {
    for (const all of this.#waiters.values()) for (const wake of all) wake()
  }
}
