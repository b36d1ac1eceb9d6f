import type { z } from 'zod'
import type { Module, ParameterValue } from '../modules/kit/contract.ts'
import { didYouMean } from '../modules/kit/did-you-mean.ts'
import type { Problem } from '../shared/engine/types.ts'
import type { ModuleDescriptor } from '../shared/modules/descriptor.ts'
import { inputPortsOf, outputPortsOf, takesInput } from '../shared/modules/ports.ts'
import type { NodeCheck } from '../shared/pipeline/checks.ts'
import { type PipelineDocument, type PipelineNode, parseReference } from '../shared/pipeline/document.ts'
import { topologicalOrder } from '../shared/pipeline/graph.ts'
import { resolveParameters } from '../shared/pipeline/parameters.ts'
import { resolvePlaceholders } from '../shared/pipeline/placeholders.ts'
import { endsOf, SUB_INPUT, SUB_PIPELINE } from '../shared/pipeline/sub-pipeline.ts'
import { innerId } from './inner-nodes.ts'
import { configProblems, nodeProblem, problemOf } from './problems.ts'
import { DEPTH_LIMIT, type PipelineFile } from './sub-pipeline.ts'

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
  /** Where its inputs come from as people see them: of a sub-pipeline, which reads its inner nodes, what it stands behind. */
  readonly outerInputs?: ReadonlyMap<string, PortRef>
  /** Output ports, the default one first. */
  readonly outputs: readonly string[]
  /** Those that its expressions may name. */
  readonly parameters: ReadonlyMap<string, ParameterValue>
  readonly summary: string
  /** Expectations on its rows. */
  readonly checks?: readonly NodeCheck[]
  readonly problems: readonly Problem[]
}

export interface ResolvedPipeline {
  /** In an order in which every node comes after what it reads. */
  readonly nodes: ReadonlyMap<string, ResolvedNode>
  readonly problems: readonly Problem[]
}

export interface ResolveRequest {
  readonly document: PipelineDocument
  readonly moduleOf: (type: string) => Module | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** The files that sub-pipelines name, and those that these name in turn, by path. */
  readonly pipelines?: ReadonlyMap<string, PipelineFile>
}

/** What the nodes of one document share: the one that was asked for, or one that a node of it stands for. */
interface Scope {
  readonly document: PipelineDocument
  readonly request: ResolveRequest
  readonly parameters: ReadonlyMap<string, ParameterValue>
  /** Engine id of a node of this document. */
  readonly id: (nodeId: string) => string
  /** Where the ends of a sub-pipeline read from; absent in the outermost document. */
  readonly ends?: ReadonlyMap<string, PortRef>
  /** Files that are being resolved, outermost first. */
  readonly path: readonly string[]
}

/** Follows a document's references and parses every config. Gives problems instead of throwing; the sound nodes stay usable. */
export function resolvePipeline(request: ResolveRequest): ResolvedPipeline {
  const { values, problems } = resolveParameters(request.document, request.parameters)
  const nodes = new Map<string, ResolvedNode>()
  const scope: Scope = { document: request.document, request, parameters: values, id: (nodeId) => nodeId, path: [] }
  return { nodes, problems: [...problems, ...resolveScope(scope, nodes)] }
}

/** Adds the nodes of one document in an order in which every node comes after what it reads. */
function resolveScope(scope: Scope, nodes: Map<string, ResolvedNode>): Problem[] {
  const { document } = scope
  const { order, cycles } = topologicalOrder(document)
  const cyclic = new Map<string, readonly string[]>()
  for (const cycle of cycles) for (const id of cycle) cyclic.set(id, cycle)
  for (const nodeId of [...order, ...Object.keys(document.nodes).filter((id) => !order.includes(id))]) {
    const node = document.nodes[nodeId]
    if (!node) continue
    const resolved = resolveNode(scope, nodeId, node, cyclic.get(nodeId))
    if (node.type === SUB_PIPELINE && resolved.config !== undefined && resolved.problems.length === 0)
      nodes.set(resolved.id, resolveInner(scope, resolved, nodes))
    else nodes.set(resolved.id, resolved)
  }
  return cycles.map((cycle) => ({
    severity: 'error',
    kind: 'user',
    code: 'pipeline.cycle',
    message: `These nodes read from each other in a circle: ${[...cycle, cycle[0]].join(' → ')}.`,
    hint: 'Remove one of the connections between them.',
  }))
}

function resolveNode(
  scope: Scope,
  nodeId: string,
  node: PipelineNode,
  cycle: readonly string[] | undefined,
): ResolvedNode {
  const { document, parameters } = scope
  const { moduleOf, env } = scope.request
  const id = scope.id(nodeId)
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
  else {
    const found = new Map<string, PortRef>()
    followInputs(id, node, document, moduleOf, descriptor, found, problems)
    for (const [port, from] of found) inputs.set(port, { nodeId: scope.id(from.nodeId), port: from.port })
  }
  const end = node.type === SUB_INPUT ? scope.ends?.get(nodeId) : undefined
  if (end) inputs.set('in', end)

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
  const checks = node.checks ? { checks: node.checks } : {}
  return { id, type: node.type, module, config, configText, inputs, outputs, parameters, summary, ...checks, problems }
}

/** The nodes of the pipeline that a node stands for; the node itself then reads their ends. */
function resolveInner(scope: Scope, node: ResolvedNode, nodes: Map<string, ResolvedNode>): ResolvedNode {
  const config = node.config as SubPipelineConfig
  const problems: Problem[] = []
  const refuse = (field: (string | number)[], code: string, message: string, hint?: string): ResolvedNode => {
    problems.push(nodeProblem(node.id, code, message, { field, ...(hint ? { hint } : {}) }))
    return { ...node, problems, outerInputs: node.inputs, inputs: new Map() }
  }
  const file = scope.request.pipelines?.get(config.path)
  if (!file) return refuse(['path'], 'file.not-found', `There is no pipeline ${config.path}.`)
  if (!file.document) {
    problems.push({ ...file.problem, nodeId: node.id, field: ['path'] })
    return { ...node, problems, outerInputs: node.inputs, inputs: new Map() }
  }
  const { document } = file
  if (scope.path.includes(config.path))
    return refuse(
      ['path'],
      'pipeline.recursive',
      `${config.path} would contain itself: ${[...scope.path, config.path].join(' → ')}.`,
      'Choose another pipeline.',
    )
  if (scope.path.length >= DEPTH_LIMIT)
    return refuse(['path'], 'pipeline.too-deep', `There are more than ${DEPTH_LIMIT} pipelines inside each other.`)
  const ends = endsOf(document)
  for (const [field, there, named] of [
    ['inputs', ends.inputs, config.inputs],
    ['outputs', ends.outputs, config.outputs],
  ] as const) {
    const names = named.map(({ name }) => name)
    const hint = `${config.path} has the ${field} ${there.join(', ') || 'none'}; this step was made for others. Update it.`
    const gone = names.findIndex((name) => !there.includes(name))
    if (gone >= 0)
      return refuse(
        [field, gone, 'name'],
        'pipeline.port',
        `${config.path} has no ${field.slice(0, -1)} “${names[gone]}”.`,
        hint,
      )
    const missing = field === 'inputs' ? there.find((name) => !names.includes(name)) : undefined
    if (missing !== undefined)
      return refuse([field], 'pipeline.port', `${config.path} needs the input “${missing}”.`, hint)
  }
  const given = innerParameters(config, scope.parameters)
  const { values, problems: wrong } = resolveParameters(document, given)
  const first = wrong[0]
  if (first) return refuse(['parameters'], first.code, first.message, first.hint)

  const inner: Scope = {
    document,
    request: scope.request,
    parameters: values,
    id: (nodeId) => innerId(node.id, nodeId),
    ends: node.inputs,
    path: [...scope.path, config.path],
  }
  for (const problem of resolveScope(inner, nodes)) problems.push({ ...problem, nodeId: node.id })
  const inputs = new Map(
    config.outputs.map(({ name }) => [name, { nodeId: inner.id(name), port: 'out' }] satisfies [string, PortRef]),
  )
  return { ...node, problems, inputs, outerInputs: node.inputs }
}

/** As the module's schema gives it. */
interface SubPipelineConfig {
  readonly path: string
  readonly inputs: readonly { readonly name: string }[]
  readonly outputs: readonly { readonly name: string }[]
  readonly parameters: readonly { readonly name: string; readonly value: string }[]
}

/** `$name` alone hands a parameter of the outer pipeline on; anything else is the value. */
function innerParameters(
  config: SubPipelineConfig,
  outer: ReadonlyMap<string, ParameterValue>,
): Record<string, string> {
  return Object.fromEntries(
    config.parameters.map(({ name, value }) => [
      name,
      (/^\$\w+$/.test(value) && outer.get(value.slice(1))?.value) || value,
    ]),
  )
}

const broken = (id: string, node: PipelineNode, problems: Problem[]): ResolvedNode => ({
  id,
  type: node.type,
  module: undefined,
  config: undefined,
  configText: '',
  inputs: new Map(),
  outputs: [],
  parameters: new Map(),
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
  const ports = inputPortsOf(descriptor.inputs, node.config)
  for (const port of Object.keys(given)) {
    if (ports.some((declared) => takesInput(declared, port))) continue
    problems.push(
      nodeProblem(id, 'port.unknown-input', `This node has no input “${port}”.`, {
        hint: `Its inputs: ${ports.map((declared) => declared.name).join(', ') || 'none'}.`,
      }),
    )
  }
  for (const declared of ports) {
    const used = Object.keys(given).some((port) => takesInput(declared, port))
    if (!used && !declared.optional)
      problems.push(
        nodeProblem(id, 'input.missing', `The input “${declared.name}” is not connected.`, {
          hint: 'Connect it to the output of another node.',
        }),
      )
  }
  for (const [port, reference] of Object.entries(given)) {
    if (!ports.some((declared) => takesInput(declared, port))) continue
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
