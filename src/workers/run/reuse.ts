import { type LoadStage, type Stage, stageKey } from '../../engine/plan-run.ts'
import type { StagedFile } from '../../shared/engine/types.ts'
import type { RunContext } from './context.ts'
import { takeStaged } from './extract-stage.ts'
import { committed, isRepeatable, loadNode, resultOf, takeResult, targetOf } from './load-stage.ts'
import { readStaged } from './staged-results.ts'

/** What is not computed, because it is there. */
export interface Reused {
  readonly files: readonly StagedFile[]
}

/**
 * Finds what earlier attempts have done and what is still right: loads that were committed, and results that are staged, of those that
 * something left to do still reads. What they gave is in the run's results afterwards.
 */
export async function reusedStages(run: RunContext): Promise<ReadonlyMap<string, Reused>> {
  const { plan, request } = run
  const reused = new Map<string, Reused>()
  if ((request.attempt ?? 1) === 1 && !request.resume && !request.from) return reused
  const needed = new Set(plan.targets)
  for (const stage of plan.stages.toReversed()) {
    const key = stageKey(stage)
    if (stage.kind === 'load') {
      if (await reuseLoad(run, stage)) reused.set(key, { files: [] })
      else needed.add(key)
    } else if (!needed.has(key)) reused.set(key, { files: [] })
    else {
      const staged = await stagedResult(run, stage)
      if (staged) reused.set(key, { files: staged })
    }
    if (needed.has(key) && !reused.has(key)) for (const need of stage.needs) needed.add(need)
  }
  return reused
}

async function reuseLoad(run: RunContext, stage: LoadStage): Promise<boolean> {
  const { hashes, request, results, emit } = run
  const { nodeId } = stage
  const hash = hashes.get(nodeId)
  if (hash === undefined) return false
  const record = await committed(run, stage)
  const finished = request.resume?.stages.find(({ key }) => key === nodeId)
  if (record) {
    const node = loadNode(run, nodeId)
    const target = await targetOf(run, node)
    const same = record.hash === hash
    // Somewhere else nothing was loaded yet; and over itself it may be loaded anew.
    if (!same && (record.target !== target.name || isRepeatable(run, node, target.path))) return false
    if (!same)
      emit({
        kind: 'log',
        at: new Date().toISOString(),
        level: 'warn',
        nodeId,
        message: `“${nodeId}” had loaded its rows before something that they depend on changed. They are not loaded again; start a new run to do so.`,
      })
    takeResult(run, stage, resultOf(record))
    return true
  }
  if (finished?.hash !== hash) return false
  for (const [port, rows] of Object.entries(finished.rows)) {
    results.rows.set(`${nodeId}.${port}`, BigInt(rows))
    const from = stage.inputs.get(port)
    if (from) results.rows.set(`${from.nodeId}.${from.port}`, BigInt(rows))
  }
  return true
}

async function stagedResult(run: RunContext, stage: Extract<Stage, { kind: 'keep' }>) {
  const { hashes, pipeline, plan, project, request } = run
  const key = stageKey(stage)
  const hash = hashes.get(key)
  // From a node on means that it is computed anew, with everything below.
  if (hash === undefined || (request.from && !request.resume && plan.below.has(stage.ref.nodeId))) return undefined
  const noted = request.resume?.stages.find((other) => other.key === key && other.hash === hash)
  // It was staged before it was looked at.
  const checked = stage.nodes.some((nodeId) => (pipeline.nodes.get(nodeId)?.checks?.length ?? 0) > 0)
  if (checked && !noted) return undefined
  const staged = await readStaged(project.session, hash, noted?.files)
  if (!staged) return undefined
  takeStaged(run, stage.ref.nodeId, hash, staged)
  return staged.files
}
