import { userError } from '../errors.ts'
import { formatReference, type PipelineDocument, type PipelineNode, type Position, parseReference } from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { topologicalOrder } from './graph.ts'
import { uniqueName } from './names.ts'
import { renameParameters, usedParameters } from './parameter-names.ts'
import { type StepsView, SUB_INPUT, SUB_OUTPUT } from './sub-pipeline.ts'

export interface InlineRequest {
  readonly document: PipelineDocument
  /** The step that stands for a pipeline. */
  readonly nodeId: string
  readonly inner: PipelineDocument
  readonly view: StepsView
  readonly positions: Readonly<Record<string, Position>>
  /** Where the steps of `inner` stand there. */
  readonly innerPositions: Readonly<Record<string, Position>>
}

export interface Inlined {
  readonly edits: PipelineEdit[]
  /** The steps that came. */
  readonly nodeIds: string[]
}

const COLUMN = 248

/**
 * The edits that put the steps of a sub-pipeline in the place of the step that stands for it. Where an Input did more than to pass its
 * rows on, a contract takes its place.
 * @throws LogiDataError why that cannot be done
 */
export function inlineSubPipeline(request: InlineRequest): Inlined {
  const { document, nodeId, inner, view } = request
  const step = document.nodes[nodeId]
  if (!step) throw userError('edit.unknown-node', `There is no node “${nodeId}”.`, { nodeId })
  if (topologicalOrder(inner).cycles.length > 0)
    throw userError('sub-pipeline.circle', 'Its steps read from each other in a circle.', { nodeId })

  const taken = new Set(Object.keys(document.nodes))
  const claim = (wanted: string) => {
    const free = uniqueName(wanted, (one) => taken.has(one))
    taken.add(free)
    return free
  }
  const isEnd = ({ type }: PipelineNode) => type === SUB_INPUT || type === SUB_OUTPUT
  const names = new Map(
    Object.entries(inner.nodes).flatMap(([id, node]) => (isEnd(node) ? [] : [[id, claim(id)] as const])),
  )
  const contracts: PipelineEdit[] = []
  const sources = new Map<string, string>()
  for (const [id, node] of Object.entries(inner.nodes)) {
    if (node.type !== SUB_INPUT) continue
    const given = step.inputs?.[id]
    if (given === undefined)
      throw userError('input.missing', `The input “${id}” is not connected.`, { nodeId, hint: 'Connect it first.' })
    const columns = listedColumns(node)
    const from = parseReference(given)
    const known = view.columns(from.nodeId, from.port ?? view.outputs(from.nodeId)[0] ?? 'out')
    const passes = columns.every(
      ({ name, type }, index) => known?.[index]?.name === name && known[index]?.type === type,
    )
    if (passes && known) {
      sources.set(id, given)
      continue
    }
    const name = claim(id)
    sources.set(id, name)
    contracts.push({
      kind: 'addNode',
      nodeId: name,
      node: {
        type: 'transform.contract',
        inputs: { in: given },
        config: { columns: columns.map((column) => ({ ...column })), types: 'convert', extra: 'keep' },
      },
      position: placeOf(request, id),
    })
  }

  /** What a reference inside reads from here; through the Outputs, which pass their rows on. */
  const outer = (text: string, seen: readonly string[] = []): string => {
    const from = parseReference(text)
    const node = inner.nodes[from.nodeId]
    const behind = node?.type === SUB_OUTPUT ? node.inputs?.in : undefined
    if (behind !== undefined && !seen.includes(from.nodeId)) return outer(behind, [...seen, from.nodeId])
    const name = names.get(from.nodeId)
    const found = name === undefined ? sources.get(from.nodeId) : formatReference({ ...from, nodeId: name })
    if (found !== undefined) return found
    throw userError('sub-pipeline.broken', `In the other pipeline “${from.nodeId}” cannot be read from.`, {
      nodeId,
      hint: 'Open it, and mend its problems first.',
    })
  }

  const { renamed, edits: parameters } = parameterEdits(document, step, inner)
  const added = Object.entries(inner.nodes).flatMap(([id, node]): PipelineEdit[] => {
    const name = names.get(id)
    if (name === undefined) return []
    const inputs = Object.entries(node.inputs ?? {}).map(([port, text]) => [port, outer(text)])
    return [
      {
        kind: 'addNode',
        nodeId: name,
        node: {
          ...node,
          ...(inputs.length > 0 ? { inputs: Object.fromEntries(inputs) as Record<string, string> } : {}),
          ...(node.config ? { config: renameParameters(node.config, (one) => renamed.get(one) ?? one) } : {}),
        },
        position: placeOf(request, id),
        before: nodeId,
      },
    ]
  })

  const outputs = view.outputs(nodeId)
  const readers = Object.entries(document.nodes).flatMap(([reader, node]) =>
    Object.entries(node.inputs ?? {}).flatMap(([port, text]): PipelineEdit[] => {
      const from = parseReference(text)
      if (from.nodeId !== nodeId) return []
      const end = from.port ?? outputs[0] ?? ''
      if (inner.nodes[end]?.type !== SUB_OUTPUT)
        throw userError('pipeline.port', `The other pipeline has no output “${end}”, which “${reader}” reads.`, {
          nodeId,
        })
      return [{ kind: 'connect', nodeId: reader, port, from: outer(end) }]
    }),
  )

  const edits: PipelineEdit[] = [
    ...parameters,
    ...contracts.map((edit) => ({ ...edit, before: nodeId })),
    ...added,
    ...readers,
    ...room(request),
    { kind: 'removeNode', nodeId },
  ]
  const nodeIds = edits.flatMap((edit) => (edit.kind === 'addNode' ? [edit.nodeId] : []))
  return { edits, nodeIds }
}

/** Parameters that the steps bring along: those that were handed on keep their outer names, the others become new ones. */
function parameterEdits(document: PipelineDocument, step: PipelineNode, inner: PipelineDocument) {
  const declared = inner.parameters ?? {}
  const configs = Object.values(inner.nodes).map(({ config }) => config ?? {})
  const given = givenParameters(step)
  const renamed = new Map<string, string>()
  const edits: PipelineEdit[] = []
  const taken = new Set(Object.keys(document.parameters ?? {}))
  for (const name of usedParameters(configs, Object.keys(declared))) {
    const parameter = declared[name]
    if (!parameter) continue
    const value = given.get(name) ?? parameter.default
    const handed = value?.startsWith('$') ? document.parameters?.[value.slice(1)] : undefined
    if (handed?.type === parameter.type && value !== undefined) {
      renamed.set(name, value.slice(1))
      continue
    }
    const free = uniqueName(name, (one) => taken.has(one))
    taken.add(free)
    renamed.set(name, free)
    const { default: _, ...rest } = parameter
    // Of another type, the outer parameter's own default is all that can be taken over.
    const initial = handed ? handed.default : value
    edits.push({
      kind: 'setParameter',
      name: free,
      parameter: { ...rest, ...(initial === undefined ? {} : { default: initial }) },
    })
  }
  return { renamed, edits }
}

function givenParameters({ config }: PipelineNode): ReadonlyMap<string, string> {
  const list = Array.isArray(config?.parameters) ? config.parameters : []
  return new Map(
    list.flatMap((item) =>
      typeof item === 'object' && item !== null && !Array.isArray(item) && typeof item.value === 'string'
        ? [[String(item.name), item.value] as const]
        : [],
    ),
  )
}

function listedColumns({ config }: PipelineNode): { name: string; type: string }[] {
  const list = Array.isArray(config?.columns) ? config.columns : []
  return list.flatMap((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? [{ name: String(item.name), type: typeof item.type === 'string' ? item.type : 'VARCHAR' }]
      : [],
  )
}

/** The steps that come, as they stand to each other there, from where the step stood. */
const stepsOf = (inner: PipelineDocument) =>
  Object.keys(inner.nodes).filter((id) => inner.nodes[id]?.type !== SUB_INPUT && inner.nodes[id]?.type !== SUB_OUTPUT)

function placeOf({ nodeId, inner, positions, innerPositions }: InlineRequest, id: string): Position {
  const places = stepsOf(inner).flatMap((one) => (innerPositions[one] ? [innerPositions[one]] : []))
  const [left, top] = [Math.min(...places.map(([x]) => x)), Math.min(...places.map(([, y]) => y))]
  const [x, y] = positions[nodeId] ?? [0, 0]
  const [ownX, ownY] = innerPositions[id] ?? [left, top]
  return Number.isFinite(left) ? [x + ownX - left, y + ownY - top] : [x, y]
}

/** What stands to the right moves as far as the steps are wider than the one that they replace. */
function room({ nodeId, inner, positions, innerPositions }: InlineRequest): PipelineEdit[] {
  const lefts = stepsOf(inner).flatMap((id) => (innerPositions[id] ? [innerPositions[id][0]] : []))
  const at = positions[nodeId]
  const more = lefts.length > 0 ? Math.max(...lefts) - Math.min(...lefts) : 0
  if (!at || more <= 0) return []
  const moved = Object.entries(positions).filter(([id, [x]]) => id !== nodeId && x >= at[0] + COLUMN / 2)
  if (moved.length === 0) return []
  return [{ kind: 'moveNodes', positions: Object.fromEntries(moved.map(([id, [x, y]]) => [id, [x + more, y]])) }]
}
