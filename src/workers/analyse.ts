import { sourcesText } from '../engine/compile-node.ts'
import type { TypedPipeline } from '../engine/fuse.ts'
import { isInner, outerOf, outward } from '../engine/inner-nodes.ts'
import { numberQueries, targetProblems } from '../engine/plan-run.ts'
import { problemOf, warningProblem } from '../engine/problems.ts'
import { planPushdown } from '../engine/pushdown/plan.ts'
import { portKey, type ResolvedNode, resolvePipeline } from '../engine/resolve-pipeline.ts'
import type { CompiledPorts, LoadModule, Module, RelationModule } from '../modules/kit/contract.ts'
import type { Analysis, Column, NodeAnalysis, Problem } from '../shared/engine/types.ts'
import { LogiDataError } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { Binder } from './bind.ts'
import { checkProblems } from './checks/check-problems.ts'
import { FactsCache, type NodeFacts, parametersText } from './facts.ts'
import { PipelineFiles } from './pipeline-files.ts'
import { processConnection } from './process.ts'
import type { ProjectSession } from './session.ts'
import { type Connections, connectionOf } from './sources/connection-of.ts'
import { ColumnUse } from './sources/needed-columns.ts'
import { extractNode } from './sources/source-key.ts'
import { Sources } from './sources/sources.ts'

export interface AnalyseRequest {
  readonly document: PipelineDocument
  readonly parameters: Readonly<Record<string, string>>
  readonly env: Readonly<Record<string, string>>
  /** By name; those that the document names. */
  readonly connections?: Connections | undefined
  /** Sources are not asked: what was seen of them before is all there is. */
  readonly offline?: boolean | undefined
  /** False: sources are asked for all rows, whatever the steps after them need. */
  readonly pushdown?: boolean | undefined
  /** The first rows of large files are enough. */
  readonly sampled?: boolean | undefined
}

/** A pipeline with the columns and errors of its nodes, ready to be fused. */
export interface AnalysedPipeline extends TypedPipeline {
  /** Input port -> columns, per node. */
  readonly inputColumns: ReadonlyMap<string, ReadonlyMap<string, readonly Column[]>>
  readonly nodeProblems: ReadonlyMap<string, readonly Problem[]>
  /** Per node, a number that stands for everything its rows depend on: equal numbers, equal rows. */
  readonly content: ReadonlyMap<string, number>
  /** Of every node without errors: the files that it reads and their state; empty where it reads none. */
  readonly fingerprints: ReadonlyMap<string, string>
  readonly compiled: Map<string, CompiledPorts>
  /** As they are compiled where samples stand for whole tables. */
  readonly compiledOverSamples: Map<string, CompiledPorts>
  readonly connections: Connections | undefined
  /** Nodes of which no more than the first rows are known. */
  readonly partial: ReadonlySet<string>
}

/** Analyses the pipelines of one project, keeping what an edit leaves as it was. */
export class Analyser {
  readonly #moduleOf: (type: string) => Module | undefined
  readonly #session: ProjectSession
  readonly #facts: FactsCache
  readonly #files: PipelineFiles
  readonly binder: Binder
  readonly sources: Sources
  readonly columnUse: ColumnUse
  readonly #contents = new Map<string, number>()

  constructor(session: ProjectSession, moduleOf: (type: string) => Module | undefined) {
    this.#moduleOf = moduleOf
    this.#session = session
    this.#facts = new FactsCache(session)
    this.#files = new PipelineFiles(session.files)
    this.binder = new Binder(session)
    this.sources = new Sources(session)
    this.columnUse = new ColumnUse(session)
  }

  /** What was seen of files and sources a moment ago is looked up again. */
  forgetFiles(): void {
    this.#facts.forgetFiles()
    this.sources.forget()
  }

  /** @param only nodes to bind (with what they read); absent: all. @throws LogiDataError `cancelled` */
  async pipeline(request: AnalyseRequest, signal: AbortSignal, only?: string): Promise<AnalysedPipeline> {
    const pipelines = await this.#files.below(request.document)
    const resolved = resolvePipeline({ ...request, moduleOf: this.#moduleOf, pipelines })
    const wanted = only === undefined ? undefined : nodesAbove(resolved.nodes, only)
    const nodes = [...resolved.nodes.values()].filter((node) => wanted?.has(node.id) !== false)

    const problems = new Map<string, Problem[]>(nodes.map((node) => [node.id, [...node.problems]]))
    const facts = new Map<string, unknown>()
    const factsKeys = new Map<string, string>()
    const fingerprints = new Map<string, string>()
    const partial = new Set<string>()
    await Promise.all(
      nodes.map(async (node) => {
        if (node.config === undefined) return
        try {
          const found = await this.#factsOf(node, request, signal)
          facts.set(node.id, found.facts)
          factsKeys.set(node.id, found.key)
          fingerprints.set(node.id, found.fingerprint ?? found.key)
          if (found.partial) partial.add(node.id)
          // Where a load may not write is told now, not after an hour of work.
          if (node.module?.kind === 'load') await this.#checkTarget(node.module, node, request)
          if (node.module?.kind === 'process') processConnection(node, request.connections)
          problems.get(node.id)?.push(...warningsOf(node, found.facts))
        } catch (thrown) {
          if (isCancelled(thrown)) throw thrown
          problems.get(node.id)?.push(withField(problemOf(thrown, node.id), node))
        }
      }),
    )

    const columns = new Map<string, readonly Column[]>()
    const inputColumns = new Map<string, ReadonlyMap<string, readonly Column[]>>()
    const content = new Map<string, number>()
    for (const node of nodes) {
      if (signal.aborted) throw new LogiDataError('cancelled', 'cancelled', 'Cancelled.')
      const inputs = new Map<string, readonly Column[]>()
      for (const [port, from] of node.inputs) {
        const found = columns.get(portKey(from))
        if (found) inputs.set(port, found)
      }
      inputColumns.set(node.id, inputs)
      const complete = inputs.size === node.inputs.size && node.problems.length === 0
      const factsKey = factsKeys.get(node.id)
      if (!complete || node.config === undefined || factsKey === undefined) continue
      const bound = await this.binder.bind({
        node,
        inputs,
        facts: facts.get(node.id),
        factsKey,
        parameters: node.parameters,
      })
      problems.get(node.id)?.push(...bound.problems.map((problem) => ({ ...problem, nodeId: node.id })))
      for (const [port, found] of bound.ports) columns.set(portKey({ nodeId: node.id, port }), found)
      if (node.checks) problems.get(node.id)?.push(...(await checkProblems(this.#session, node, columns)))
      content.set(node.id, this.#contentOf(node, factsKey, content))
    }
    return {
      ...resolved,
      columns,
      facts,
      inputColumns,
      nodeProblems: problems,
      content,
      fingerprints,
      connections: request.connections,
      partial,
      compiled: new Map(),
      compiledOverSamples: new Map(),
    }
  }

  /** Columns, errors and summary of every node, without running anything. */
  async analyse(request: AnalyseRequest, signal: AbortSignal): Promise<Analysis> {
    const started = performance.now()
    const pipeline = await this.pipeline(request, signal)
    const { ofNode, queries } = numberQueries(pipeline)
    const targets = targetProblems(pipeline)
    const needed = request.pushdown === false ? undefined : await this.columnUse.of(pipeline, false)
    const pushdown = planPushdown(pipeline, needed).nodes
    const nodes: Record<string, NodeAnalysis> = {}
    const inner = new Map<string, Problem>()
    for (const node of pipeline.nodes.values()) {
      if (isInner(node.id)) {
        // The first problem inside is enough: it keeps the whole step from running.
        const problem = pipeline.nodeProblems.get(node.id)?.find(({ severity }) => severity === 'error')
        if (problem && !inner.has(outerOf(node.id)))
          inner.set(outerOf(node.id), outward({ ...problem, nodeId: node.id }))
        continue
      }
      const ports: Record<string, Column[]> = {}
      const names = node.module?.kind === 'load' ? node.inputs.keys() : node.outputs
      for (const port of names) {
        const columns = pipeline.columns.get(portKey({ nodeId: node.id, port }))
        if (columns) ports[port] = asMutable(columns)
      }
      const inputs: Record<string, Column[]> = {}
      for (const [port, from] of node.outerInputs ?? node.inputs) {
        const columns = pipeline.columns.get(portKey(from))
        if (columns) inputs[port] = asMutable(columns)
      }
      const target = targets.get(node.id)
      const within = inner.get(node.id)
      const problems = [
        ...(pipeline.nodeProblems.get(node.id) ?? []),
        ...(within ? [within] : []),
        ...(target ? [target] : []),
      ]
      const query = Object.keys(ports).length > 0 ? ofNode.get(node.id) : undefined
      const pushed = pushdown.get(node.id)
      nodes[node.id] = {
        ports,
        inputs,
        summary: node.summary,
        problems,
        ...(query === undefined ? {} : { query }),
        ...(pushed ? { pushdown: { ...pushed, done: [...pushed.done], reasons: [...pushed.reasons] } } : {}),
      }
    }
    const milliseconds = performance.now() - started
    return { nodes, problems: [...pipeline.problems], queries, milliseconds }
  }

  async #factsOf(node: ResolvedNode, request: AnalyseRequest, signal: AbortSignal): Promise<NodeFacts> {
    if (node.module?.kind !== 'extract') return this.#facts.of(node, node.parameters, signal, request.sampled)
    const source = extractNode(node)
    const connection = connectionOf(source.module.connection(node.config as never), request.connections)
    return this.sources.facts(source, connection, signal, request.offline)
  }

  async #checkTarget(module: LoadModule, node: ResolvedNode, request: AnalyseRequest): Promise<void> {
    const connection = module.connection?.(node.config as never)
    if (connection === undefined) await this.#session.files.output(module.target(node.config as never).path)
    else connectionOf(connection, request.connections)
  }

  #contentOf(node: ResolvedNode, factsKey: string, content: ReadonlyMap<string, number>): number {
    const inputs = [...node.inputs].map(([port, from]) => `${port}=${content.get(from.nodeId)}.${from.port}`)
    const text = [
      node.type,
      node.configText,
      factsKey,
      parametersText(node.parameters),
      sourcesText(node),
      ...inputs,
    ].join('\0')
    let number = this.#contents.get(text)
    if (number === undefined) {
      number = this.#contents.size + 1
      this.#contents.set(text, number)
    }
    return number
  }
}

/** Nobody changes an answer. Equal lists stay one array, which crosses to another thread once instead of a hundred times. */
const asMutable = (columns: readonly Column[]): Column[] => columns as Column[]

function nodesAbove(nodes: ReadonlyMap<string, ResolvedNode>, id: string, seen = new Set<string>()): Set<string> {
  if (seen.has(id)) return seen
  seen.add(id)
  for (const from of nodes.get(id)?.inputs.values() ?? []) nodesAbove(nodes, from.nodeId, seen)
  return seen
}

function warningsOf(node: ResolvedNode, facts: unknown): Problem[] {
  if (node.module?.kind !== 'relation') return []
  const found = (node.module as RelationModule).warnings?.(facts, node.config as never) ?? []
  return found.map((warning) => warningProblem(warning, node.id))
}

/** What is wrong with a file is wrong with the field that names it. */
function withField(problem: Problem, node: ResolvedNode): Problem {
  const config = node.config as { path?: unknown } | undefined
  if (problem.field || !problem.code.startsWith('file.') || typeof config?.path !== 'string') return problem
  return { ...problem, field: ['path'] }
}

const isCancelled = (thrown: unknown): boolean => thrown instanceof LogiDataError && thrown.info.kind === 'cancelled'
