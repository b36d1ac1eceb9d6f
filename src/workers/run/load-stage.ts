import { sourceNames } from '../../engine/compile-node.ts'
import type { LoadStage } from '../../engine/plan-run.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import type { LoadModule } from '../../modules/kit/contract.ts'
import { raw, type Sql } from '../../modules/kit/sql.ts'
import type { Lease } from '../session.ts'
import type { RunContext } from './context.ts'

/** Writes what the queries of its inputs give to a load's target. @throws LogiDataError */
export async function loadStage(
  run: RunContext,
  stage: LoadStage,
  selectOf: (ref: PortRef) => Sql,
  lease: Lease,
): Promise<void> {
  const { pipeline, project, results, signal } = run
  const { nodeId } = stage
  const node = pipeline.nodes.get(nodeId)
  if (node?.module?.kind !== 'load') throw new TypeError(`${nodeId} is no load`)
  const sources = sourceNames(node)
  const inputs = new Map(
    [...stage.inputs].map(([port, ref]) => {
      const columns = pipeline.columns.get(portKey(ref)) ?? []
      return [port, { name: raw(`(${selectOf(ref).text})`), columns, source: sources.get(port) ?? port }] as const
    }),
  )
  const [input] = inputs.values()
  if (!input) throw new TypeError(`${nodeId} has no input`)
  for (const hook of run.hooks) await hook.beforeLoad?.(run, stage, inputs, lease)
  const result = await (node.module as LoadModule).write({
    nodeId,
    config: node.config as never,
    parameters: node.parameters,
    input,
    inputs,
    files: project.session.files,
    session: lease,
    signal,
  })
  for (const [port, ref] of stage.inputs) {
    const rows = stage.inputs.size === 1 ? result.rows : result.rowsByInput?.get(port)
    if (rows === undefined) continue
    results.rows.set(portKey({ nodeId, port }), rows)
    results.rows.set(portKey(ref), rows)
  }
  results.written.set(nodeId, result.written)
}
