import type { CompiledPorts } from '../modules/kit/contract.ts'
import { identifier, raw, type Sql, sql } from '../modules/kit/sql.ts'
import { type Columnar, columnarThrough, FILE_IN_COLUMNS, rereading } from './columnar.ts'
import { compileNode, isBlocking, isStaged, isVolatile, readsColumns, relationName } from './compile-node.ts'
import { mergeParts } from './merge-parts.ts'
import type { Part, TypedPipeline } from './parts.ts'
import { type PortRef, portKey, type ResolvedNode } from './resolve-pipeline.ts'
import type { Counter } from './row-counters.ts'
import type { Span } from './text-pieces.ts'

export type { Part, TypedPipeline } from './parts.ts'

export interface FusedQuery {
  /** In an order in which every part comes after what it reads. */
  readonly parts: readonly Part[]
  /** A complete SELECT over the first target, without parentheses. Neighbouring parts share one SELECT where they can. */
  readonly select: Sql
  /** Whose SQL stands where in `select`. */
  readonly spans: readonly Span[]
  /** By port. */
  readonly counters: ReadonlyMap<string, Counter>
}

export interface FuseOptions {
  /** `node.port` -> a table that stands for it (a sample, a materialised result): nothing above it is part of the query. */
  readonly replaced?: ReadonlyMap<string, Sql>
  /** Compiled nodes, kept between fusings of one typed pipeline. */
  readonly compiled?: Map<string, CompiledPorts>
  /** Some of `replaced` are samples. Not to be mixed in one `compiled` with what is not. */
  readonly sampled?: boolean
  /** Not to be run: names the parts' nodes in comments, one part a paragraph, also of those that code computes. */
  readonly readable?: boolean
  /** Which ports' rows are to be counted while the query runs. */
  readonly counters?: (parts: readonly Part[]) => ReadonlyMap<string, Counter>
}

/** How often a streaming part may be computed again rather than kept; guards against towers of self-joins. */
const COPIES_AT_MOST = 8

/** What a reader of the SQL sees where the rows are no SQL. */
const stagedName = ({ id, module }: ResolvedNode): Sql =>
  identifier(`rows of ${id}, ${module?.kind === 'extract' ? 'read over a connection' : 'computed by code'}`)

/**
 * The parts that `targets` need, and a SELECT over the first of them.
 * @throws LogiDataError when a node above does not compile or has no columns.
 */
export function fuse(pipeline: TypedPipeline, targets: readonly PortRef[], options: FuseOptions = {}): FusedQuery {
  const portsOf = compiler(pipeline, options)
  const parts = new Map<string, Part>()
  const visit = (ref: PortRef): void => {
    const key = portKey(ref)
    if (parts.has(key)) return
    const replacement = options.replaced?.get(key)
    if (replacement) {
      parts.set(key, { ref, name: relationName(ref), body: sql`SELECT * FROM ${replacement}`, reads: [] })
      return
    }
    const node = pipeline.nodes.get(ref.nodeId)
    if (!node) throw new TypeError(`there is no node ${ref.nodeId}`)
    if (isStaged(node)) {
      if (!options.readable) throw new TypeError(`${ref.nodeId} was not computed`)
      const inputs = [...node.inputs.values()]
      for (const from of inputs) visit(from)
      const body = sql`SELECT * FROM ${stagedName(node)}`
      parts.set(key, { ref, name: relationName(ref), body, reads: inputs.map(portKey) })
      return
    }
    const body = portsOf(node)[ref.port]
    if (!body) throw new TypeError(`${ref.nodeId} does not compile its port ${ref.port}`)
    // Which inputs a port reads shows in its text: `match` and `rest` of a filter read one, a join's rest ports may read one of two.
    const reads = [...node.inputs.values()].filter((from) => body.text.includes(relationName(from).text))
    for (const from of reads) visit(from)
    parts.set(key, { ref, name: relationName(ref), body, reads: reads.map(portKey) })
  }
  for (const target of targets) visit(target)
  const ordered = [...parts.values()]
  const first = targets[0]
  if (!first) throw new TypeError('nothing to fuse')
  if (options.readable)
    return { parts: ordered, select: selectOf(pipeline, ordered, first, true), spans: [], counters: new Map() }
  const counters = options.counters?.(ordered) ?? new Map<string, Counter>()
  const { text, spans } = mergeParts(pipeline, ordered, first, materialised(pipeline, ordered), counters)
  return { parts: ordered, select: raw(text), spans, counters }
}

/** Compiles each node once, with what is known of its inputs. */
function compiler(pipeline: TypedPipeline, options: FuseOptions): (node: ResolvedNode) => CompiledPorts {
  const { compiled = new Map<string, CompiledPorts>(), sampled = false, replaced } = options
  const portsOf = (node: ResolvedNode): CompiledPorts => {
    const known = compiled.get(node.id)
    if (known) return known
    // Only what needs all of its rows would read them twice.
    const readsTwice = isBlocking(node)
    const inputs = new Map(
      [...node.inputs].map(([port, from]) => {
        const columns = pipeline.columns.get(portKey(from)) ?? []
        const columnar = readsTwice ? columnarOf(from) : undefined
        const again = columnar ? rereading(columnar) : {}
        return [port, { name: relationName(from), columns, ...again }] as const
      }),
    )
    const ports = compileNode({
      node,
      parameters: node.parameters,
      facts: pipeline.facts.get(node.id),
      inputs,
      sampled,
    })
    compiled.set(node.id, ports)
    return ports
  }
  const columnarOf = (ref: PortRef): Columnar | undefined => {
    const node = pipeline.nodes.get(ref.nodeId)
    if (!node) return undefined
    // What is staged is a Parquet file, whatever it was before.
    if (readsColumns(node) || isStaged(node)) return FILE_IN_COLUMNS
    const [from, ...others] = node.inputs.values()
    if (!from || others.length > 0 || !isRowStep(node) || isVolatile(node) || replaced?.has(portKey(ref)))
      return undefined
    const above = columnarOf(from)
    const body = above && portsOf(node)[ref.port]
    return body && columnarThrough(body.text, relationName(from).text, above)
  }
  return portsOf
}

const isRowStep = ({ module }: ResolvedNode): boolean =>
  module?.kind === 'relation' && (module.keepsRows === true || module.splitsRows === true)

/** `WITH … SELECT * FROM target`, over parts that `fuse` gave, each of them by its name. */
export function selectOf(pipeline: TypedPipeline, parts: readonly Part[], target: PortRef, readable = false): Sql {
  const keep = materialised(pipeline, parts)
  const separator = readable ? ',\n\n' : ',\n'
  const list = parts
    .map((part) => {
      const node = pipeline.nodes.get(part.ref.nodeId)
      const hint = keep.has(portKey(part.ref)) ? 'MATERIALIZED' : 'NOT MATERIALIZED'
      const comment = readable ? `-- ${part.ref.nodeId}: ${oneLine(node?.summary ?? '')}\n` : ''
      const mark = readable ? (keep.has(portKey(part.ref)) ? 'AS MATERIALIZED' : 'AS') : `AS ${hint}`
      return `${comment}${part.name.text} ${mark} (${readable ? '\n' : ''}${part.body.text}${readable ? '\n' : ''})`
    })
    .join(separator)
  return raw(`WITH ${readable ? '\n' : ''}${list}\nSELECT * FROM ${relationName(target).text}`)
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ')

/**
 * What is computed once and kept while the query runs: parts that are read several times and hold a blocking node, since
 * computing them again costs more than the rows' memory; or that would give other values when they are computed again. Streaming parts are computed again, so that each reader's
 * filters and columns reach the file, unless that would multiply without end.
 */
function materialised(pipeline: TypedPipeline, parts: readonly Part[]): Set<string> {
  const readers = new Map<string, string[]>()
  for (const part of parts)
    for (const read of part.reads) readers.set(read, [...(readers.get(read) ?? []), portKey(part.ref)])
  const keep = new Set<string>()
  const heavy = new Map<string, boolean>()
  for (const part of parts) {
    const node = pipeline.nodes.get(part.ref.nodeId)
    const own = node !== undefined && ((part.reads.length > 0 && isBlocking(node)) || isVolatile(node))
    heavy.set(portKey(part.ref), own || part.reads.some((read) => heavy.get(read) === true && !keep.has(read)))
    if ((readers.get(portKey(part.ref))?.length ?? 0) > 1 && heavy.get(portKey(part.ref))) keep.add(portKey(part.ref))
  }
  // From the end to the start: a part is computed as often as its readers are, together.
  const copies = new Map<string, number>()
  for (const part of parts.toReversed()) {
    const key = portKey(part.ref)
    const mine = readers.get(key) ?? []
    const count = mine.reduce((sum, reader) => sum + (keep.has(reader) ? 1 : (copies.get(reader) ?? 1)), 0)
    if (count > COPIES_AT_MOST && mine.length > 1) keep.add(key)
    copies.set(key, keep.has(key) ? 1 : Math.max(1, count))
  }
  return keep
}
