import type { z } from 'zod'
import type { Module, ParameterValue } from '../modules/kit/contract.ts'
import { didYouMean } from '../modules/kit/did-you-mean.ts'
import type { Problem } from '../shared/engine/types.ts'
import type { ModuleDescriptor } from '../shared/modules/descriptor.ts'
import { outputPortsOf, takesInput } from '../shared/modules/ports.ts'
import { type PipelineDocument, type PipelineNode, parseReference } from '../shared/pipeline/document.ts'
import { topologicalOrder } from '../shared/pipeline/graph.ts'
import { resolveParameters } from '../shared/pipeline/parameters.ts'
import { resolvePlaceholders } from '../shared/pipeline/placeholders.ts'
import { configProblems, nodeProblem, problemOf } from './problems.ts'

export interface PortRef {
  readonly nodeId: string
  readonly port: string
}
/** A port as the key of a map. Neither part can hold a dot. */
export const portKey = (ref: PortRef): string => `${ref.nodeId}.${ref.port}`

/** A node whose config was parsed and whose inputs were followed, as far as they are right. */
export interface ResolvedNode {
  readonly id: string
  readonly type: string
  readonly module: Module | undefined
  /** Parsed, placeholders filled in. Undefined when the schema refuses it. */
  readonly config: unknown
  /** Identifies `config`: equal texts are equal configs. */
  readonly configText: string
  /** Actual port name -> where it reads from. Only those that lead to an existing port. */
  readonly inputs: ReadonlyMap<string, PortRef>
  /** Output ports, the default one first. */
  readonly outputs: readonly string[]
  readonly summary: string
  readonly problems: readonly Problem[]
}

export interface ResolvedPipeline {
  /** In an order in which every node comes after what it reads. */
  readonly nodes: ReadonlyMap<string, ResolvedNode>
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly problems: readonly Problem[]
}

export interface ResolveRequest {
  readonly document: PipelineDocument
  readonly moduleOf: (type: string) => Module | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
}

/** Follows a document's references and parses every config. Gives problems instead of throwing; the sound nodes stay usable. */
export function resolvePipeline(request: ResolveRequest): ResolvedPipeline {
  const { document, moduleOf } = request
  const { order, cycles } = topologicalOrder(document)
  const given = resolveParameters(document, request.parameters)
  const problems: Problem[] = [...given.problems]
  const cyclic = new Map<string, readonly string[]>()
  for (const cycle of cycles) for (const id of cycle) cyclic.set(id, cycle)
  for (const cycle of cycles)
    problems.push({
      severity: 'error',
      kind: 'user',
      code: 'pipeline.cycle',
      message: `These nodes read from each other in a circle: ${[...cycle, cycle[0]].join(' → ')}.`,
      hint: 'Remove one of the connections between them.',
    })

  const nodes = new Map<string, ResolvedNode>()
  const ids = [...order, ...Object.keys(document.nodes).filter((id) => !order.includes(id))]
  for (const id of ids) {
    const node = document.nodes[id]
    if (!node) continue
    nodes.set(id, resolveNode(id, node, document, moduleOf, request.env, cyclic.get(id)))
  }
  return { nodes, parameters: given.values, problems }
}

function resolveNode(
  id: string,
  node: PipelineNode,
  document: PipelineDocument,
  moduleOf: ResolveRequest['moduleOf'],
  env: ResolveRequest['env'],
  cycle: readonly string[] | undefined,
): ResolvedNode {
  const module = moduleOf(node.type)
  const problems: Problem[] = []
  if (!module) {
    problems.push(
      nodeProblem(id, 'module.unknown', `There is no module “${node.type}”.`, {
        hint: 'Choose another kind of step, or install the module.',
      }),
    )
    return broken(id, node, problems)
  }
  const descriptor: ModuleDescriptor = module.descriptor
  const inputs = new Map<string, PortRef>()
  if (cycle) problems.push(nodeProblem(id, 'pipeline.cycle', `This node is part of a circle: ${cycle.join(' → ')}.`))
  else followInputs(id, node, document, moduleOf, descriptor, inputs, problems)

  let config: unknown
  let configText = ''
  let summary = descriptor.title.en
  try {
    const filled: unknown = resolvePlaceholders(node.config ?? {}, env)
    const parsed = (descriptor.config as z.ZodType).safeParse(filled)
    if (parsed.success) {
      config = parsed.data
      configText = JSON.stringify(filled)
      summary = descriptor.describe(parsed.data as never)
    } else problems.push(...configProblems(id, parsed.error))
  } catch (thrown) {
    problems.push(problemOf(thrown, id))
  }
  const outputs = outputPortsOf(descriptor.outputs, node.config).map((port) => port.name)
  return { id, type: node.type, module, config, configText, inputs, outputs, summary, problems }
}

const broken = (id: string, node: PipelineNode, problems: Problem[]): ResolvedNode => ({
  id,
  type: node.type,
  module: undefined,
  config: undefined,
  configText: '',
  inputs: new Map(),
  outputs: [],
  summary: node.type,
  problems,
})

function followInputs(
  id: string,
  node: PipelineNode,
  document: PipelineDocument,
  moduleOf: ResolveRequest['moduleOf'],
  descriptor: ModuleDescriptor,
  inputs: Map<string, PortRef>,
  problems: Problem[],
): void {
  const given = node.inputs ?? {}
  for (const port of Object.keys(given)) {
    if (descriptor.inputs.some((declared) => takesInput(declared, port))) continue
    problems.push(
      nodeProblem(id, 'port.unknown-input', `This node has no input “${port}”.`, {
        hint: `Its inputs: ${descriptor.inputs.map((declared) => declared.name).join(', ') || 'none'}.`,
      }),
    )
  }
  for (const declared of descriptor.inputs) {
    const used = Object.keys(given).some((port) => takesInput(declared, port))
    if (!used && !declared.optional)
      problems.push(
        nodeProblem(id, 'input.missing', `The input “${declared.name}” is not connected.`, {
          hint: 'Connect it to the output of another node.',
        }),
      )
  }
  for (const [port, reference] of Object.entries(given)) {
    if (!descriptor.inputs.some((declared) => takesInput(declared, port))) continue
    const { nodeId: from, port: fromPort } = parseReference(reference)
    const upstream = document.nodes[from]
    if (!upstream) {
      problems.push(
        nodeProblem(id, 'reference.unknown-node', `The input “${port}” reads from “${from}”, which does not exist.`, {
          hint: 'Connect it to another node.',
          ...didYouMean(from, Object.keys(document.nodes)),
        }),
      )
      continue
    }
    const module = moduleOf(upstream.type)
    const outputs = module && outputPortsOf(module.descriptor.outputs, upstream.config).map((output) => output.name)
    // What an unknown module gives is unknown: its own problem says so, once.
    if (!outputs) inputs.set(port, { nodeId: from, port: fromPort ?? '' })
    else if (fromPort === undefined ? outputs[0] !== undefined : outputs.includes(fromPort))
      inputs.set(port, { nodeId: from, port: fromPort ?? outputs[0] ?? '' })
    else
      problems.push(
        nodeProblem(
          id,
          'port.unknown-output',
          fromPort === undefined
            ? `The input “${port}” reads from “${from}”, which has no output.`
            : `The input “${port}” reads from “${reference}”, but “${from}” has no output “${fromPort}”.`,
          { hint: `Its outputs: ${outputs.join(', ') || 'none'}.` },
        ),
      )
  }
}
