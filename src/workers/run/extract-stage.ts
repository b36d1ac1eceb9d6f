import { stageKey } from '../../engine/plan-run.ts'
import { portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { Pushed } from '../../modules/kit/pushdown.ts'
import type { StagedFile } from '../../shared/engine/types.ts'
import { operationalError } from '../../shared/errors.ts'
import { connectionOf } from '../sources/connection-of.ts'
import { writeWhole } from '../sources/discovery-record.ts'
import { keptRows } from '../sources/kept-rows.ts'
import { readSource } from '../sources/read-source.ts'
import { extractNode } from '../sources/source-key.ts'
import type { SourceFacts } from '../sources/sources.ts'
import type { RunContext } from './context.ts'
import { pushedKey } from './pushed.ts'
import { type StagedResult, writeStaged } from './staged-results.ts'

/** Reads all rows of a source. All ports at once: a stage of another port of the same node then finds its table. @throws LogiDataError */
export async function extractStage(
  run: RunContext,
  node: ResolvedNode,
  hash: string,
  signal: AbortSignal,
): Promise<readonly StagedFile[]> {
  const { pipeline, project, request, results } = run
  if (node.outputs.some((port) => results.tables.has(portKey({ nodeId: node.id, port })))) return []
  const source = extractNode(node)
  const connection = connectionOf(source.module.connection(node.config as never), pipeline.connections)
  const facts = pipeline.facts.get(node.id) as SourceFacts
  if (request.offline) return offlineStage(run, node, facts)
  const { discovered } = facts
  const pushed = run.pushed.get(node.id)
  const at = new Date().toISOString()
  const state = request.cursors?.[node.id]
  if (pushed)
    run.emit({
      kind: 'log',
      at,
      level: 'info',
      nodeId: node.id,
      message: saidOf(node.id, pushed, discovered.columns.length),
    })
  const staged = await writeStaged(project.session, hash, async (folder) => {
    const { ports, result } = await readSource(
      { session: project.session, node: source, connection, discovered, pushed, state, signal },
      folder,
    )
    return { ports, ...(result.state === undefined ? {} : { about: result.state }) }
  })
  takeStaged(run, node.id, hash, staged)
  // What is new since the last run is not what the source holds.
  if (!source.module.incremental?.(node.config as never))
    await writeWhole(project.session, pushedKey(facts.key, pushed), { version: 1, at, hash })
  return staged.files
}

/** What was left to a source, for the log of a run. */
function saidOf(id: string, { where, first, columns }: Pushed, all: number): string {
  const rows =
    where || first ? ' only for the rows that the steps after it let through; the others are counted nowhere' : ''
  const values = columns ? ` for ${columns.length} of its ${all} columns` : ''
  return `“${id}” is asked${rows}${rows && values ? ', and' : ''}${values}.`
}

/** The rows as they were read last: by a run, or by a preview that saw all of them. @throws LogiDataError `source.offline` */
async function offlineStage(run: RunContext, node: ResolvedNode, facts: SourceFacts): Promise<readonly StagedFile[]> {
  const { project, pipeline, results, emit } = run
  // Those that the steps after it need are enough; the newest ones are best.
  const pushed = run.pushed.get(node.id)
  const all = await keptRows(project.session, facts)
  const some = pushed && (await keptRows(project.session, { ...facts, key: pushedKey(facts.key, pushed) }))
  const kept = some && (!all || some.at > all.at) ? some : all
  if (!kept)
    throw operationalError(
      'source.offline',
      `No run has read all rows of “${node.id}” yet, or they were cleaned away.`,
      {
        nodeId: node.id,
        hint: 'Run the pipeline once while the source can be reached.',
      },
    )
  results.take(pipeline, node.id, kept.hash, kept.staged)
  const message = `“${node.id}” was not asked: its rows are of ${kept.at}.`
  emit({ kind: 'log', at: new Date().toISOString(), level: 'warn', nodeId: node.id, message })
  return kept.staged.files
}

/** Takes what was staged, now or in an earlier attempt: the rows, and of an extract where the next run goes on. */
export function takeStaged(run: RunContext, nodeId: string, hash: string, staged: StagedResult): void {
  const { pipeline, results, emit } = run
  results.take(pipeline, nodeId, hash, staged)
  if (staged.about === undefined || run.request.dry) return
  if (reachesAllLoads(run, nodeId)) emit({ kind: 'cursor', nodeId, state: staged.about })
  else
    emit({
      kind: 'log',
      at: new Date().toISOString(),
      level: 'warn',
      nodeId,
      message: `Not all that reads “${nodeId}” is run: the next run reads the same rows again.`,
    })
}

/** What is new counts as loaded once it is in every load. */
function reachesAllLoads({ pipeline, plan }: RunContext, nodeId: string): boolean {
  const below = new Set([nodeId])
  for (const node of pipeline.nodes.values())
    if ([...node.inputs.values()].some((input) => below.has(input.nodeId))) below.add(node.id)
  const loads = [...below].filter((id) => pipeline.nodes.get(id)?.module?.kind === 'load')
  const run = new Set(plan.stages.map(stageKey))
  return loads.length > 0 && loads.every((id) => run.has(id))
}
