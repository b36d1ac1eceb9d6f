import { portKey } from '../../engine/resolve-pipeline.ts'
import type { RowBalance } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import type { RunContext } from '../run/context.ts'

type Known = Pick<RunContext, 'pipeline' | 'results'>

/**
 * The rows that a node read, gave and rejected, as far as they are known. They must add up where each row that is read goes to exactly
 * one port, and where as many are given as are read; a join, an aggregate, a sample may multiply rows or drop them.
 */
export function balanceOf({ pipeline, results }: Known, nodeId: string): RowBalance | undefined {
  const node = pipeline.nodes.get(nodeId)
  if (!node?.module) return undefined
  const rows = (ref: { nodeId: string; port: string }) => results.rows.get(portKey(ref))
  const [read, given, rejected] = [new Map<string, bigint>(), new Map<string, bigint>(), new Map<string, bigint>()]
  for (const [port, from] of node.inputs) add(read, port, rows(from))
  if (node.module.kind === 'load') for (const port of node.inputs.keys()) add(given, port, rows({ nodeId, port }))
  const rejects = new Set(node.module.descriptor.outputs.filter(({ reject }) => reject).map(({ name }) => name))
  for (const port of node.outputs) add(rejects.has(port) ? rejected : given, port, rows({ nodeId, port }))
  if (read.size + given.size + rejected.size === 0) return undefined
  // What a source reads is what it gives and rejects, where it tells both.
  const isWhole = given.size + rejected.size === node.outputs.length
  if (node.inputs.size === 0 && isWhole) read.set('rows', sum(given) + sum(rejected))
  const balanced = addsUp()
  return { in: digits(read), out: digits(given), rejected: digits(rejected), balanced }

  function addsUp(): boolean {
    const all = [...read.values(), ...given.values(), ...rejected.values()]
    if (all.some((count) => count < 0n)) return false
    const input = read.get('in')
    const { module } = node ?? {}
    if (module?.kind === 'load')
      return [...given].every(([port, count]) => read.get(port) === undefined || read.get(port) === count)
    if (module?.kind !== 'relation' || input === undefined) return true
    if (module.splitsRows) return isWhole ? sum(given) + sum(rejected) === input : sum(given) + sum(rejected) <= input
    const first = given.get(node?.outputs[0] ?? '')
    return !module.keepsRows || first === undefined || first === input
  }
}

/** The first node whose rows do not add up, as an error of ours. */
export function unbalanced(run: Known, nodes: Iterable<string>): ErrorInfo | undefined {
  for (const nodeId of nodes) {
    const balance = balanceOf(run, nodeId)
    if (!balance || balance.balanced) continue
    const text = (name: string, ports: Readonly<Record<string, string>>) =>
      Object.entries(ports)
        .map(([port, count]) => `${count} ${name} ${port}`)
        .join(', ')
    const counts = [text('in', balance.in), text('out', balance.out), text('rejected', balance.rejected)]
    const message = `The rows of “${nodeId}” do not add up: ${counts.filter((part) => part !== '').join('; ')}.`
    const hint =
      'This is a fault of the application: what was written may lack rows or hold some twice. Please report it.'
    return { code: 'run.unbalanced', kind: 'bug', message, hint, nodeId }
  }
  return undefined
}

const add = (counts: Map<string, bigint>, port: string, count: bigint | undefined): void => {
  if (count !== undefined) counts.set(port, count)
}

const sum = (counts: ReadonlyMap<string, bigint>): bigint =>
  [...counts.values()].reduce((total, one) => total + one, 0n)

const digits = (counts: ReadonlyMap<string, bigint>): Record<string, string> =>
  Object.fromEntries([...counts].map(([port, count]) => [port, String(count < 0n ? 0n : count)]))
