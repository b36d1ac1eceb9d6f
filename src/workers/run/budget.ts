import { isBlocking } from '../../engine/compile-node.ts'
import type { Stage } from '../../engine/plan-run.ts'
import type { ResolvedPipeline } from '../../engine/resolve-pipeline.ts'
import { cancelledError } from '../../shared/errors.ts'

/** What there is to share: memory in parts, each with a connection to go with it. */
export const WHOLE_BUDGET = 4

/** A stage that sorts, groups or joins may need all of the memory; one that only streams, a part. */
export function weightOf(pipeline: ResolvedPipeline, stage: Stage): number {
  const heavy = stage.nodes.some((nodeId) => {
    const node = pipeline.nodes.get(nodeId)
    return node !== undefined && node.inputs.size > 0 && isBlocking(node)
  })
  return heavy ? WHOLE_BUDGET : 1
}

interface Waiting {
  readonly weight: number
  readonly order: number
  readonly start: () => void
}

/** Lends parts of a budget: to those that come first in the plan first, past what does not fit yet. */
export class Budget {
  #free: number
  readonly #waiting: Waiting[] = []

  constructor(whole = WHOLE_BUDGET) {
    this.#free = whole
  }

  /** @returns gives it back. @throws LogiDataError `cancelled` */
  async take(weight: number, order: number, signal: AbortSignal): Promise<() => void> {
    if (signal.aborted) throw cancelledError()
    if (this.#free < weight || this.#waiting.length > 0)
      await new Promise<void>((resolve, reject) => {
        const leave = (): void => {
          this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
          reject(cancelledError())
        }
        const start = (): void => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
        const waiting = { weight, order, start }
        this.#waiting.push(waiting)
        this.#waiting.sort((one, other) => one.order - other.order)
        signal.addEventListener('abort', leave, { once: true })
        this.#lend()
      })
    else this.#free -= weight
    return () => {
      this.#free += weight
      this.#lend()
    }
  }

  #lend(): void {
    for (const waiting of [...this.#waiting]) {
      if (waiting.weight > this.#free) continue
      this.#free -= waiting.weight
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1)
      waiting.start()
    }
  }
}
