import { randomUUID } from 'node:crypto'
import { compileNode } from '../../engine/compile-node.ts'
import { isInner } from '../../engine/inner-nodes.ts'
import { type InputTable, portLineage, tableLineage } from '../../engine/lineage/port-lineage.ts'
import { portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { InputRelation } from '../../modules/kit/contract.ts'
import type { Sql } from '../../modules/kit/sql.ts'
import type { Column } from '../../shared/engine/types.ts'
import { cancelledError, toErrorInfo } from '../../shared/errors.ts'
import type { DocumentLineage, NodeLineage, PortLineage } from '../../shared/lineage/types.ts'
import { semanticHash } from '../../shared/pipeline/hash.ts'
import type { AnalysedPipeline, AnalyseRequest, Analyser } from '../analyse.ts'
import type { ProjectSession } from '../session.ts'
import { datasetsOf } from './node-datasets.ts'

const KEPT_DOCUMENTS = 300
const KEPT_PORTS = 10_000

/** Lineage of pipelines, keeping what an edit leaves as it was. */
export class LineageReader {
  /** Numbers of contents mean something here only. */
  readonly #id = randomUUID()
  readonly #session: ProjectSession
  readonly #analyser: Analyser
  readonly #documents = new Map<string, DocumentLineage>()
  /** By the SELECT of a port, which names the columns of its inputs by the tables that stand for them. */
  readonly #ports = new Map<string, Promise<PortLineage | undefined>>()

  constructor(session: ProjectSession, analyser: Analyser) {
    this.#session = session
    this.#analyser = analyser
  }

  /**
   * @param request with the hash of the lineage that is `known` nothing but the hash is given, where nothing has changed
   * @throws LogiDataError `cancelled`
   */
  async of(
    { known: before, ...request }: AnalyseRequest & { readonly known?: string | undefined },
    signal: AbortSignal,
  ): Promise<{ hash: string; lineage?: DocumentLineage }> {
    const started = performance.now()
    const pipeline = await this.#analyser.pipeline({ ...request, sampled: true }, signal)
    // What nodes depend on outside of the document, such as the types in a file, is in their content.
    const contents = [...pipeline.nodes.keys()].map((id) => pipeline.content.get(id))
    const hash = [this.#id, semanticHash(request.document), ...contents].join('.')
    if (hash === before) return { hash }
    const known = this.#documents.get(hash)
    if (known) return { hash, lineage: { ...known, milliseconds: performance.now() - started } }

    const nodes: Record<string, NodeLineage> = {}
    for (const node of pipeline.nodes.values()) {
      if (signal.aborted) throw cancelledError()
      nodes[node.id] = await this.#node(node, pipeline)
    }
    const problems = [
      ...pipeline.problems,
      ...[...pipeline.nodeProblems].flatMap(([nodeId, found]) => found.map((one) => ({ nodeId, ...one }))),
    ].filter(({ severity }) => severity === 'error')
    const lineage: DocumentLineage = { nodes, problems, milliseconds: performance.now() - started }
    if (this.#documents.size >= KEPT_DOCUMENTS)
      for (const oldest of [...this.#documents.keys()].slice(0, KEPT_DOCUMENTS / 5)) this.#documents.delete(oldest)
    this.#documents.set(hash, lineage)
    return { hash, lineage }
  }

  async #node(node: ResolvedNode, pipeline: AnalysedPipeline): Promise<NodeLineage> {
    const origin = originOf(node, pipeline)
    const inputs = pipeline.inputColumns.get(node.id) ?? new Map<string, readonly Column[]>()
    const ports: Record<string, PortLineage> = {}
    const names = node.module?.kind === 'load' ? ['in'] : node.outputs
    const columns = new Map(
      names.flatMap((port): [string, readonly Column[]][] => {
        const found = pipeline.columns.get(portKey({ nodeId: node.id, port }))
        return found ? [[port, found]] : []
      }),
    )
    let basis: NodeLineage['basis'] = inputs.size === 0 ? 'names' : 'plan'
    if (node.module?.kind === 'load') {
      const [input] = inputs
      if (input) ports.in = passedOn(input[1], input[0])
      basis = 'names'
    } else {
      const planned =
        node.module?.kind === 'relation' && inputs.size > 0
          ? await this.#planned(node, pipeline, inputs, columns)
          : new Map()
      for (const [port, found] of columns) {
        const known: PortLineage | undefined = planned.get(port)
        if (!known && inputs.size > 0) basis = 'table'
        ports[port] = known ?? tableLineage(found, inputs.keys())
      }
    }
    const { reads, writes } = await datasetsOf(node, columns)
    if (reads.some((read) => read.columns)) basis = 'query'
    return {
      type: node.type,
      summary: node.summary,
      inputs: Object.fromEntries(node.inputs),
      ports,
      reads,
      writes,
      basis,
      ...(origin ? { origin } : {}),
    }
  }

  /** Lineage of the ports whose SELECT could be bound and followed. */
  async #planned(
    node: ResolvedNode,
    pipeline: AnalysedPipeline,
    inputs: ReadonlyMap<string, readonly Column[]>,
    columns: ReadonlyMap<string, readonly Column[]>,
  ): Promise<ReadonlyMap<string, PortLineage>> {
    const found = new Map<string, PortLineage>()
    if (columns.size === 0) return found
    const relations = new Map<string, InputRelation>()
    const tables = new Map<string, InputTable>()
    let twin = 0
    for (const [port, list] of inputs) {
      // Two inputs of equal columns must be two tables here.
      const name: Sql = await this.#analyser.binder.stub(list, twin++)
      relations.set(port, { name, columns: list })
      const table = /"(s\d+)"/.exec(name.text)?.[1]
      if (table !== undefined) tables.set(table, { port, columns: list })
    }
    const positional = new Set([...relations].filter(([, { name }]) => name.text.startsWith('(')).map(([port]) => port))
    const placeOf = (table: string, column: string): number | undefined => {
      const input = tables.get(table)
      if (!input) return undefined
      if (positional.has(input.port)) return Number(column.slice(1))
      const place = input.columns.findIndex(({ name }) => name === column)
      return place < 0 ? undefined : place
    }
    try {
      const compiled = compileNode({
        node,
        parameters: node.parameters,
        facts: pipeline.facts.get(node.id),
        inputs: relations,
      })
      for (const [port, body] of Object.entries(compiled)) {
        const list = columns.get(port)
        const known = list && (await this.#port(body, list, tables, placeOf))
        if (known) found.set(port, known)
      }
    } catch (thrown) {
      if (toErrorInfo(thrown).kind === 'cancelled') throw thrown
      // Its own problems say what is wrong with the node; what is known of the others stays.
    }
    return found
  }

  #port(
    body: Sql,
    columns: readonly Column[],
    tables: ReadonlyMap<string, InputTable>,
    placeOf: (table: string, column: string) => number | undefined,
  ): Promise<PortLineage | undefined> {
    const key = `${[...tables].map(([table, { port }]) => `${table}=${port}`).join()}\0${body.text}`
    let known = this.#ports.get(key)
    if (!known) {
      known = this.#session.plan(body.text).then((plan) => {
        const found = portLineage({ plan, columns, tables, placeOf })
        return 'unknown' in found ? undefined : found
      })
      known.catch(() => this.#ports.delete(key))
      if (this.#ports.size >= KEPT_PORTS)
        for (const oldest of [...this.#ports.keys()].slice(0, KEPT_PORTS / 5)) this.#ports.delete(oldest)
      this.#ports.set(key, known)
    }
    return known
  }
}

const passedOn = (columns: readonly Column[], port: string): PortLineage => ({
  columns: [...columns],
  from: Object.fromEntries(columns.map(({ name }) => [name, [{ port, column: name, kinds: ['identity'] }]])),
  rows: [],
})

/** Where a node inside a sub-pipeline is written. */
function originOf(node: ResolvedNode, pipeline: AnalysedPipeline): NodeLineage['origin'] {
  if (!isInner(node.id)) return undefined
  const cut = node.id.lastIndexOf('/')
  const config = pipeline.nodes.get(node.id.slice(0, cut))?.config as { path?: unknown } | undefined
  return typeof config?.path === 'string' ? { path: config.path, nodeId: node.id.slice(cut + 1) } : undefined
}
