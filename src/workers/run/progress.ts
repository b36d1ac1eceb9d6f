import { type Stage, stageKey } from '../../engine/plan-run.ts'
import type { Lease } from '../session.ts'
import type { RunContext } from './context.ts'

const EVERY_MS = 100

/** Says how far a run is: it never goes back, however many stages run at once. */
export class Progress {
  readonly #run: RunContext
  readonly #running = new Map<string, { readonly nodeId: string; readonly lease: Lease }>()
  readonly #ended = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #said = -1

  constructor(run: RunContext) {
    this.#run = run
  }

  watch(stage: Stage, lease: Lease): void {
    const nodeId = stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId
    this.#running.set(stageKey(stage), { nodeId, lease })
    this.#timer ??= setInterval(() => this.#say(), EVERY_MS)
  }

  /** The stage's connection is somebody else's from now on. */
  leave(stage: Stage): void {
    this.#running.delete(stageKey(stage))
  }

  end(stage: Stage): void {
    this.leave(stage)
    this.#ended.add(stageKey(stage))
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#running.clear()
  }

  #say(): void {
    let sum = this.#ended.size
    let nodeId: string | undefined
    for (const running of this.#running.values()) {
      sum += running.lease.progress ?? 0
      nodeId ??= running.nodeId
    }
    const fraction = sum / this.#run.plan.stages.length
    if (nodeId === undefined || fraction <= this.#said) return
    this.#said = fraction
    this.#run.emit({ kind: 'progress', fraction, nodeId })
  }
}
