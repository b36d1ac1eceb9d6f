import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isBlocking } from '../../engine/compile-node.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import type { NodeMetrics } from '../../shared/engine/types.ts'
import { rowsKnown } from '../preview.ts'
import type { RunContext } from '../run/context.ts'
import type { MeasuredQuery } from '../run/results.ts'
import { sizeOf } from '../sample.ts'
import { countingOperators, type Operator } from './profile-tree.ts'

const WRITING = new Set(['COPY_TO_FILE', 'BATCH_COPY_TO_FILE'])
const BLOCKING = /GROUP_BY|AGGREGATE|ORDER_BY|TOP_N|WINDOW|JOIN|CROSS_PRODUCT|DISTINCT/

/**
 * Whose the time of a query's operators is, where that is certain: reading is the source's, writing the load's, a counted condition its
 * filter's, and what needs all rows at once is that of the one node in the query that does. The rest is of the query and of no node.
 */
export function attributeCost(run: RunContext, { stage, query, profile }: MeasuredQuery): void {
  const { pipeline, results } = run
  const ids = [...new Set(query.parts.map(({ ref }) => ref.nodeId))]
  const only = (list: readonly string[]): string | undefined => (list.length === 1 ? list[0] : undefined)
  const leaves = query.parts.filter(({ reads }) => reads.length === 0)
  const sources = leaves.filter(({ ref }) => !results.tables.has(portKey(ref)))
  const source = sources.length === leaves.length ? only([...new Set(sources.map(({ ref }) => ref.nodeId))]) : undefined
  const heavy = ids.filter((id) => {
    const node = pipeline.nodes.get(id)
    return node !== undefined && node.inputs.size > 0 && isBlocking(node)
  })
  const byOperator = new Map<Operator, string>()
  const counting = countingOperators(profile.root)
  for (const [key, { column }] of query.counters)
    for (const { operator } of counting.get(column) ?? []) {
      const part = query.parts.find(({ ref }) => portKey(ref) === key)
      if (part) byOperator.set(operator, part.ref.nodeId)
    }
  const ownerOf = (operator: Operator): string | undefined => {
    const counted = byOperator.get(operator)
    if (counted !== undefined) return counted
    if (operator.children.length === 0) return source
    if (WRITING.has(operator.name)) return stage.kind === 'load' ? stage.nodeId : undefined
    return BLOCKING.test(operator.name) ? only(heavy) : undefined
  }
  const spent = new Map<string, number>()
  const visit = (operator: Operator): void => {
    const owner = ownerOf(operator)
    if (owner !== undefined) spent.set(owner, (spent.get(owner) ?? 0) + operator.milliseconds)
    operator.children.forEach(visit)
  }
  visit(profile.root)
  for (const [id, milliseconds] of spent)
    addMetrics(run, id, { cpuMilliseconds: (results.metrics.get(id)?.cpuMilliseconds ?? 0) + milliseconds })
  // A format whose rows nobody knows before is read from its start to its end.
  for (const { ref } of sources) {
    const node = pipeline.nodes.get(ref.nodeId)
    const bytes = node && rowsKnown(pipeline, ref) === undefined ? sizeOf(pipeline, node)?.bytes : undefined
    if (bytes !== undefined && bytes > 0) addMetrics(run, ref.nodeId, { bytesRead: bytes })
  }
}

/** Bytes of the files that a load wrote, and the time of every node's stages. */
export async function measureFiles(run: RunContext, nodes: Iterable<string>): Promise<void> {
  for (const nodeId of nodes) {
    const milliseconds = run.results.milliseconds.get(nodeId)
    if (milliseconds !== undefined) addMetrics(run, nodeId, { milliseconds })
    const written = run.results.written.get(nodeId) ?? []
    const sizes = await Promise.all(written.map((name) => fileSize(join(run.project.session.root, name))))
    if (written.length > 0 && sizes.every((size) => size !== undefined))
      addMetrics(run, nodeId, { bytesWritten: sizes.reduce((sum, size) => sum + size, 0) })
  }
}

async function fileSize(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? found.size : undefined
}

export function addMetrics({ results }: Pick<RunContext, 'results'>, nodeId: string, more: NodeMetrics): void {
  results.metrics.set(nodeId, { ...results.metrics.get(nodeId), ...more })
}
