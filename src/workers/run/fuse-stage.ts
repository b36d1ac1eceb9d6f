import { type FusedQuery, fuse } from '../../engine/fuse.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import { planCounters } from '../accounting/plan-counters.ts'
import type { RunContext } from './context.ts'

/** The query of a port, over the results that were kept so far. */
export function fuseStage({ pipeline, results }: RunContext, target: PortRef): FusedQuery {
  return fuse(pipeline, [target], { replaced: results.tables, compiled: pipeline.compiled })
}

/** The same, with operators that count the rows of the ports on the way. */
export function fuseCounted(run: RunContext, target: PortRef): FusedQuery {
  const { pipeline, request, results } = run
  if (request.rowCounts === 'none') return fuseStage(run, target)
  const known = [...results.rows.keys(), portKey(target)]
  return fuse(pipeline, [target], {
    replaced: results.tables,
    compiled: pipeline.compiled,
    counters: (parts) => planCounters(pipeline, parts, known),
  })
}
