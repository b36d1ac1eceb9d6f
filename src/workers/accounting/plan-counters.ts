import type { Part } from '../../engine/fuse.ts'
import { type PortRef, portKey } from '../../engine/resolve-pipeline.ts'
import { COUNTER_PREFIX, type Counter } from '../../engine/row-counters.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import { rowsKnown } from '../preview.ts'
import { deriveRows } from './derive-rows.ts'

/**
 * Which ports of a query to count while it runs, so that the rows of all of its ports are known or follow. Nothing is counted where
 * that would change how DuckDB computes the query for the worse: filters over a Parquet file stay where the file can skip what they
 * drop, and joins can be put in another order.
 * @param known ports whose rows are known before, or will be by the result
 */
export function planCounters(
  pipeline: AnalysedPipeline,
  parts: readonly Part[],
  known: Iterable<string>,
): ReadonlyMap<string, Counter> {
  const counters = new Map<string, Counter>()
  const taken = parts.some(({ ref }) =>
    pipeline.columns.get(portKey(ref))?.some(({ name }) => name.toLowerCase().startsWith(COUNTER_PREFIX)),
  )
  if (taken) return counters
  const sure = new Map<string, bigint>([...known].map((key) => [key, 0n]))
  deriveRows(pipeline, sure)
  const graph = new QueryGraph(pipeline, parts)
  for (const { ref } of parts) {
    const key = portKey(ref)
    const isHeld = graph.isText(key) && graph.splits(key) && graph.isCountedAbove(key, counters)
    const isOpen = !sure.has(key) && (graph.isText(key) || (!graph.isFilteredBelow(key) && !graph.isBetweenJoins(key)))
    if (!isHeld && !isOpen) continue
    counters.set(key, { column: `${COUNTER_PREFIX}${counters.size}`, holds: graph.isText(key) && graph.splits(key) })
    if (sure.has(key)) continue
    sure.set(key, 0n)
    deriveRows(pipeline, sure)
  }
  return counters
}

class QueryGraph {
  readonly #pipeline: AnalysedPipeline
  readonly #parts: ReadonlyMap<string, Part>
  readonly #readers = new Map<string, Part[]>()

  constructor(pipeline: AnalysedPipeline, parts: readonly Part[]) {
    this.#pipeline = pipeline
    this.#parts = new Map(parts.map((part) => [portKey(part.ref), part]))
    for (const part of parts)
      for (const read of part.reads) this.#readers.set(read, [...(this.#readers.get(read) ?? []), part])
  }

  splits(key: string): boolean {
    return this.#module(key)?.splitsRows === true
  }

  /** Rows of a source that is read from its start to its end, with nothing but steps that choose among them. */
  isText(key: string): boolean {
    const part = this.#parts.get(key)
    const [read, ...others] = part?.reads ?? []
    if (!part || others.length > 0) return false
    if (read !== undefined) return this.#isRowStep(key) && this.isText(read)
    const node = this.#pipeline.nodes.get(part.ref.nodeId)
    return (
      node?.module?.kind === 'relation' && node.inputs.size === 0 && rowsKnown(this.#pipeline, part.ref) === undefined
    )
  }

  isCountedAbove(key: string, counters: ReadonlyMap<string, Counter>): boolean {
    const read = this.#parts.get(key)?.reads[0]
    return read !== undefined && (counters.has(read) || this.isCountedAbove(read, counters))
  }

  /** A later step's condition would be tested before the rows are counted. */
  isFilteredBelow(key: string): boolean {
    return (this.#readers.get(key) ?? []).some(({ ref }) => {
      const reader = portKey(ref)
      return this.splits(reader) || (this.#isRowStep(reader) && this.isFilteredBelow(reader))
    })
  }

  isBetweenJoins(key: string): boolean {
    const joins = (part: Part): boolean => part.reads.length > 1
    const above = (at: string): boolean => {
      const part = this.#parts.get(at)
      return part !== undefined && (joins(part) || part.reads.some(above))
    }
    const below = (at: string): boolean =>
      (this.#readers.get(at) ?? []).some((reader) => joins(reader) || below(portKey(reader.ref)))
    return above(key) && below(key)
  }

  #isRowStep(key: string): boolean {
    const module = this.#module(key)
    return module?.keepsRows === true || module?.splitsRows === true
  }

  #module(key: string): { readonly keepsRows?: boolean; readonly splitsRows?: boolean } | undefined {
    const ref: PortRef | undefined = this.#parts.get(key)?.ref
    const module = ref && this.#pipeline.nodes.get(ref.nodeId)?.module
    return module?.kind === 'relation' ? module : undefined
  }
}
