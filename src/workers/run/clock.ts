import { cancelledError } from '../../shared/errors.ts'

/** Time and chance, as a run needs them. */
export interface RunClock {
  /** 0 to 1, 1 excluded. */
  readonly random: () => number
  /** @throws LogiDataError `cancelled` as soon as the signal says so */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Calls once, after a time. @returns ends it */
  readonly after: (milliseconds: number, call: () => void) => () => void
}

export const realClock: RunClock = {
  random: Math.random,
  sleep: (milliseconds, signal) =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelledError())
        return
      }
      const leave = (): void => {
        clearTimeout(timer)
        reject(cancelledError())
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', leave)
        resolve()
      }, milliseconds)
      signal.addEventListener('abort', leave, { once: true })
    }),
  after(milliseconds, call) {
    const timer = setTimeout(call, milliseconds)
    return () => clearTimeout(timer)
  },
}
