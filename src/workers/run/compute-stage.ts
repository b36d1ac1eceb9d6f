import { isStaged } from '../../engine/compile-node.ts'
import type { FusedQuery } from '../../engine/fuse.ts'
import { type Stage, stageKey } from '../../engine/plan-run.ts'
import type { PortRef } from '../../engine/resolve-pipeline.ts'
import type { Sql } from '../../modules/kit/sql.ts'
import type { StagedFile } from '../../shared/engine/types.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { addMetrics } from '../accounting/attribute-cost.ts'
import { measureQueries } from '../accounting/measure-queries.ts'
import type { Lease } from '../session.ts'
import type { RunContext } from './context.ts'
import { explainFailure } from './explain-failure.ts'
import { extractStage } from './extract-stage.ts'
import { fuseCounted } from './fuse-stage.ts'
import { inTurn } from './in-turn.ts'
import { keepStage } from './keep-stage.ts'
import { loadStage } from './load-stage.ts'
import { processStage } from './process-stage.ts'
import type { Progress } from './progress.ts'
import { deadlineOf } from './retry.ts'

/** The node to which a stage's failure belongs when nothing says better. */
export const ownerOf = (stage: Stage): string => (stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId)

export interface Computed {
  readonly files: readonly StagedFile[]
  /** Why it failed, with the node that it was. */
  readonly error?: ErrorInfo
}

/**
 * Computes a stage whose needs are met.
 * @param stop ends with the run
 * @throws LogiDataError `cancelled`
 */
export async function computeStage(
  run: RunContext,
  stage: Stage,
  progress: Progress,
  stop: AbortSignal,
): Promise<Computed> {
  const { pipeline, project, results } = run
  const hash = run.hashes.get(stageKey(stage))
  const started = performance.now()
  const queries: FusedQuery[] = []
  const deadline = deadlineOf(run, stage, stop)
  const { signal } = deadline
  try {
    let files: readonly StagedFile[] = []
    const node = pipeline.nodes.get(ownerOf(stage))
    if (stage.kind === 'keep' && node && isStaged(node)) {
      if (hash === undefined) throw new TypeError(`${node.id} has no hash`)
      const compute = node.module?.kind === 'extract' ? extractStage : processStage
      files = await inTurn(run.turns, node.id, () => compute(run, node, hash, signal))
    } else {
      let measuring: Lease | undefined
      const selectOf = (ref: PortRef): Sql => {
        const query = fuseCounted(run, ref)
        queries.push(query)
        measuring?.watch(query.select.text)
        return query.select
      }
      await lendTo(run, signal, async (lease) => {
        measuring = lease
        progress.watch(stage, lease)
        const stop = project.session.meter.watch()
        try {
          if (stage.kind === 'keep') files = await keepStage(run, stage, hash, selectOf(stage.ref), lease)
          else await loadStage(run, stage, hash, selectOf, lease, signal)
        } finally {
          progress.leave(stage)
          const peak = await stop()
          if (peak) addMetrics(run, ownerOf(stage), peak)
        }
        await measureQueries(run, stage, queries, lease)
      })
    }
    for (const hook of run.hooks) await hook.afterStage?.(run, stage)
    return { files }
  } catch (thrown) {
    results.doubt(stage.nodes)
    const exceeded = deadline.exceeded()
    if (exceeded) return { files: [], error: exceeded }
    if (stop.aborted || toErrorInfo(thrown).kind === 'cancelled') throw thrown
    const error = await explainFailure(project.session, pipeline, queries, thrown, ownerOf(stage), stop)
    return { files: [], error }
  } finally {
    deadline.clear()
    const spent = performance.now() - started
    for (const nodeId of stage.nodes) results.milliseconds.set(nodeId, (results.milliseconds.get(nodeId) ?? 0) + spent)
  }
}

/** A run that counts no rows looks at none of its operators either: the times of each cost some 3 % of a query. */
function lendTo(
  { project: { session }, request }: RunContext,
  signal: AbortSignal,
  work: (lease: Lease) => Promise<void>,
): Promise<void> {
  return request.rowCounts === 'none' ? session.lease(signal, work) : session.measured(signal, work)
}
