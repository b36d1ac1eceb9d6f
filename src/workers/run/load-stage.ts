import { randomUUID } from 'node:crypto'
import { sourceNames } from '../../engine/compile-node.ts'
import type { LoadStage } from '../../engine/plan-run.ts'
import { type PortRef, portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { InputRelation, LoadCommit, LoadModule, LoadResult } from '../../modules/kit/contract.ts'
import { raw, type Sql } from '../../modules/kit/sql.ts'
import type { Lease } from '../session.ts'
import { connectionOf, withSecretsHidden } from '../sources/connection-of.ts'
import { type CommitOf, type CommitRecord, commitOf, confirmCommit, findCommit } from './commits.ts'
import type { RunContext } from './context.ts'
import { forecastOf } from './forecast.ts'

/** Writes what the queries of its inputs give to a load's target. @throws LogiDataError */
export async function loadStage(
  run: RunContext,
  stage: LoadStage,
  hash: string | undefined,
  selectOf: (ref: PortRef) => Sql,
  lease: Lease,
  signal: AbortSignal,
): Promise<void> {
  const { pipeline, project, request } = run
  const { nodeId } = stage
  const node = loadNode(run, nodeId)
  const sources = sourceNames(node)
  const inputs = new Map<string, InputRelation>(
    [...stage.inputs].map(([port, ref]) => {
      const columns = pipeline.columns.get(portKey(ref)) ?? []
      return [port, { name: raw(`(${selectOf(ref).text})`), columns, source: sources.get(port) ?? port }]
    }),
  )
  const [input] = inputs.values()
  if (!input) throw new TypeError(`${nodeId} has no input`)
  for (const hook of run.hooks) await hook.beforeLoad?.(run, stage, inputs, lease)
  const { root, files } = project.session
  const target = await targetOf(run, node)
  const of = { runId: request.runId, nodeId, hash: hash ?? '', target: target.name }
  const { config, parameters } = node
  const connection = connectionOf(node.module.connection?.(config as never), pipeline.connections)
  const commit = commitFor(run, node, of, target.path)
  const asked = {
    nodeId,
    config: config as never,
    parameters,
    input,
    inputs,
    files,
    session: lease,
    signal,
    connection,
  }
  if (request.dry) {
    const forecast = await withSecretsHidden(connection, () => forecastOf(node, asked, target))
    run.emit({ kind: 'forecast', nodeId, forecast })
    return
  }
  let result: LoadResult
  try {
    result = await withSecretsHidden(connection, () => node.module.write({ ...asked, commit }))
  } catch (thrown) {
    // What failed after the target had changed has loaded its rows: trying it again would load them twice.
    // Where the target cannot be asked either, what was thrown first says why; the intent stays, for the attempt that comes next.
    const done = commit && (await committed(run, stage).catch(() => undefined))
    if (!done) throw thrown
    result = resultOf(done)
  }
  if (commit) await confirmCommit(root, of)
  takeResult(run, stage, result)
}

/** What an earlier attempt of this run committed of this load. */
export function committed(run: RunContext, stage: LoadStage): Promise<CommitRecord | undefined> {
  const node = loadNode(run, stage.nodeId)
  const { root, files } = run.project.session
  const of = { runId: run.request.runId, nodeId: stage.nodeId }
  return findCommit(root, of, async (key) => {
    const config = node.config as never
    const connection = connectionOf(node.module.connection?.(config), run.pipeline.connections)
    return (await node.module.committed?.({ config, connection, files, key })) ?? false
  })
}

export const resultOf = (record: CommitRecord): LoadResult => ({
  rows: BigInt(record.rows),
  written: record.written,
  ...(record.rowsByInput
    ? { rowsByInput: new Map(Object.entries(record.rowsByInput).map(([port, rows]) => [port, BigInt(rows)])) }
    : {}),
})

export function takeResult({ results }: RunContext, { nodeId, inputs }: LoadStage, result: LoadResult): void {
  for (const [port, ref] of inputs) {
    const rows = inputs.size === 1 ? result.rows : result.rowsByInput?.get(port)
    if (rows === undefined) continue
    results.rows.set(portKey({ nodeId, port }), rows)
    results.tell(portKey(ref), rows)
  }
  results.written.set(nodeId, result.written)
}

/**
 * A load that may be made again needs no proof that it was made. One over a connection has a key all the same: by it the attempt that takes
 * up the run finds, and clears away, what the one that died left beside the target. Other rows are another load.
 */
function commitFor(run: RunContext, node: LoadNode, of: CommitOf, path: string): LoadCommit | undefined {
  const { root } = run.project.session
  if (!isRepeatable(run, node, path)) return commitOf(root, of)
  if (node.module.connection?.(node.config as never) === undefined) return undefined
  return commitOf(root, of, `${of.runId}/${of.nodeId}/${of.hash === '' ? randomUUID() : of.hash}`)
}

/** Writing these again leaves the target as writing them once: the same rows under the same names or keys. */
const REPEATABLE = new Set(['overwrite', 'replace', 'upsert'])

/** Whether doing the load again leads to the same; not so where the pipeline reads what it writes. */
export function isRepeatable({ pipeline }: RunContext, node: LoadNode, path: string): boolean {
  if (!REPEATABLE.has(node.module.target(node.config as never).mode)) return false
  return ![...pipeline.fingerprints.values()].some((files) => files.includes(path))
}

export async function targetOf({ project }: RunContext, node: LoadNode): Promise<{ path: string; name: string }> {
  // A table of a database is named after its file.
  const { path } = node.module.target(node.config as never)
  if (node.module.connection?.(node.config as never) !== undefined) return { path, name: path }
  return project.session.files.output(path)
}

type LoadNode = ResolvedNode & { readonly module: LoadModule }

export function loadNode({ pipeline }: RunContext, nodeId: string): LoadNode {
  const node = pipeline.nodes.get(nodeId)
  if (node?.module?.kind !== 'load') throw new TypeError(`${nodeId} is no load`)
  return { ...node, module: node.module as LoadModule }
}
