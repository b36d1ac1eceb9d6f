import { countQuery } from '../engine/count-plan.ts'
import { fuse } from '../engine/fuse.ts'
import { type PortRef, portKey } from '../engine/resolve-pipeline.ts'
import type { Sql } from '../modules/kit/sql.ts'
import { toErrorInfo } from '../shared/errors.ts'
import type { AnalysedPipeline } from './analyse.ts'
import { rowsKnown } from './preview.ts'
import type { ProjectSession } from './session.ts'

/** Adds the counts that follow from known ones: nodes that keep their rows, up and down, and sources that know theirs. */
export function deriveRows(pipeline: AnalysedPipeline, rows: Map<string, bigint>): void {
  const set = (ref: PortRef | undefined, count: bigint | undefined): void => {
    if (ref && count !== undefined && !rows.has(portKey(ref))) rows.set(portKey(ref), count)
  }
  const nodes = [...pipeline.nodes.values()]
  const pass = (node: (typeof nodes)[number]): void => {
    if (node.module?.kind !== 'relation') return
    const output = node.outputs[0] === undefined ? undefined : { nodeId: node.id, port: node.outputs[0] }
    if (output && node.inputs.size === 0) {
      const known = rowsKnown(pipeline, output)
      set(output, known === undefined ? undefined : BigInt(known))
    }
    const input = node.inputs.get('in')
    if (node.module.splitsRows && input) {
      const all = rows.get(portKey(input))
      const ports = node.outputs.map((port) => ({ nodeId: node.id, port }))
      const known = ports.flatMap((port) => rows.get(portKey(port)) ?? [])
      const sum = known.reduce((total, count) => total + count, 0n)
      if (known.length === ports.length) set(input, sum)
      const missing = ports.filter((port) => !rows.has(portKey(port)))
      if (all !== undefined && missing.length === 1) set(missing[0], all - sum)
    }
    if (!node.module.keepsRows || !output || !input) return
    set(output, rows.get(portKey(input)))
    set(input, rows.get(portKey(output)))
  }
  // The nodes are in the pipeline's order: once down, once up, once down reaches everything.
  nodes.forEach(pass)
  nodes.toReversed().forEach(pass)
  nodes.forEach(pass)
}

/**
 * Counts all of `ports` in one query. Only the columns that filters and keys need are read for it.
 * @throws LogiDataError `cancelled`, or why the query fails
 */
export async function countRows(
  session: ProjectSession,
  pipeline: AnalysedPipeline,
  ports: readonly PortRef[],
  replaced: ReadonlyMap<string, Sql>,
  rows: Map<string, bigint>,
  signal: AbortSignal,
): Promise<void> {
  const query = fuse(pipeline, ports, { replaced, compiled: pipeline.compiled })
  const count = async (shareScans: boolean): Promise<void> => {
    const counting = countQuery(pipeline, query, ports, shareScans)
    if (!counting) return
    const columns = ports.map((_, index) => ({ name: `c${index}`, type: 'BIGINT' }))
    const [found] = await session.lease(signal, (lease) => lease.cells(counting, columns))
    ports.forEach((port, index) => {
      const counted = found?.[index]
      if (counted != null) rows.set(portKey(port), BigInt(counted))
    })
  }
  try {
    await count(true)
  } catch (thrown) {
    if (toErrorInfo(thrown).kind === 'cancelled') throw thrown
    await count(false)
  }
  deriveRows(pipeline, rows)
}
