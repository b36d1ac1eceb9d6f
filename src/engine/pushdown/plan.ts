import type { Discovered, ExtractModule, RelationModule } from '../../modules/kit/contract.ts'
import type { Predicate, Pushed } from '../../modules/kit/pushdown.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import type { TypedPipeline } from '../parts.ts'
import type { PortRef, ResolvedNode } from '../resolve-pipeline.ts'
import { readCondition, type SourceColumn } from './condition.ts'
import { REASONS } from './reasons.ts'
import { whereWords } from './words.ts'

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
  /** Of the steps after an extract, up to the first that stays. */
  readonly nodes: ReadonlyMap<string, NodePushdown>
}

/**
 * What the sources of a pipeline can do of the steps after them. The steps run all the same, over fewer rows: a part of a condition is
 * pushed only where no row that its step would let through can be missing, so that results are those of a run without pushdown.
 * @param off nothing is pushed
 */
export function planPushdown(pipeline: TypedPipeline, off = false): PushdownPlan {
  const readers = readersOf(pipeline)
  const sources = new Map<string, Pushed>()
  const nodes = new Map<string, NodePushdown>()
  for (const node of pipeline.nodes.values()) {
    if (node.module?.kind !== 'extract' || node.config === undefined) continue
    const refused = off ? REASONS.off : refusalOf(node, readers)
    const columns = refused ? undefined : columnsOf(node, pipeline)
    const given = columns && 'en' in columns ? undefined : columns
    const refusal = refused ?? (!columns ? REASONS.unknown : 'en' in columns ? columns : undefined)
    const parts: Predicate[] = []
    const steps: NodePushdown[] = []
    for (const link of filtersAfter(node, readers)) {
      const found = stepPushdown(link, given, refusal)
      nodes.set(link.node.id, found.said)
      steps.push(found.said)
      parts.push(...found.parts)
      // Whose condition does not parse may mean anything: nothing after it is asked for.
      if (given && !link.refused && link.where === undefined) break
    }
    const [first] = parts
    const where = first && (parts.length === 1 ? first : ({ is: 'and', of: parts } satisfies Predicate))
    if (where) sources.set(node.id, { where })
    if ((node.module as ExtractModule).connection(node.config as never) !== undefined)
      nodes.set(node.id, extractPushdown(steps, where && given ? whereWords(where, given) : [], refusal))
  }
  return { sources, nodes }
}

/** What becomes of one step, and its parts that are pushed. @param columns of the source, where it can be asked */
function stepPushdown(
  { where, refused }: Link,
  columns: readonly SourceColumn[] | undefined,
  refusal: Text | undefined,
): { readonly said: NodePushdown; readonly parts: readonly Predicate[] } {
  const stays = refusal ?? refused ?? (columns && where !== undefined ? undefined : REASONS.step)
  if (stays || !columns || where === undefined)
    return { said: { pushed: 'none', done: [], reasons: [stays ?? REASONS.step] }, parts: [] }
  const { pushed: parts, refused: reasons } = readCondition(where, columns)
  const pushed = reasons.length === 0 ? 'all' : parts.length > 0 ? 'part' : 'none'
  return { said: { pushed, done: parts.flatMap((part) => whereWords(part, columns)), reasons }, parts }
}

/** Of the extract itself: what its source is asked for. */
function extractPushdown(
  steps: readonly NodePushdown[],
  done: readonly Text[],
  refusal: Text | undefined,
): NodePushdown {
  const stays = steps.some(({ pushed }) => pushed !== 'all')
  const pushed = done.length === 0 ? 'none' : stays ? 'part' : 'all'
  // Why a step stays, the step itself says.
  const reasons = refusal ? [refusal] : steps.length === 0 ? [REASONS.nothing] : stays ? [REASONS.some] : []
  return { pushed, done, reasons }
}

interface Link {
  readonly node: ResolvedNode
  /** Of a filter. */
  readonly where?: string | undefined
  readonly refused?: Text | undefined
}

/** The steps after a source, one after the other, up to the first whose rows are wanted otherwise. */
function* filtersAfter(extract: ResolvedNode, readers: Readers): Generator<Link> {
  let from: PortRef = { nodeId: extract.id, port: extract.outputs[0] ?? '' }
  for (;;) {
    const found = readers.of(from)
    for (const node of found.length > 1 ? found : []) yield { node, refused: REASONS.shared }
    const [node] = found
    if (!node || found.length > 1) return
    const module = node.module as RelationModule | undefined
    if (node.config === undefined || module?.kind !== 'relation' || !module.keepsWhere) {
      if (module && node.config !== undefined && (module.kind as string) !== 'load') yield { node }
      return
    }
    const [first = '', ...others] = node.outputs
    const needed = others.some(
      (port) => readers.of({ nodeId: node.id, port }).length > 0 || node.checks?.some((check) => check.port === port),
    )
    if (needed) {
      yield { node, refused: REASONS.rest }
      return
    }
    yield { node, where: conditionOf(module, node) }
    from = { nodeId: node.id, port: first }
  }
}

/** @returns undefined where it does not parse, which its step says */
function conditionOf(module: RelationModule, node: ResolvedNode): string | undefined {
  try {
    return module.keepsWhere?.(node.config as never, node.parameters).text
  } catch {
    return undefined
  }
}

function refusalOf(node: ResolvedNode, readers: Readers): Text | undefined {
  if ((node.config as { pushdown?: unknown }).pushdown === 'off') return REASONS.off
  if (!(node.module as ExtractModule).pushable || node.outputs.length !== 1) return REASONS.unable
  if ((node.checks?.length ?? 0) > 0) return REASONS.checks
  return readers.of({ nodeId: node.id, port: node.outputs[0] ?? '' }).length > 1 ? REASONS.shared : undefined
}

function columnsOf(node: ResolvedNode, pipeline: TypedPipeline): readonly SourceColumn[] | Text | undefined {
  const { discovered } = (pipeline.facts.get(node.id) ?? {}) as { readonly discovered?: Discovered }
  const pushable = discovered && (node.module as ExtractModule).pushable?.(node.config as never, discovered)
  if (!pushable) return undefined
  if ('refused' in pushable) return pushable.refused
  return discovered.columns.map(({ name, type }, index) => ({ name, type, kind: pushable.columns[index] }))
}

interface Readers {
  of(ref: PortRef): readonly ResolvedNode[]
}

function readersOf(pipeline: TypedPipeline): Readers {
  const readers = new Map<string, ResolvedNode[]>()
  const key = ({ nodeId, port }: PortRef) => `${nodeId}.${port}`
  for (const node of pipeline.nodes.values())
    for (const from of node.inputs.values()) readers.set(key(from), [...(readers.get(key(from)) ?? []), node])
  return { of: (ref) => readers.get(key(ref)) ?? [] }
}
