import { userError } from '../errors.ts'
import { FORMAT, formatReference, type PipelineDocument, type Position, parseReference } from './document.ts'
import type { PipelineEdit } from './edits.ts'
import { connections, downstreamOf, topologicalOrder, upstreamOf } from './graph.ts'
import { keyOfWords, uniqueName } from './names.ts'
import { usedParameters } from './parameter-names.ts'
import { type StepsView, SUB_INPUT, SUB_OUTPUT, SUB_PIPELINE } from './sub-pipeline.ts'

export interface SubPipelineRequest {
  readonly document: PipelineDocument
  readonly nodeIds: readonly string[]
  /** Of the new pipeline. */
  readonly name: string
  readonly view: StepsView
  /** Where all nodes stand. */
  readonly positions: Readonly<Record<string, Position>>
}

export interface MadeSubPipeline {
  readonly inner: PipelineDocument
  /** The step that will stand for it. */
  readonly nodeId: string
  /** Its outputs, and what each was before. */
  readonly outputs: readonly { readonly name: string; readonly nodeId: string; readonly port: string }[]
  /** The edits of the document once the new one is a file. */
  readonly edits: (path: string) => PipelineEdit[]
}

/** Room for a step and the way to the next. */
const COLUMN = 248
const LINE = 96

/**
 * A new pipeline of some steps of this one, and the edits that put one step in their place. What they read becomes its inputs, what
 * others read of them, and what nobody does, its outputs.
 * @throws LogiDataError why these steps cannot be one
 */
export function makeSubPipeline(request: SubPipelineRequest): MadeSubPipeline {
  const { document, name, view, positions } = request
  const inside = new Set(request.nodeIds.filter((id) => Object.hasOwn(document.nodes, id)))
  const members = Object.keys(document.nodes).filter((id) => inside.has(id))
  refuseUnfit(document, members, inside)

  const taken = new Set(members)
  const claim = (wanted: string) => {
    const free = uniqueName(wanted.slice(0, 63), (one) => taken.has(one))
    taken.add(free)
    return free
  }
  const portOf = (nodeId: string, port: string | undefined) => port ?? view.outputs(nodeId)[0] ?? 'out'

  /** What the steps read from outside: `node.port` -> the name of the Input, in the order in which they are met. */
  const inputs = new Map<string, { name: string; nodeId: string; port: string }>()
  const nodes: PipelineDocument['nodes'] = {}
  for (const id of members) {
    const node = document.nodes[id]
    if (!node) continue
    const read = Object.entries(node.inputs ?? {}).map(([port, text]) => {
      const from = parseReference(text)
      if (inside.has(from.nodeId)) return [port, text]
      if (!Object.hasOwn(document.nodes, from.nodeId))
        throw userError('sub-pipeline.broken', `“${id}” reads from “${from.nodeId}”, which does not exist.`, {
          nodeId: id,
          hint: 'Connect it, or leave it out.',
        })
      const output = portOf(from.nodeId, from.port)
      const key = `${from.nodeId}.${output}`
      const isDefault = output === view.outputs(from.nodeId)[0]
      const input = inputs.get(key) ?? {
        name: claim(isDefault ? from.nodeId : `${from.nodeId}_${output}`),
        nodeId: from.nodeId,
        port: output,
      }
      inputs.set(key, input)
      return [port, input.name]
    })
    nodes[id] = read.length > 0 ? { ...node, inputs: Object.fromEntries(read) as Record<string, string> } : node
  }
  const inputNodes = Object.fromEntries(
    [...inputs.values()].map((input) => [
      input.name,
      { type: SUB_INPUT, config: { columns: neededColumns(view, input.nodeId, input.port) } },
    ]),
  )

  const ends = outwardPorts(document, members, inside, view)
  const outputs = ends.map(({ nodeId, port }) => ({
    name: claim(ends.length === 1 ? 'out' : port === 'out' ? `${nodeId}_out` : `${nodeId}_${port}`),
    nodeId,
    port,
  }))
  const reference = (nodeId: string, port: string) => {
    const written = view.written(nodeId, port)
    return formatReference(written === undefined ? { nodeId } : { nodeId, port: written })
  }
  const outputNodes = Object.fromEntries(
    outputs.map((end) => [end.name, { type: SUB_OUTPUT, inputs: { in: reference(end.nodeId, end.port) } }]),
  )

  const declared = document.parameters ?? {}
  const used = usedParameters(
    members.map((id) => document.nodes[id]?.config ?? {}),
    Object.keys(declared),
  )
  const parameters = Object.fromEntries(used.flatMap((one) => (declared[one] ? [[one, declared[one]]] : [])))
  const inner: PipelineDocument = {
    format: FORMAT,
    name,
    ...(used.length > 0 ? { parameters } : {}),
    nodes: { ...inputNodes, ...nodes, ...outputNodes },
    layout: innerLayout(members, positions, Object.keys(inputNodes), outputs),
  }

  const nodeId = uniqueName(keyOfWords(name), (one) => Object.hasOwn(document.nodes, one))
  const edits = (path: string): PipelineEdit[] => [
    {
      kind: 'addNode',
      nodeId,
      node: {
        type: SUB_PIPELINE,
        ...(name === nodeId ? {} : { label: name }),
        ...(inputs.size > 0
          ? {
              inputs: Object.fromEntries(
                [...inputs.values()].map((input) => [input.name, reference(input.nodeId, input.port)]),
              ),
            }
          : {}),
        config: {
          path,
          inputs: [...inputs.values()].map((input) => ({ name: input.name })),
          outputs: outputs.map((end) => ({ name: end.name })),
          ...(used.length > 0 ? { parameters: used.map((one) => ({ name: one, value: `$${one}` })) } : {}),
        },
      },
      position: middleOf(members, positions),
      ...(members[0] === undefined ? {} : { before: members[0] }),
    },
    ...Object.entries(document.nodes).flatMap(([reader, node]) =>
      inside.has(reader)
        ? []
        : Object.entries(node.inputs ?? {}).flatMap(([port, text]): PipelineEdit[] => {
            const from = parseReference(text)
            if (!inside.has(from.nodeId)) return []
            const wanted = portOf(from.nodeId, from.port)
            const end = outputs.find((one) => one.nodeId === from.nodeId && one.port === wanted)
            if (!end) return []
            const to = formatReference({ nodeId, port: end.name })
            return [{ kind: 'connect', nodeId: reader, port, from: to }]
          }),
    ),
    ...members.map((id): PipelineEdit => ({ kind: 'removeNode', nodeId: id })),
  ]
  return { inner, nodeId, outputs, edits }
}

function refuseUnfit(document: PipelineDocument, members: readonly string[], inside: ReadonlySet<string>): void {
  if (members.length === 0) throw userError('sub-pipeline.empty', 'No steps are selected.')
  const end = members.find((id) => [SUB_INPUT, SUB_OUTPUT].includes(document.nodes[id]?.type ?? ''))
  if (end !== undefined)
    throw userError('sub-pipeline.end', `“${end}” is an end of this pipeline, which others may use as a step.`, {
      nodeId: end,
      hint: 'Leave its Inputs and Outputs out of the selection.',
    })
  if (
    topologicalOrder(document)
      .cycles.flat()
      .some((id) => inside.has(id))
  )
    throw userError('sub-pipeline.circle', 'These steps read from each other in a circle.', {
      hint: 'Remove one of the connections between them.',
    })
  const after = new Set(members.flatMap((id) => downstreamOf(document, id)))
  const before = new Set(members.flatMap((id) => upstreamOf(document, id)))
  const between = Object.keys(document.nodes).filter((id) => !inside.has(id) && after.has(id) && before.has(id))
  if (between.length === 0) return
  const names = between.slice(0, 3).map((id) => `“${document.nodes[id]?.label ?? id}”`)
  const more = between.length > names.length ? ` and ${between.length - names.length} more` : ''
  throw userError(
    'sub-pipeline.circle',
    `It would read from itself: ${names.join(', ')}${more} ${between.length === 1 ? 'stands' : 'stand'} between the selected steps.`,
    { nodeId: between[0] ?? '', hint: 'Select what stands between them too.' },
  )
}

/** Output ports that others read, in the order of the document, and the default ones of steps that nobody reads. */
function outwardPorts(
  document: PipelineDocument,
  members: readonly string[],
  inside: ReadonlySet<string>,
  view: StepsView,
): { nodeId: string; port: string }[] {
  const links = connections(document)
  return members.flatMap((nodeId) => {
    const ports = view.outputs(nodeId)
    const readers = links.filter(({ from }) => from === nodeId)
    const read = readers.filter(({ to }) => !inside.has(to)).map(({ fromPort }) => fromPort ?? ports[0] ?? 'out')
    const left = readers.length === 0 ? ports.slice(0, 1) : []
    return [...new Set([...read, ...left])].map((port) => ({ nodeId, port }))
  })
}

/** The columns that an Input lists: all, in their order; from the first whose type cannot be written there on, they just come along. */
function neededColumns(view: StepsView, nodeId: string, port: string): { name: string; type: string }[] {
  const columns = view.columns(nodeId, port)
  if (!columns)
    throw userError('sub-pipeline.columns', `The columns that come from “${nodeId}” are not known.`, {
      nodeId,
      hint: 'Mend its problems first: the new pipeline says which columns it needs.',
    })
  const first = columns.findIndex(({ type }) => type.includes("'"))
  const listed = (first < 0 ? columns : columns.slice(0, first)).map(({ name, type }) => ({ name, type }))
  if (listed.length > 0) return listed
  throw userError('sub-pipeline.columns', `The first column of “${nodeId}” is of a type that an Input cannot have.`, {
    nodeId,
    hint: 'Change its type, or its place, with a Select step before the selected ones.',
  })
}

function innerLayout(
  members: readonly string[],
  positions: SubPipelineRequest['positions'],
  inputs: readonly string[],
  outputs: MadeSubPipeline['outputs'],
): Record<string, Position> {
  const places = members.map((id) => positions[id] ?? ([0, 0] as Position))
  const left = Math.min(...places.map(([x]) => x))
  const top = Math.min(...places.map(([, y]) => y))
  const right = Math.max(...places.map(([x]) => x)) - left + 2 * COLUMN
  const shift = inputs.length > 0 ? COLUMN : 0
  const kept = members.map((id, index): [string, Position] => {
    const [x, y] = places[index] ?? [0, 0]
    return [id, [x - left + shift, y - top]]
  })
  const lines = new Set<number>()
  const free = (wanted: number) => {
    let y = wanted
    while (lines.has(y)) y += LINE
    lines.add(y)
    return y
  }
  return {
    ...Object.fromEntries(inputs.map((id, index): [string, Position] => [id, [0, index * LINE]])),
    ...Object.fromEntries(kept),
    ...Object.fromEntries(
      outputs.map((end): [string, Position] => [
        end.name,
        [right - COLUMN + shift, free((positions[end.nodeId]?.[1] ?? top) - top)],
      ]),
    ),
  }
}

function middleOf(members: readonly string[], positions: SubPipelineRequest['positions']): Position {
  const places = members.flatMap((id) => (positions[id] ? [positions[id]] : []))
  if (places.length === 0) return [0, 0]
  const middle = (values: number[]) => Math.round((Math.min(...values) + Math.max(...values)) / 8) * 4
  return [middle(places.map(([x]) => x)), middle(places.map(([, y]) => y))]
}
