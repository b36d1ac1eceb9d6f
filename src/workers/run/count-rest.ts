import { stageKey } from '../../engine/plan-run.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { countRows } from '../count-rows.ts'
import type { RunContext } from './context.ts'

/**
 * Counts the rows of the ports that no result told.
 * @param failed stages that gave no rows
 * @returns nodes of which more is known now
 */
export async function countRest(run: RunContext, failed: ReadonlySet<string>): Promise<string[]> {
  const { pipeline, plan, project, request, results, signal } = run
  const done = plan.stages.filter((stage) => !failed.has(stageKey(stage)))
  const taking = new Set(done.flatMap((stage) => stage.nodes))
  const missing = new Map<string, PortRef>()
  for (const nodeId of taking)
    for (const from of pipeline.nodes.get(nodeId)?.inputs.values() ?? [])
      if (!results.rows.has(portKey(from))) missing.set(portKey(from), from)
  for (const nodeId of taking) for (const ref of rejectsOf(run, nodeId)) missing.set(portKey(ref), ref)
  if (missing.size === 0) return []
  const before = new Set(results.rows.keys())
  try {
    await countRows(project.session, pipeline, [...missing.values()], results.tables, results.rows, signal)
  } catch (thrown) {
    // The data is written; a count that fails is no reason to call the run failed. A cancel is one to stop.
    const { kind, message } = toErrorInfo(thrown)
    if (kind !== 'cancelled')
      process.stderr.write(`engine: warning: some rows of run ${request.runId} could not be counted: ${message}\n`)
    return []
  }
  // Counts tell others: what a node rejects is what it reads less what it passes on.
  return [...taking].filter((nodeId) =>
    (pipeline.nodes.get(nodeId)?.outputs ?? []).some((port) => {
      const key = portKey({ nodeId, port })
      return results.rows.has(key) && !before.has(key)
    }),
  )
}

/** Rejected rows count whether or not somebody reads them: those that nothing else tells. */
function rejectsOf({ pipeline, results }: RunContext, nodeId: string): PortRef[] {
  const module = pipeline.nodes.get(nodeId)?.module
  if (module?.kind !== 'relation' || module.splitsRows) return []
  return module.descriptor.outputs
    .filter((output) => output.reject)
    .map((output) => ({ nodeId, port: output.name }))
    .filter((ref) => pipeline.columns.has(portKey(ref)) && !results.rows.has(portKey(ref)))
}
