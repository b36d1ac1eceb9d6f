import type { RelationModule } from '../../modules/kit/contract.ts'
import type { PlainKey } from '../../modules/kit/pushdown.ts'
import type { Text } from '../../shared/modules/descriptor.ts'
import type { TypedPipeline } from '../parts.ts'
import type { PortRef, ResolvedNode } from '../resolve-pipeline.ts'
import { type Passed, passedColumns } from './passing.ts'
import { REASONS } from './reasons.ts'

/** One of the steps after a source. */
export type Link =
  /** @property where undefined: it does not parse, which its step says */
  | { readonly does: 'filter'; readonly node: ResolvedNode; readonly where: string | undefined }
  | { readonly does: 'pass'; readonly node: ResolvedNode; readonly columns: readonly Passed[] }
  | { readonly does: 'sort'; readonly node: ResolvedNode; readonly by: readonly PlainKey[] }
  /** @property by absent: as the rows come */
  | { readonly does: 'first'; readonly node: ResolvedNode; readonly rows: number; readonly by?: readonly PlainKey[] }
  /** It, and all after it, run here. */
  | { readonly does: 'stay'; readonly node: ResolvedNode; readonly why: Text }

export interface Readers {
  of(ref: PortRef): readonly ResolvedNode[]
}

export function readersOf(pipeline: TypedPipeline): Readers {
  const readers = new Map<string, ResolvedNode[]>()
  const key = ({ nodeId, port }: PortRef) => `${nodeId}.${port}`
  for (const node of pipeline.nodes.values())
    for (const from of node.inputs.values()) readers.set(key(from), [...(readers.get(key(from)) ?? []), node])
  return { of: (ref) => readers.get(key(ref)) ?? [] }
}

/** The steps after a source, one after the other, up to the first whose rows are wanted otherwise. */
export function* stepsAfter(extract: ResolvedNode, pipeline: TypedPipeline, readers: Readers): Generator<Link> {
  let from: PortRef = { nodeId: extract.id, port: extract.outputs[0] ?? '' }
  let checked = false
  for (;;) {
    const found = readers.of(from)
    for (const node of found.length > 1 ? found : []) yield { does: 'stay', node, why: REASONS.shared }
    const [node] = found
    if (!node || found.length > 1 || node.config === undefined || !node.module || node.module.kind === 'load') return
    const link = checked ? undefined : linkOf(node, pipeline)
    if (!link) {
      yield { does: 'stay', node, why: checked ? REASONS.checked : REASONS.step }
      return
    }
    const [first = '', ...others] = node.outputs
    const isChecked = (port: string) => node.checks?.some((check) => (check.port ?? first) === port) === true
    if (others.some((port) => readers.of({ nodeId: node.id, port }).length > 0 || isChecked(port))) {
      yield { does: 'stay', node, why: REASONS.rest }
      return
    }
    yield link
    // What the steps after this one drop would be missing from its checks.
    checked = isChecked(first)
    from = { nodeId: node.id, port: first }
  }
}

/** @returns undefined for a step that no source can do, and none can do anything behind */
function linkOf(node: ResolvedNode, pipeline: TypedPipeline): Link | undefined {
  if (node.module?.kind !== 'relation') return undefined
  const module = node.module as RelationModule
  const config = node.config as never
  if (module.keepsWhere) return { does: 'filter', node, where: conditionOf(module, node) }
  const first = module.takesFirst?.(config)
  if (first) return { does: 'first', node, ...first }
  const by = module.sortsBy?.(config)
  if (by) return { does: 'sort', node, by }
  const columns = orNothing(() => passedColumns(node, pipeline))
  return columns && { does: 'pass', node, columns }
}

const conditionOf = (module: RelationModule, node: ResolvedNode): string | undefined =>
  orNothing(() => module.keepsWhere?.(node.config as never, node.parameters).text)

/** What is wrong with a step, the step itself says. */
function orNothing<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
