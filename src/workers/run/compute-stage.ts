import type { FusedQuery } from '../../engine/fuse.ts'
import type { Stage } from '../../engine/plan-run.ts'
import type { PortRef } from '../../engine/resolve-pipeline.ts'
import type { Sql } from '../../modules/kit/sql.ts'
import { type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { measureQueries } from '../accounting/measure-queries.ts'
import type { Lease } from '../session.ts'
import type { RunContext } from './context.ts'
import { explainFailure } from './explain-failure.ts'
import { fuseCounted } from './fuse-stage.ts'
import { keepStage } from './keep-stage.ts'
import { loadStage } from './load-stage.ts'
import { processStage } from './process-stage.ts'
import type { Progress } from './progress.ts'

/** The node to which a stage's failure belongs when nothing says better. */
export const ownerOf = (stage: Stage): string => (stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId)

/**
 * Computes a stage whose needs are met.
 * @returns why it failed, with the node that it was
 * @throws LogiDataError `cancelled`
 */
export async function computeStage(run: RunContext, stage: Stage, progress: Progress): Promise<ErrorInfo | undefined> {
  const { pipeline, project, results, signal } = run
  const started = performance.now()
  const queries: FusedQuery[] = []
  try {
    const node = pipeline.nodes.get(ownerOf(stage))
    if (stage.kind === 'keep' && node?.module?.kind === 'process') await processStage(run, node)
    else {
      let measuring: Lease | undefined
      const selectOf = (ref: PortRef): Sql => {
        const query = fuseCounted(run, ref)
        queries.push(query)
        measuring?.watch(query.select.text)
        return query.select
      }
      await project.session.measured(signal, async (lease) => {
        measuring = lease
        progress.watch(stage, lease)
        try {
          if (stage.kind === 'keep') await keepStage(run, stage, selectOf(stage.ref), lease)
          else await loadStage(run, stage, selectOf, lease)
        } finally {
          progress.leave(stage)
        }
        await measureQueries(run, stage, queries, lease)
      })
    }
    for (const hook of run.hooks) await hook.afterStage?.(run, stage)
    return undefined
  } catch (thrown) {
    if (signal.aborted || toErrorInfo(thrown).kind === 'cancelled') throw thrown
    return await explainFailure(project.session, pipeline, queries, thrown, ownerOf(stage), signal)
  } finally {
    const spent = performance.now() - started
    for (const nodeId of stage.nodes) results.milliseconds.set(nodeId, (results.milliseconds.get(nodeId) ?? 0) + spent)
  }
}
