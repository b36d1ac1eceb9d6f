import { relationName } from '../engine/compile-node.ts'
import { fuse, selectOf } from '../engine/fuse.ts'
import { type PortRef, portKey } from '../engine/resolve-pipeline.ts'
import { raw, type Sql } from '../modules/kit/sql.ts'
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
    if (!node.module.keepsRows || !output || !input) return
    set(output, rows.get(portKey(input)))
    set(input, rows.get(portKey(output)))
  }
  // The nodes are in the pipeline's order: once down, once up, once down reaches everything.
  nodes.forEach(pass)
  nodes.toReversed().forEach(pass)
  nodes.forEach(pass)
}

/** Counts all of `ports` in one query. Only the columns that filters and keys need are read for it. */
export async function countRows(
  session: ProjectSession,
  pipeline: AnalysedPipeline,
  ports: readonly PortRef[],
  replaced: ReadonlyMap<string, Sql>,
  rows: Map<string, bigint>,
  signal: AbortSignal,
): Promise<void> {
  const { parts } = fuse(pipeline, ports, { replaced, compiled: pipeline.compiled })
  const first = ports[0]
  if (!first) return
  const whole = selectOf(pipeline, parts, first).text
  const head = whole.slice(0, whole.lastIndexOf('\nSELECT * FROM '))
  const counts = ports.map((port, index) => `(SELECT count(*) FROM ${relationName(port).text}) AS c${index}`)
  const { rows: found } = await session.lease(signal, (lease) =>
    lease.query(raw(`${head}\nSELECT ${counts.join(', ')}`)),
  )
  ports.forEach((port, index) => {
    const count = found[0]?.[index]
    if (count != null) rows.set(portKey(port), BigInt(count))
  })
  deriveRows(pipeline, rows)
}
