import { isDeepEqual } from './deep-equal.ts'
import type { JsonValue, PipelineDocument } from './document.ts'
import { formatReference, parseReference } from './document.ts'
import { matchRenamedNodes } from './match-nodes.ts'

/** One value that is not as it was. Without `before` it is new, without `after` it is gone. */
export interface ValueChange {
  readonly path: readonly (string | number)[]
  readonly before?: JsonValue
  readonly after?: JsonValue
}

export type PipelineChange =
  | { readonly kind: 'pipeline'; readonly change: ValueChange }
  | { readonly kind: 'parameterAdded' | 'parameterRemoved'; readonly name: string }
  | { readonly kind: 'parameterChanged'; readonly name: string; readonly changes: readonly ValueChange[] }
  | { readonly kind: 'nodeAdded' | 'nodeRemoved'; readonly nodeId: string; readonly type: string }
  | { readonly kind: 'nodeRenamed'; readonly nodeId: string; readonly from: string }
  /** Paths start with `type`, `label`, `note`, `config`, `checks` or `run`. */
  | { readonly kind: 'nodeChanged'; readonly nodeId: string; readonly changes: readonly ValueChange[] }
  /** Without `before` the input was not connected, without `after` it no longer is. */
  | {
      readonly kind: 'connectionChanged'
      readonly nodeId: string
      readonly port: string
      readonly before?: string
      readonly after?: string
    }

/**
 * What a reviewer needs to know: what was added, removed, renamed, changed, and connected otherwise. Where nodes stand on the canvas, and
 * the order of keys in the file, is no change. Nodes go by their new keys, except removed ones.
 */
export function diffPipelines(before: PipelineDocument, after: PipelineDocument): PipelineChange[] {
  const renamed = matchRenamedNodes(before, after)
  const changes: PipelineChange[] = []
  for (const key of ['name', 'description'] as const) {
    for (const change of valueChanges(before[key], after[key], [key])) changes.push({ kind: 'pipeline', change })
  }
  changes.push(...parameterChanges(before, after))
  const oldIds = new Map([...renamed].map(([from, to]) => [to, from]))
  for (const [nodeId, node] of Object.entries(before.nodes)) {
    if (Object.hasOwn(after.nodes, nodeId) || renamed.has(nodeId)) continue
    changes.push({ kind: 'nodeRemoved', nodeId, type: node.type })
  }
  for (const [nodeId, node] of Object.entries(after.nodes)) {
    const from = oldIds.get(nodeId)
    const old = before.nodes[from ?? nodeId]
    if (!old) changes.push({ kind: 'nodeAdded', nodeId, type: node.type })
    else {
      if (from !== undefined) changes.push({ kind: 'nodeRenamed', nodeId, from })
      const values = (['type', 'label', 'note', 'config', 'checks', 'run'] as const).flatMap((key) =>
        valueChanges(old[key] as JsonValue | undefined, node[key] as JsonValue | undefined, [key]),
      )
      if (values.length > 0) changes.push({ kind: 'nodeChanged', nodeId, changes: values })
    }
    changes.push(...connectionChanges(nodeId, old?.inputs ?? {}, node.inputs ?? {}, renamed))
  }
  return changes
}

function parameterChanges(before: PipelineDocument, after: PipelineDocument): PipelineChange[] {
  const old = before.parameters ?? {}
  const now = after.parameters ?? {}
  const removed = Object.keys(old)
    .filter((name) => !Object.hasOwn(now, name))
    .map((name): PipelineChange => ({ kind: 'parameterRemoved', name }))
  const others = Object.entries(now).flatMap(([name, parameter]): PipelineChange[] => {
    const was = old[name]
    if (!was) return [{ kind: 'parameterAdded', name }]
    const changes = valueChanges(plain(was), plain(parameter), [])
    return changes.length > 0 ? [{ kind: 'parameterChanged', name, changes }] : []
  })
  return [...removed, ...others]
}

function connectionChanges(
  nodeId: string,
  old: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
  renamed: ReadonlyMap<string, string>,
): PipelineChange[] {
  const ports = new Set([...Object.keys(old), ...Object.keys(now)])
  return [...ports].flatMap((port): PipelineChange[] => {
    const after = now[port]
    const was = old[port]
    const before = was === undefined ? undefined : followed(was, renamed)
    if (before === after) return []
    return [
      {
        kind: 'connectionChanged',
        nodeId,
        port,
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
      },
    ]
  })
}

function followed(text: string, renamed: ReadonlyMap<string, string>): string {
  const reference = parseReference(text)
  return formatReference({ ...reference, nodeId: renamed.get(reference.nodeId) ?? reference.nodeId })
}

/** The innermost values that differ. Lists of different lengths, and values of different kinds, differ as a whole. */
function valueChanges(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: readonly (string | number)[],
): ValueChange[] {
  if (isDeepEqual(before, after)) return []
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return before.flatMap((item, index) => valueChanges(item, after[index], [...path, index]))
  }
  if (isMap(before) && isMap(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) =>
      valueChanges(
        Object.hasOwn(before, key) ? before[key] : undefined,
        Object.hasOwn(after, key) ? after[key] : undefined,
        [...path, key],
      ),
    )
  }
  return [{ path, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }]
}

function isMap(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const plain = (value: object): JsonValue => Object.fromEntries(Object.entries(value))

/** A change in words, one line each: `recent: config.condition: "a > 1" → "a > 2"`. */
export function describeChange(change: PipelineChange): string {
  switch (change.kind) {
    case 'pipeline':
      return describeValue(change.change)
    case 'parameterAdded':
      return `parameter ${change.name} added`
    case 'parameterRemoved':
      return `parameter ${change.name} removed`
    case 'parameterChanged':
      return `parameter ${change.name}: ${change.changes.map(describeValue).join('; ')}`
    case 'nodeAdded':
      return `${change.nodeId} added (${change.type})`
    case 'nodeRemoved':
      return `${change.nodeId} removed (${change.type})`
    case 'nodeRenamed':
      return `${change.from} renamed to ${change.nodeId}`
    case 'nodeChanged':
      return `${change.nodeId}: ${change.changes.map(describeValue).join('; ')}`
    case 'connectionChanged':
      return `${change.nodeId}: input ${change.port}: ${change.before ?? 'nothing'} → ${change.after ?? 'nothing'}`
  }
}

function describeValue({ path, before, after }: ValueChange): string {
  const name = path.join('.')
  if (before === undefined) return `${name} added: ${JSON.stringify(after)}`
  if (after === undefined) return `${name} removed (was ${JSON.stringify(before)})`
  return `${name}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`
}
