import type { Predicate, Pushable, Pushed, PushedFirst } from '../../modules/kit/pushdown.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import type { Link } from './chain.ts'
import { readCondition, type SourceColumn } from './condition.ts'
import { pushedFirst } from './first.ts'
import { REASONS } from './reasons.ts'
import { firstWords, whereWords } from './words.ts'

/** What became of a step that reads a source, directly or through others that do. */
export interface NodePushdown {
  /** `all`: the source is asked for nothing that this step would drop. */
  readonly pushed: 'all' | 'part' | 'none'
  /** What the source does. */
  readonly done: readonly Text[]
  /** Why not all. */
  readonly reasons: readonly Text[]
}

/** What a source can be asked. */
export interface PushdownSource extends Pick<Extract<Pushable, { first: unknown }>, 'first' | 'loose'> {
  readonly columns: readonly SourceColumn[]
}

/** Which of its rows one source is asked for, from step to step. */
export class RowsPushdown {
  readonly #source: PushdownSource | undefined
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

  constructor(source: PushdownSource | undefined, refusal: Text | undefined) {
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
