import type { Discovered, ExtractModule } from '../../modules/kit/contract.ts'
import type { Predicate, Pushable, Pushed, PushedFirst } from '../../modules/kit/pushdown.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import type { TypedPipeline } from '../parts.ts'
import type { ResolvedNode } from '../resolve-pipeline.ts'
import { type Link, type Readers, readersOf, stepsAfter } from './chain.ts'
import { readCondition, type SourceColumn } from './condition.ts'
import { pushedFirst } from './first.ts'
import { REASONS } from './reasons.ts'
import { columnsWords, firstWords, whereWords } from './words.ts'

/** What became of a step that reads a source, directly or through others that do. */
export interface NodePushdown {
  /** `all`: the source is asked for nothing that this step would drop. */
  readonly pushed: 'all' | 'part' | 'none'
  /** What the source does. */
  readonly done: readonly Text[]
  /** Why not all. */
  readonly reasons: readonly Text[]
}

export interface PushdownPlan {
  /** By extract. */
  readonly sources: ReadonlyMap<string, Pushed>
  /** Of the steps after an extract that choose rows, up to the first that stays. */
  readonly nodes: ReadonlyMap<string, NodePushdown>
}

/** By extract: the places of the columns whose values somebody needs, ascending; absent: all, or nobody knows. */
export type NeededColumns = ReadonlyMap<string, readonly number[]>

/**
 * What the sources of a pipeline can do of the steps after them. The steps run all the same, over fewer rows: a part of a condition is
 * pushed only where no row that its step would let through can be missing, so that results are those of a run without pushdown.
 * @param needed undefined: nothing is pushed
 */
export function planPushdown(pipeline: TypedPipeline, needed: NeededColumns | undefined): PushdownPlan {
  const readers = readersOf(pipeline)
  const sources = new Map<string, Pushed>()
  const nodes = new Map<string, NodePushdown>()
  for (const node of pipeline.nodes.values()) {
    if (node.module?.kind !== 'extract' || node.config === undefined) continue
    const refused = needed ? refusalOf(node, readers) : REASONS.off
    const source = refused ? undefined : sourceOf(node, pipeline)
    const refusal = refused ?? (source && 'en' in source ? source : undefined)
    const rows = new RowsPushdown(source && !('en' in source) ? source : undefined, refusal)
    const steps: NodePushdown[] = []
    for (const link of stepsAfter(node, pipeline, readers)) {
      const said = rows.step(link)
      if (said) {
        nodes.set(link.node.id, said)
        steps.push(said)
      }
      if (rows.ended) break
    }
    const all = source && !('en' in source) ? source.columns : undefined
    const columns = all && needed?.get(node.id)
    const some = columns && columns.length < all.length ? columns : undefined
    const pushed: Pushed = { ...rows.pushed, ...(some ? { columns: some } : {}) }
    if (Object.keys(pushed).length > 0) sources.set(node.id, pushed)
    if ((node.module as ExtractModule).connection(node.config as never) !== undefined) {
      const words = all ? [...rows.words, ...(some ? [columnsWords(some, all)] : [])] : []
      const isShared = readers.of({ nodeId: node.id, port: node.outputs[0] ?? '' }).length > 1
      nodes.set(
        node.id,
        extractPushdown(steps, words, refusal ?? (isShared && words.length === 0 ? REASONS.shared : undefined)),
      )
    }
  }
  return { sources, nodes }
}

interface Source extends Pick<Extract<Pushable, { first: unknown }>, 'first' | 'loose'> {
  readonly columns: readonly SourceColumn[]
}

/** What is asked of one source, from step to step. */
class RowsPushdown {
  readonly #source: Source | undefined
  readonly #refusal: Text | undefined
  /** As the step before left them. */
  #columns: readonly SourceColumn[]
  #order: PushedFirst['by'] | 'unknown' = []
  readonly #parts: Predicate[] = []
  #first: PushedFirst | undefined
  /** Some filter stays, at least in part: which rows are the first is not known to the source. */
  #isPartial = false
  /** No step after this one can be asked for. */
  ended = false

  constructor(source: Source | undefined, refusal: Text | undefined) {
    this.#source = source
    this.#refusal = refusal
    this.#columns = source?.columns ?? []
  }

  get pushed(): Pushed {
    const where = this.#where
    return { ...(where ? { where } : {}), ...(this.#first ? { first: this.#first } : {}) }
  }

  /** What the source does, in words. */
  get words(): readonly Text[] {
    const columns = this.#source?.columns ?? []
    const where = this.#where
    return [...(where ? whereWords(where, columns) : []), ...(this.#first ? [firstWords(this.#first, columns)] : [])]
  }

  get #where(): Predicate | undefined {
    const [first] = this.#parts
    return first && (this.#parts.length === 1 ? first : { is: 'and', of: this.#parts })
  }

  /** What becomes of a step; undefined of one that neither drops rows nor stands in the way. */
  step(link: Link): NodePushdown | undefined {
    switch (link.does) {
      case 'stay':
        return stays(this.#refusal ?? link.why)
      case 'filter':
        return this.#filter(link.where)
      case 'first':
        return this.#take(link)
      case 'sort':
        this.#order = pushedFirst(link.by, this.#columns) ?? 'unknown'
        return undefined
      case 'pass':
        this.#columns = link.columns.map(({ name, at }) => ({ ...COMPUTED, ...this.#columns[at ?? -1], name }))
        return undefined
    }
  }

  #filter(where: string | undefined): NodePushdown {
    if (!this.#source) return stays(this.#refusal ?? REASONS.unknown)
    if (where === undefined) {
      // It may mean anything: nothing after it is asked for.
      this.ended = true
      return stays(REASONS.step)
    }
    const { pushed: parts, refused: reasons } = readCondition(where, this.#columns)
    this.#parts.push(...parts)
    if (reasons.length > 0) this.#isPartial = true
    const pushed = reasons.length === 0 ? 'all' : parts.length > 0 ? 'part' : 'none'
    const columns = this.#source.columns
    return { pushed, done: parts.flatMap((part) => whereWords(part, columns)), reasons }
  }

  #take({ rows, by }: Extract<Link, { does: 'first' }>): NodePushdown {
    this.ended = true
    const source = this.#source
    if (!source) return stays(this.#refusal ?? REASONS.unknown)
    if (this.#isPartial || (source.loose && this.#parts.length > 0)) return stays(REASONS.partial)
    const order = by ? (pushedFirst(by, this.#columns) ?? 'unknown') : this.#order
    if (order === 'unknown') return stays(REASONS.order)
    if (source.first === 'no' || (order.length > 0 && source.first !== 'ties')) return stays(REASONS.first)
    this.#first = { rows, by: order }
    return { pushed: 'all', done: [firstWords(this.#first, source.columns)], reasons: [] }
  }
}

const COMPUTED = { type: '', kind: undefined, at: undefined }

const stays = (why: Text): NodePushdown => ({ pushed: 'none', done: [], reasons: [why] })

/** Of the extract itself: what its source is asked for. */
function extractPushdown(
  steps: readonly NodePushdown[],
  done: readonly Text[],
  refusal: Text | undefined,
): NodePushdown {
  const stay = steps.some(({ pushed }) => pushed !== 'all')
  const pushed = done.length === 0 ? 'none' : stay ? 'part' : 'all'
  // Why a step stays, the step itself says.
  const nothing = steps.length === 0 && done.length === 0
  const reasons = refusal ? [refusal] : nothing ? [REASONS.nothing] : stay ? [REASONS.some] : []
  return { pushed, done, reasons }
}

function refusalOf(node: ResolvedNode, readers: Readers): Text | undefined {
  if ((node.config as { pushdown?: unknown }).pushdown === 'off') return REASONS.off
  if (!(node.module as ExtractModule).pushable) return REASONS.unable
  if (node.outputs.slice(1).some((port) => readers.of({ nodeId: node.id, port }).length > 0)) return REASONS.rejects
  if ((node.checks?.length ?? 0) > 0) return REASONS.checks
  return undefined
}

function sourceOf(node: ResolvedNode, pipeline: TypedPipeline): Source | Text {
  const { discovered } = (pipeline.facts.get(node.id) ?? {}) as { readonly discovered?: Discovered }
  const pushable = discovered && (node.module as ExtractModule).pushable?.(node.config as never, discovered)
  if (!pushable) return REASONS.unknown
  if ('refused' in pushable) return pushable.refused
  const columns = discovered.columns.map(({ name, type }, at) => ({ name, type, kind: pushable.columns[at], at }))
  return { ...pushable, columns }
}
