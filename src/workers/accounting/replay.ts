import { isBlocking } from '../../engine/compile-node.ts'
import { planRun, type RunPlan } from '../../engine/plan-run.ts'
import { type PortRef, portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../shared/errors.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import type { Project } from '../project.ts'
import type { RunResults } from '../run/results.ts'
import { scalar } from '../session.ts'

export interface Replay {
  readonly pipeline: AnalysedPipeline
  readonly plan: RunPlan
}

/**
 * A run of rejected rows that were repaired: they take the place of the node's input, what is below it is computed from them, and the
 * loads add them to what they wrote before.
 * @param results gets the rows, as the result of the port that the node reads
 * @throws LogiDataError `replay.…` where adding them would not give what a run over all rows gives
 */
export async function planReplay(
  project: Project,
  pipeline: AnalysedPipeline,
  { nodeId, file }: { readonly nodeId: string; readonly file: string },
  results: RunResults,
  signal: AbortSignal,
): Promise<Replay> {
  const node = pipeline.nodes.get(nodeId)
  if (!node) throw userError('reference.unknown-node', `There is no node “${nodeId}”.`)
  const [input, from] = (node.inputs.has('in') ? ['in', node.inputs.get('in')] : [...node.inputs][0]) ?? []
  if (input === undefined || from === undefined)
    throw refused('replay.source', node, `“${nodeId}” reads a file: its rejected rows cannot be read a second time.`, {
      hint: 'Correct the rows in the file itself, or read the corrected rows with a step of their own, and run again.',
    })
  const below = nodesBelow(pipeline, nodeId)
  const loads = [...below].flatMap((id) => pipeline.nodes.get(id) ?? []).filter(({ module }) => module?.kind === 'load')
  if (loads.length === 0)
    throw refused('replay.no-load', node, `Nothing below “${nodeId}” is written: there is nothing to add the rows to.`)
  for (const id of below) {
    const one = pipeline.nodes.get(id)
    if (one) requireAddable(one, below, nodeId)
  }
  const changed = new Map(loads.map((load) => [load.id, appending(load)]))

  const columns = pipeline.columns.get(portKey(from)) ?? []
  const table = await repairedRows(project, file, columns, node, signal)
  results.tables.set(portKey(from), table)
  const rows = await project.session.lease(signal, (lease) => scalar(lease, `SELECT count(*) FROM ${table.text}`))
  results.rows.set(portKey(from), BigInt(rows ?? 0))

  // Nothing above the rows takes part.
  const source = pipeline.nodes.get(from.nodeId)
  const nodes = new Map(pipeline.nodes)
  for (const [id, load] of changed) nodes.set(id, load)
  if (source) nodes.set(source.id, { ...source, inputs: new Map() })
  const replayed = { ...pipeline, nodes, compiled: new Map() }
  const plan = planRun(replayed, { only: loads.map(({ id }) => id) })
  const without = (ids: readonly string[]): string[] => ids.filter((id) => id !== from.nodeId)
  const stages = plan.stages.map((stage) => ({ ...stage, nodes: without(stage.nodes) }))
  return { pipeline: replayed, plan: { ...plan, stages, nodes: without(plan.nodes) } }
}

function nodesBelow({ nodes }: AnalysedPipeline, nodeId: string): Set<string> {
  const below = new Set([nodeId])
  // The nodes are in the pipeline's order.
  for (const node of nodes.values())
    if ([...node.inputs.values()].some((from) => below.has(from.nodeId))) below.add(node.id)
  return below
}

function requireAddable(node: ResolvedNode, below: ReadonlySet<string>, replayed: string): void {
  if (node.module?.kind === 'load') return
  if (node.module?.kind === 'relation' && isBlocking(node))
    throw refused(
      'replay.blocking',
      node,
      `“${node.id}” looks at all rows together: what it gives for these alone is not what it would give for all.`,
      {
        hint: 'Put the corrected rows into the source, and run the whole pipeline again.',
      },
    )
  const others = [...node.inputs.values()].filter((from) => !below.has(from.nodeId))
  if (node.id === replayed || others.length === 0) return
  const names = others.map((from: PortRef) => `“${from.nodeId}”`).join(', ')
  throw refused(
    'replay.other-input',
    node,
    `“${node.id}” also reads ${names}: those rows would be written a second time.`,
    {
      hint: 'Put the corrected rows into the source, and run the whole pipeline again.',
    },
  )
}

const ADDING = new Set(['append', 'upsert'])

/** The load, adding to its target whatever it does else. */
function appending(node: ResolvedNode): ResolvedNode {
  const { config, module } = node
  if (module?.kind !== 'load' || typeof config !== 'object' || config === null) return node
  if (ADDING.has(module.target(config as never).mode)) return node
  const parsed = module.descriptor.config.safeParse({ ...config, mode: 'append' })
  if (!('mode' in config) || !parsed.success)
    throw refused('replay.cannot-append', node, `“${node.id}” cannot add rows to what it wrote.`, {
      hint: 'Put the corrected rows into the source, and run the whole pipeline again; or write to a target that can be added to, such as Parquet, CSV or a table.',
    })
  return { ...node, config: parsed.data, configText: `${node.configText}\0append` }
}

/** The rows of the file with the columns and types that the node reads. */
async function repairedRows(
  project: Project,
  file: string,
  columns: readonly Column[],
  node: ResolvedNode,
  signal: AbortSignal,
): Promise<Sql> {
  const [found] = await project.session.files.inputs(file)
  if (!found) throw userError('file.not-found', `There is no file ${file}.`)
  const source = sql`read_parquet(${literal(found.path)})`
  const has = await project.session.lease(signal, (lease) => lease.query(sql`SELECT * FROM ${source} LIMIT 0`))
  const names = new Set(has.columns.map(({ name }) => name.toLowerCase()))
  const missing = columns.filter(({ name }) => !names.has(name.toLowerCase()))
  if (missing.length > 0)
    throw refused(
      'replay.columns',
      node,
      `The rows in ${found.name} lack columns that “${node.id}” reads: ${missing.map(({ name }) => `“${name}”`).join(', ')}.`,
      {
        hint: 'Replay the file that a run with this pipeline kept, or add the columns.',
      },
    )
  const cast = columns.map(({ name, type }) => sql`CAST(${identifier(name)} AS ${raw(type)}) AS ${identifier(name)}`)
  return sql`(SELECT ${joinSql(cast)} FROM ${source}) AS k`
}

const refused = (code: string, node: ResolvedNode, message: string, details: { hint?: string } = {}): LogiDataError =>
  userError(code, message, { nodeId: node.id, ...details })
