import { type FusedQuery, fuse } from '../../engine/fuse.ts'
import type { PortRef } from '../../engine/resolve-pipeline.ts'
import type { RunContext } from './context.ts'

/** The query of a port, over the results that were kept so far. */
export function fuseStage({ pipeline, results }: RunContext, target: PortRef): FusedQuery {
  return fuse(pipeline, [target], { replaced: results.tables, compiled: pipeline.compiled })
}
