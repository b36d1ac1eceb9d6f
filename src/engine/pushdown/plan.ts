import type { Discovered, ExtractModule } from '../../modules/kit/contract.ts'
import type { Pushed } from '../../modules/kit/pushdown.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import type { TypedPipeline } from '../parts.ts'
import type { ResolvedNode } from '../resolve-pipeline.ts'
import { type Readers, readersOf, stepsAfter } from './chain.ts'
import { REASONS } from './reasons.ts'
import { type NodePushdown, type PushdownSource, RowsPushdown } from './rows.ts'
import { columnsWords } from './words.ts'

export type { NodePushdown } from './rows.ts'

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
    const { source, refusal } = refused ? { refusal: refused } : sourceOf(node, pipeline)
    const rows = new RowsPushdown(source, refusal)
    const steps: NodePushdown[] = []
    for (const link of stepsAfter(node, pipeline, readers)) {
      const said = rows.step(link)
      if (said) {
        nodes.set(link.node.id, said)
        steps.push(said)
      }
      if (rows.ended) break
    }
    const all = source?.columns
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

function sourceOf(
  node: ResolvedNode,
  pipeline: TypedPipeline,
): { readonly source?: PushdownSource; readonly refusal?: Text } {
  const { discovered } = (pipeline.facts.get(node.id) ?? {}) as { readonly discovered?: Discovered }
  const pushable = discovered && (node.module as ExtractModule).pushable?.(node.config as never, discovered)
  if (!pushable) return { refusal: REASONS.unknown }
  if ('refused' in pushable) return { refusal: pushable.refused }
  const columns = discovered.columns.map(({ name, type }, at) => ({ name, type, kind: pushable.columns[at], at }))
  return { source: { ...pushable, columns } }
}
