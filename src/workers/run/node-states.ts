import { type Stage, stageKey } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import { accountOf } from '../accounting/account.ts'
import { deriveRows } from '../accounting/derive-rows.ts'
import type { RunContext } from './context.ts'

/** Says what becomes of the nodes: each starts once and is settled once, when no stage that computes it is left. */
export class NodeStates {
  readonly #run: RunContext
  readonly #open: Set<Stage>
  readonly #computed = new Set<string>()
  readonly #started = new Set<string>()
  readonly #settled = new Set<string>()
  readonly #said = new Map<string, string>()

  constructor(run: RunContext) {
    this.#run = run
    this.#open = new Set(run.plan.stages)
  }

  start(stage: Stage): void {
    for (const nodeId of stage.nodes) {
      if (this.#started.has(nodeId) || this.#settled.has(nodeId)) continue
      this.#started.add(nodeId)
      this.#run.emit({ kind: 'node', nodeId, state: 'running' })
    }
  }

  fail(nodeId: string, error: ErrorInfo): void {
    if (this.#settled.has(nodeId)) return
    this.#settled.add(nodeId)
    const milliseconds = this.#run.results.milliseconds.get(nodeId)
    this.#run.emit({
      kind: 'node',
      nodeId,
      state: 'failed',
      error: { ...error, nodeId },
      ...(milliseconds === undefined ? {} : { milliseconds }),
    })
  }

  /** A stage has given its rows, or it never will. */
  end(stage: Stage, computed: boolean): void {
    this.#open.delete(stage)
    if (computed) {
      for (const nodeId of stage.nodes) this.#computed.add(nodeId)
      deriveRows(this.#run.pipeline, this.#run.results.rows)
    }
    const open = new Set([...this.#open].flatMap((other) => other.nodes))
    for (const nodeId of stage.nodes) {
      if (open.has(nodeId) || this.#settled.has(nodeId)) continue
      this.#settled.add(nodeId)
      if (this.#computed.has(nodeId)) this.sayDone(nodeId)
      else this.#run.emit({ kind: 'node', nodeId, state: 'skipped' })
    }
  }

  /** With the rows that are known by now: a node may be said to be done again when more of them are. */
  sayDone(nodeId: string): void {
    const { pipeline, results, emit } = this.#run
    const rows: Record<string, string> = {}
    const node = pipeline.nodes.get(nodeId)
    for (const port of node?.module?.kind === 'load' ? node.inputs.keys() : (node?.outputs ?? [])) {
      const count = results.rows.get(portKey({ nodeId, port }))
      if (count !== undefined) rows[port] = String(count)
    }
    const written = results.written.get(nodeId)
    const milliseconds = results.milliseconds.get(nodeId)
    const event: RunEvent = {
      kind: 'node',
      nodeId,
      state: 'done',
      rows,
      ...(milliseconds === undefined ? {} : { milliseconds }),
      ...(written ? { written: [...written] } : {}),
      ...accountOf(this.#run, nodeId),
    }
    const text = JSON.stringify(event)
    if (this.#said.get(nodeId) === text) return
    this.#said.set(nodeId, text)
    emit(event)
  }

  /** Of every node that is done and of which more is known by now. */
  sayMore(): void {
    for (const nodeId of [...this.#said.keys()]) this.sayDone(nodeId)
  }

  cancelRest(): void {
    for (const nodeId of this.#run.plan.nodes) {
      if (this.#settled.has(nodeId)) continue
      this.#settled.add(nodeId)
      this.#run.emit({ kind: 'node', nodeId, state: 'cancelled' })
    }
  }
}

/** Why a stage that only depends on others never ran. */
export const incomplete = (stage: Stage): ErrorInfo => ({
  code: 'run.incomplete',
  kind: 'user',
  message: `“${stageKey(stage)}” could not run, because something above it failed.`,
})
