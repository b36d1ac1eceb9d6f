import { type Stage, stageKey } from '../../engine/plan-run.ts'
import type { RunContext } from './context.ts'
import { loadNode, targetOf } from './load-stage.ts'

/**
 * Stages that must not run at once, although neither needs the other: one writes a file that the other reads. They go in the order of
 * the plan: by stage, those that come before it.
 */
export async function conflictsOf(run: RunContext): Promise<ReadonlyMap<string, readonly string[]>> {
  const { pipeline, plan } = run
  const before = new Map<string, string[]>()
  if (plan.stages.length < 2) return before
  const files = new Map(plan.stages.map((stage) => [stage, filesOf(run, stage)]))
  if ([...files.values()].every((text) => text === '')) return before
  for (const [order, stage] of plan.stages.entries()) {
    if (stage.kind !== 'load' || pipeline.nodes.get(stage.nodeId)?.config === undefined) continue
    const target = await targetOf(run, loadNode(run, stage.nodeId)).catch(() => undefined)
    for (const [index, other] of plan.stages.entries()) {
      if (other === stage || !target || !files.get(other)?.includes(target.path)) continue
      const [first, second] = index < order ? [other, stage] : [stage, other]
      before.set(stageKey(second), [...(before.get(stageKey(second)) ?? []), stageKey(first)])
    }
  }
  return before
}

const filesOf = ({ pipeline }: RunContext, stage: Stage): string =>
  stage.nodes.map((nodeId) => pipeline.fingerprints.get(nodeId) ?? '').join('')
