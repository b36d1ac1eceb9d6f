import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import { rowsKnown } from '../preview.ts'

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
 * Adds the counts of ports between two others that have the same: filters of which none drops a row. Those must be counts of one
 * run; `deriveRows` may be asked which counts would follow from others, this not.
 */
export function squeezeRows(pipeline: AnalysedPipeline, rows: Map<string, bigint>): void {
  const nodes = [...pipeline.nodes.values()].filter(
    ({ module }) => module?.kind === 'relation' && (module.keepsRows === true || module.splitsRows === true),
  )
  const least = new Map<string, bigint>(rows)
  const most = new Map<string, bigint>(rows)
  const portsOf = (node: (typeof nodes)[number]): string[] => {
    const splits = node.module?.kind === 'relation' && node.module.splitsRows === true
    return (splits ? node.outputs : node.outputs.slice(0, 1)).map((port) => portKey({ nodeId: node.id, port }))
  }
  for (const node of nodes.toReversed()) {
    const input = node.inputs.get('in')
    const sum = portsOf(node).reduce((total, key) => total + (least.get(key) ?? 0n), 0n)
    if (input && sum > (least.get(portKey(input)) ?? 0n)) least.set(portKey(input), sum)
  }
  for (const node of nodes) {
    const input = node.inputs.get('in')
    const all = input && most.get(portKey(input))
    if (all === undefined) continue
    const ports = portsOf(node)
    const sum = ports.reduce((total, key) => total + (least.get(key) ?? 0n), 0n)
    for (const key of ports) {
      const bound = all - (sum - (least.get(key) ?? 0n))
      const known = most.get(key)
      if (known === undefined || bound < known) most.set(key, bound)
    }
  }
  for (const [key, bound] of most) if (!rows.has(key) && bound === (least.get(key) ?? 0n)) rows.set(key, bound)
}
