import { stageKey } from '../../engine/plan-run.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import type { RunContext } from '../run/context.ts'
import { measureFiles } from './attribute-cost.ts'
import { balanceOf, unbalanced } from './balance.ts'
import { countRest } from './count-rest.ts'
import { keepRejects } from './keep-rejects.ts'
import { warn } from './log.ts'

type NodeEvent = Extract<RunEvent, { kind: 'node' }>

/** What a run knows of a node's rows, rejects and cost, for its event. */
export function accountOf(run: RunContext, nodeId: string): Pick<NodeEvent, 'balance' | 'metrics' | 'rejects'> {
  const balance = balanceOf(run, nodeId)
  const metrics = run.results.metrics.get(nodeId)
  const rejects = run.results.rejects.get(nodeId)
  return { ...(metrics ? { metrics } : {}), ...(balance ? { balance } : {}), ...(rejects ? { rejects } : {}) }
}

/**
 * After the stages of a run: counts what nothing told, keeps rejected rows, and looks whether the rows of every node add up.
 * @param failed stages that gave no rows
 * @returns what makes the run fail though all was written: rows that do not add up
 */
export async function closeAccounts(run: RunContext, failed: ReadonlySet<string>): Promise<ErrorInfo | undefined> {
  const done = run.plan.stages.filter((stage) => !failed.has(stageKey(stage)))
  const taking = new Set(done.flatMap(({ nodes }) => nodes))
  if (run.request.rowCounts === 'exact') await countRest(run, taking)
  await keepRejects(run, taking)
  await measureFiles(run, taking)
  const error = unbalanced(run, taking)
  if (!error || !run.results.refreshed) return error
  warn(run, `${error.message} A stage was tried again meanwhile: its sources may have changed.`)
  return undefined
}
