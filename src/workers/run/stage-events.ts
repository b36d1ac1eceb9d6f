import { isStaged } from '../../engine/compile-node.ts'
import { type RunPlan, type Stage, stageKey } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import type { RunEvent, StageState } from '../../shared/engine/types.ts'
import type { Emit, RunContext } from './context.ts'

type StageEvent = Extract<RunEvent, { kind: 'stage' }>
type Details = Omit<StageEvent, 'kind' | 'key' | 'state' | 'attempt' | 'at'>

/** The stages of a plan, as `started` tells them. */
export const stagesOf = (plan: RunPlan) =>
  plan.stages.map((stage) => ({
    key: stageKey(stage),
    kind: stage.kind,
    nodes: [...stage.nodes],
    needs: [...stage.needs],
  }))

/** Says what becomes of the stages. */
export class StageStates {
  readonly #emit: Emit
  readonly #open = new Map<string, number>()

  constructor({ emit, plan }: RunContext) {
    this.#emit = emit
    for (const stage of plan.stages) this.#open.set(stageKey(stage), 1)
  }

  /** @param attempt of the stage, from 1 */
  say(stage: Stage, state: StageState, attempt = 1, details: Details = {}): void {
    const key = stageKey(stage)
    if (ENDED.has(state)) this.#open.delete(key)
    else this.#open.set(key, attempt)
    this.#emit({ kind: 'stage', key, state, attempt, at: new Date().toISOString(), ...details })
  }

  cancelRest(): void {
    for (const [key, attempt] of this.#open)
      this.#emit({ kind: 'stage', key, state: 'cancelled', attempt, at: new Date().toISOString() })
    this.#open.clear()
  }
}

const ENDED: ReadonlySet<StageState> = new Set<StageState>(['done', 'reused', 'failed', 'skipped', 'cancelled'])

/** Rows of what a stage gives: of a kept result by its port, of a load by its input. */
export function rowsOf({ pipeline, results }: RunContext, stage: Stage): Record<string, string> {
  const nodeId = stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId
  const node = pipeline.nodes.get(nodeId)
  const computed = node && isStaged(node) ? node.outputs : stage.kind === 'keep' ? [stage.ref.port] : []
  const ports = stage.kind === 'load' ? stage.inputs.keys() : computed
  const rows: Record<string, string> = {}
  for (const port of ports) {
    const count = results.rows.get(portKey({ nodeId, port }))
    if (count !== undefined) rows[port] = String(count)
  }
  return rows
}
