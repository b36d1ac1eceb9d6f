import { type FusedQuery, fuse } from '../../engine/fuse.ts'
import type { Stage } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import type { RunContext } from '../run/context.ts'
import type { Lease } from '../session.ts'
import { attributeCost } from './attribute-cost.ts'
import { warn } from './log.ts'
import { readProfile } from './profile-tree.ts'
import { readCounters } from './read-counters.ts'

/**
 * Takes from what DuckDB measured in a stage's queries the rows that they counted. Whatever goes wrong here leaves counts
 * out and is no failure: the data is written.
 */
export async function measureQueries(
  run: RunContext,
  stage: Stage,
  queries: readonly FusedQuery[],
  lease: Lease,
): Promise<void> {
  for (const query of queries) {
    const json = lease.profileOf(query.select.text)
    const profile = json === undefined ? undefined : readProfile(json)
    if (!profile?.statement.includes(query.select.text)) continue
    attributeCost(run, { stage, query, profile })
    try {
      const counts = await readCounters(query, profile, (key) => planOf(run, query, key, lease))
      for (const [key, rows] of counts) run.results.tell(key, rows)
    } catch (thrown) {
      if (toErrorInfo(thrown).kind === 'cancelled') throw thrown
      warn(
        run,
        `The rows that the query of ${stage.nodes.join(', ')} counted cannot be used: ${toErrorInfo(thrown).message}`,
      )
    }
  }
}

async function planOf(
  { pipeline, results }: RunContext,
  { counters, parts }: FusedQuery,
  key: string,
  lease: Lease,
): Promise<string | undefined> {
  const part = parts.find(({ ref }) => portKey(ref) === key)
  if (!part) return undefined
  const own = fuse(pipeline, [part.ref], {
    replaced: results.tables,
    compiled: pipeline.compiled,
    counters: () => counters,
  })
  return lease.explain(own.select.text)
}
