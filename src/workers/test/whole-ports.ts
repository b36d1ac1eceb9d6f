import { isStaged } from '../../engine/compile-node.ts'
import { type FusedQuery, fuse } from '../../engine/fuse.ts'
import { type PortRef, portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import { identifier, raw, type Sql } from '../../modules/kit/sql.ts'
import { fromErrorInfo, toErrorInfo, userError } from '../../shared/errors.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import { computeProcess } from '../process.ts'
import { explainFailure } from '../run/explain-failure.ts'
import { portColumns } from '../sample.ts'
import type { Tables, WholeTable } from './tables.ts'

let computed = 0

/** Ports of one document computed over all rows, as a run computes them: never over a sample. */
export class WholePorts {
  readonly #tables: Tables
  readonly #replaced = new Map<string, Sql>()
  readonly #known = new Map<string, WholeTable>()

  constructor(tables: Tables) {
    this.#tables = tables
  }

  /** @throws LogiDataError what is wrong with the data or a step, of the node that it is in; `cancelled` */
  async table(pipeline: AnalysedPipeline, ref: PortRef): Promise<WholeTable> {
    const known = this.#known.get(portKey(ref))
    if (known) return known
    const columns = pipeline.columns.get(portKey(ref)) ?? []
    for (const node of stagedAbove(pipeline, ref.nodeId)) {
      if (node.module?.kind === 'extract') throw notGiven(node)
      await this.#process(pipeline, node)
    }
    const query = this.#fuse(pipeline, ref)
    const table = await this.#explained(pipeline, query, ref.nodeId, () => this.#tables.create(query.select, columns))
    this.#known.set(portKey(ref), table)
    const names = columns.map((column) => identifier(column.name).text).join(', ')
    this.#replaced.set(portKey(ref), raw(`${table.name} AS k(${names})`))
    return table
  }

  #fuse(pipeline: AnalysedPipeline, ref: PortRef): FusedQuery {
    return fuse(pipeline, [ref], { replaced: this.#replaced, compiled: pipeline.compiled })
  }

  async #process(pipeline: AnalysedPipeline, node: ResolvedNode): Promise<void> {
    if (node.outputs.some((port) => this.#replaced.has(portKey({ nodeId: node.id, port })))) return
    const { session, signal } = this.#tables
    const inputs = new Map(
      [...node.inputs].map(([port, from]) => {
        const columns = pipeline.columns.get(portKey(from)) ?? []
        return [port, { select: this.#fuse(pipeline, from).select, columns }] as const
      }),
    )
    const columns = portColumns(pipeline, node)
    const done = await this.#explained(pipeline, undefined, node.id, () =>
      computeProcess(session, node, inputs, columns, {
        key: ['test', ++computed],
        connections: pipeline.connections,
        signal,
      }),
    )
    for (const [port, { table }] of done.ports) this.#replaced.set(portKey({ nodeId: node.id, port }), table)
  }

  async #explained<T>(
    pipeline: AnalysedPipeline,
    query: FusedQuery | undefined,
    nodeId: string,
    work: () => Promise<T>,
  ): Promise<T> {
    const { session, signal } = this.#tables
    try {
      return await work()
    } catch (thrown) {
      if (signal.aborted || toErrorInfo(thrown).kind === 'cancelled') throw thrown
      throw fromErrorInfo(await explainFailure(session, pipeline, query ? [query] : [], thrown, nodeId, signal))
    }
  }
}

/** Whether a pipeline is right must not depend on what a system outside holds today. */
const notGiven = (node: ResolvedNode) =>
  userError('source.not-given', `“${node.id}” is read over a connection, which is not asked here.`, {
    nodeId: node.id,
    hint: 'Give its rows in the test, inline or as a file.',
  })

/** Nodes above whose rows are no SQL, each after those that it stands on. */
function stagedAbove(pipeline: AnalysedPipeline, nodeId: string): ResolvedNode[] {
  const seen = new Set<string>()
  const found: ResolvedNode[] = []
  const visit = (id: string): void => {
    const node = pipeline.nodes.get(id)
    if (!node || seen.has(id)) return
    seen.add(id)
    for (const from of node.inputs.values()) visit(from.nodeId)
    if (isStaged(node)) found.push(node)
  }
  visit(nodeId)
  return found
}
