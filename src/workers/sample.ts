import { isBlocking, isStaged } from '../engine/compile-node.ts'
import { fuse } from '../engine/fuse.ts'
import { type PortRef, portKey, type ResolvedNode } from '../engine/resolve-pipeline.ts'
import type { ProcessModule, RelationModule } from '../modules/kit/contract.ts'
import { identifier, raw, type Sql, sql } from '../modules/kit/sql.ts'
import type { Column } from '../shared/engine/types.ts'
import { LogiDataError } from '../shared/errors.ts'
import type { AnalysedPipeline } from './analyse.ts'
import { SCHEMAS } from './lock-down.ts'
import { computeProcess, type ProcessInput } from './process.ts'
import { stagedTables } from './run/staged-results.ts'
import type { ProjectSession } from './session.ts'
import { connectionOf } from './sources/connection-of.ts'
import { extractNode } from './sources/source-key.ts'
import type { SourceFacts, Sources } from './sources/sources.ts'

/** A relation to preview or profile, and whether it is all of it. */
export interface Relation {
  readonly select: Sql
  readonly columns: readonly Column[]
  readonly exact: boolean
  /** When the oldest of its sources was read. */
  readonly asOf?: string
}

interface Sample {
  /** Stands after FROM. */
  readonly table: Sql
  readonly name: string
  readonly rows: number
  /** It holds all rows of its port. */
  readonly complete: boolean
  readonly exact: boolean
  readonly asOf?: string | undefined
}

/** A source larger than this is not read to its end for a preview. */
const LARGE_BYTES = 32e6
const LARGE_ROWS = 400_000
export const SAMPLE_ROWS = 100_000
const SAMPLES_KEPT = 24
/** Code is slower than SQL: a preview hands it so many rows at most. */
const PROCESS_ROWS = 10_000

/** Samples of large sources, as tables of the project's DuckDB, by what their rows depend on. */
export class Samples {
  readonly #session: ProjectSession
  readonly #sources: Sources
  readonly #samples = new Map<string, Promise<Sample>>()
  #made = 0

  constructor(session: ProjectSession, sources: Sources) {
    this.#session = session
    this.#sources = sources
  }

  /**
   * A port's rows. Streaming nodes read their source, since LIMIT stops it early; what is behind a blocking node over a large
   * source reads a sample that was taken just above that node, after the filters.
   */
  async relation(pipeline: AnalysedPipeline, ref: PortRef, signal: AbortSignal): Promise<Relation> {
    const { replaced, exact: computedOfAll, asOf } = await this.#computed(pipeline, ref, signal)
    let exact = computedOfAll
    const above = { replaced: new Map(replaced), ...compiledFor(pipeline, exact) }
    for (const port of portsToSample(pipeline, ref).values()) {
      const sample = await this.#sample(pipeline, port, signal, async () => ({
        select: fuse(pipeline, [port], above).select,
        exact: computedOfAll,
        asOf,
      }))
      replaced.set(portKey(port), sample.table)
      if (!sample.complete) exact = false
    }
    const { select } = fuse(pipeline, [ref], { replaced, ...compiledFor(pipeline, exact) })
    const columns = pipeline.columns.get(portKey(ref)) ?? []
    return { select, columns, exact, ...(asOf === undefined ? {} : { asOf }) }
  }

  /** The ports that code computes and that a port stands on, over the first rows of their inputs. */
  async #computed(
    pipeline: AnalysedPipeline,
    ref: PortRef,
    signal: AbortSignal,
  ): Promise<{ replaced: Map<string, Sql>; exact: boolean; asOf?: string | undefined }> {
    const replaced = new Map<string, Sql>()
    let exact = !standsOnPart(pipeline, ref.nodeId)
    let asOf: string | undefined
    const note = (at: string | undefined): void => {
      if (at !== undefined && (asOf === undefined || at < asOf)) asOf = at
    }
    for (const node of stagedAbove(pipeline, ref)) {
      if (node.module?.kind === 'extract') {
        const sample = await this.#source(pipeline, node, signal)
        for (const [port, table] of sample.tables) replaced.set(port, table)
        if (!sample.complete) exact = false
        note(sample.at)
        continue
      }
      const { previewRows: most = PROCESS_ROWS } = node.module as ProcessModule
      const inputs = new Map<string, ProcessInput>()
      for (const [port, from] of node.inputs) {
        const table = await this.table(pipeline, from, signal)
        note(table.asOf)
        const columns = pipeline.columns.get(portKey(from)) ?? []
        inputs.set(port, { select: sql`SELECT * FROM ${table.table} LIMIT ${most}`, columns })
        if (!table.exact || table.rows > most) exact = false
      }
      const columns = portColumns(pipeline, node)
      const key = ['preview', pipeline.content.get(node.id)]
      const processed = await computeProcess(this.#session, node, inputs, columns, {
        key,
        connections: pipeline.connections,
        sampled: true,
        signal,
      })
      for (const [port, { table }] of processed.ports) replaced.set(portKey({ nodeId: node.id, port }), table)
    }
    return { replaced, exact, asOf }
  }

  /** What a source gave when it was last asked, by the keys of the node's ports. */
  async #source(pipeline: AnalysedPipeline, node: ResolvedNode, signal: AbortSignal) {
    const source = extractNode(node)
    const connection = connectionOf(source.module.connection(node.config as never), pipeline.connections)
    const facts = pipeline.facts.get(node.id) as SourceFacts
    const { staged, complete, at } = await this.#sources.sample(source, connection, facts, signal)
    return { tables: stagedTables(pipeline, node.id, staged), complete, at }
  }

  /** The first rows of a port as a table, for questions that read them several times. */
  async table(
    pipeline: AnalysedPipeline,
    ref: PortRef,
    signal: AbortSignal,
  ): Promise<{ table: Sql; rows: number; exact: boolean; asOf?: string | undefined }> {
    const sample = await this.#sample(pipeline, ref, signal, () => this.relation(pipeline, ref, signal))
    const { table, rows, asOf } = sample
    return { table, rows, exact: sample.exact && sample.complete, asOf }
  }

  async #sample(
    pipeline: AnalysedPipeline,
    ref: PortRef,
    signal: AbortSignal,
    relation: () => Promise<{ select: Sql; exact: boolean; asOf?: string | undefined }>,
  ): Promise<Sample> {
    const key = `${pipeline.content.get(ref.nodeId)}.${ref.port}`
    for (;;) {
      const known = this.#samples.get(key)
      if (known) {
        // The one that was used last is dropped last.
        this.#samples.delete(key)
        this.#samples.set(key, known)
        try {
          return await known
        } catch (thrown) {
          if (isCancelled(thrown) && !signal.aborted) continue
          throw thrown
        }
      }
      const taken = this.#take(pipeline.columns.get(portKey(ref)) ?? [], signal, relation)
      this.#samples.set(key, taken)
      taken.catch(() => this.#samples.delete(key))
      const sample = await taken
      await this.#forgetOldest()
      return sample
    }
  }

  async #take(
    columns: readonly Column[],
    signal: AbortSignal,
    relation: () => Promise<{ select: Sql; exact: boolean; asOf?: string | undefined }>,
  ): Promise<Sample> {
    const { select, exact, asOf } = await relation()
    const name = `${SCHEMAS.samples}.${identifier(`s${++this.#made}`).text}`
    // By position: a query may have two columns of one name, a table may not.
    const positions = columns.map((_, index) => `c${index}`).join(', ')
    const names = columns.map((column) => identifier(column.name).text).join(', ')
    return this.#session.lease(signal, async (lease) => {
      const limited = `SELECT * FROM (${select.text}) AS s(${positions}) LIMIT ${SAMPLE_ROWS}`
      await lease.execute(raw(`CREATE OR REPLACE TABLE ${name} AS ${limited}`))
      const { rows: counted } = await lease.query(raw(`SELECT count(*) FROM ${name}`))
      const rows = Number(counted[0]?.[0] ?? 0)
      return { table: raw(`${name} AS s(${names})`), name, rows, complete: rows < SAMPLE_ROWS, exact, asOf }
    })
  }

  async #forgetOldest(): Promise<void> {
    for (const [key, oldest] of this.#samples) {
      if (this.#samples.size <= SAMPLES_KEPT) return
      this.#samples.delete(key)
      const sample = await oldest.catch(() => undefined)
      if (sample) await this.#session.define(`DROP TABLE IF EXISTS ${sample.name}`)
    }
  }
}

const compiledFor = (pipeline: AnalysedPipeline, exact: boolean) =>
  exact ? { compiled: pipeline.compiled } : { compiled: pipeline.compiledOverSamples, sampled: true }

/** The first nodes above a port, itself included, whose rows are no SQL. */
function stagedAbove(pipeline: AnalysedPipeline, ref: PortRef): ResolvedNode[] {
  const found = new Map<string, ResolvedNode | undefined>()
  const visit = (id: string): void => {
    const node = pipeline.nodes.get(id)
    if (!node || found.has(id)) return
    found.set(id, isStaged(node) ? node : undefined)
    if (!isStaged(node)) for (const from of node.inputs.values()) visit(from.nodeId)
  }
  visit(ref.nodeId)
  return [...found.values()].filter((node) => node !== undefined)
}

/** Whether of some file above a node, or of its own, only the first rows are known. */
function standsOnPart(pipeline: AnalysedPipeline, id: string, seen = new Set<string>()): boolean {
  if (pipeline.partial.size === 0 || seen.has(id)) return false
  seen.add(id)
  if (pipeline.partial.has(id)) return true
  const inputs = pipeline.nodes.get(id)?.inputs.values() ?? []
  return [...inputs].some((from) => standsOnPart(pipeline, from.nodeId, seen))
}

export function portColumns(pipeline: AnalysedPipeline, node: ResolvedNode): Record<string, readonly Column[]> {
  const ports = node.outputs.map((port) => [port, pipeline.columns.get(portKey({ nodeId: node.id, port })) ?? []])
  return Object.fromEntries(ports)
}

/** Ports whose rows stand for a large source: the inputs of the first blocking nodes below one. */
function portsToSample(pipeline: AnalysedPipeline, target: PortRef): Map<string, PortRef> {
  const large = new Map<string, boolean>()
  const cut = new Map<string, boolean>()
  const hasLarge = (id: string): boolean =>
    // What is staged is there already, and small.
    memo(large, id, (node) => !isStaged(node) && (isLarge(pipeline, node) || above(node).some(hasLarge)))
  const isCut = (id: string): boolean =>
    memo(cut, id, (node) => (isBlocking(node) && above(node).some(hasLarge)) || above(node).some(isCut))
  const above = (node: ResolvedNode): string[] => [...node.inputs.values()].map((from) => from.nodeId)
  const memo = (known: Map<string, boolean>, id: string, find: (node: ResolvedNode) => boolean): boolean => {
    const before = known.get(id)
    if (before !== undefined) return before
    const node = pipeline.nodes.get(id)
    const found = node !== undefined && find(node)
    known.set(id, found)
    return found
  }
  const ports = new Map<string, PortRef>()
  const seen = new Set<string>()
  const collect = (id: string): void => {
    const node = pipeline.nodes.get(id)
    if (!node || seen.has(id) || isStaged(node)) return
    seen.add(id)
    for (const from of node.inputs.values()) {
      if (isBlocking(node) && hasLarge(from.nodeId) && !isCut(from.nodeId)) ports.set(portKey(from), from)
      else collect(from.nodeId)
    }
  }
  collect(target.nodeId)
  return ports
}

function isLarge(pipeline: AnalysedPipeline, node: ResolvedNode): boolean {
  const size = sizeOf(pipeline, node)
  return size !== undefined && (size.bytes > LARGE_BYTES || (size.rows ?? 0) > LARGE_ROWS)
}

export function sizeOf(pipeline: AnalysedPipeline, node: ResolvedNode): { bytes: number; rows?: number } | undefined {
  if (node.module?.kind !== 'relation' || !pipeline.facts.has(node.id)) return undefined
  return (node.module as RelationModule).size?.(pipeline.facts.get(node.id))
}

const isCancelled = (thrown: unknown): boolean => thrown instanceof LogiDataError && thrown.info.kind === 'cancelled'
