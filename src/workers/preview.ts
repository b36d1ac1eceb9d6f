import { type PortRef, portKey, type ResolvedNode } from '../engine/resolve-pipeline.ts'
import type { Preview } from '../shared/engine/types.ts'
import { fromErrorInfo, userError } from '../shared/errors.ts'
import type { AnalysedPipeline } from './analyse.ts'
import { firstRows } from './first-rows.ts'
import { type Samples, sizeOf } from './sample.ts'
import type { ProjectSession } from './session.ts'
import { WholeResults } from './whole-results.ts'

const PREVIEWS_KEPT = 300

/** The first rows of any port: of all its rows where a run has computed them up to there. */
export class Previews {
  readonly #session: ProjectSession
  readonly #samples: Samples
  readonly #whole: WholeResults
  readonly #known = new Map<string, Preview>()

  constructor(session: ProjectSession, samples: Samples) {
    this.#session = session
    this.#whole = new WholeResults(session)
    this.#samples = samples
  }

  /** @throws LogiDataError what is wrong with the node or above it; `cancelled` */
  async of(
    pipeline: AnalysedPipeline,
    ref: PortRef,
    page: { limit: number; offset: number },
    signal: AbortSignal,
  ): Promise<Preview> {
    const started = performance.now()
    const whole = await this.#whole.of(pipeline, ref)
    const content = whole ? `whole ${whole.hash}` : pipeline.content.get(ref.nodeId)
    const key = `${content}.${ref.port}|${page.limit}|${page.offset}`
    const known = this.#known.get(key)
    if (known) return { ...known, cached: true, milliseconds: performance.now() - started }

    const wanted = { limit: page.limit + 1, offset: page.offset }
    const relation = whole ?? (await this.#samples.relation(pipeline, ref, signal))
    const rows = await firstRows(this.#session, relation, wanted, signal)
    const more = rows.length > page.limit
    const totalRows = whole?.rows ?? (relation.exact && !more ? page.offset + rows.length : rowsKnown(pipeline, ref))
    const preview: Preview = {
      columns: [...relation.columns],
      rows: more ? rows.slice(0, page.limit) : rows,
      exactness: relation.exact ? 'exact' : 'sampled',
      ...(totalRows === undefined ? {} : { totalRows }),
      more,
      milliseconds: performance.now() - started,
      cached: false,
      ...(relation.asOf === undefined ? {} : { asOf: relation.asOf }),
    }
    this.#known.set(key, preview)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= PREVIEWS_KEPT) break
      this.#known.delete(oldest)
    }
    return preview
  }
}

/** All rows of a port, where a source's own count reaches it unchanged. */
export function rowsKnown(pipeline: AnalysedPipeline, ref: PortRef): number | undefined {
  const node = pipeline.nodes.get(ref.nodeId)
  if (node?.module?.kind !== 'relation' || node.outputs[0] !== ref.port) return undefined
  if (node.inputs.size === 0) return sizeOf(pipeline, node)?.rows
  const input = node.inputs.get('in')
  return node.module.keepsRows && input ? rowsKnown(pipeline, input) : undefined
}

/**
 * The port that a request means: what a load's input (the one named, else its first) reads, the default output, or the one named.
 * @throws LogiDataError the first problem of the node or above it, when the port has no columns
 */
export function portOf(pipeline: AnalysedPipeline, nodeId: string, port: string | undefined): PortRef {
  const node = pipeline.nodes.get(nodeId)
  if (!node) throw userError('reference.unknown-node', `There is no node “${nodeId}”.`)
  const ref = target(node, port)
  if (!ref || !pipeline.columns.has(portKey(ref))) throw whyNot(pipeline, node, port)
  return ref
}

function target(node: ResolvedNode, port: string | undefined): PortRef | undefined {
  if (node.module?.kind === 'load') return node.inputs.get(port ?? '') ?? [...node.inputs.values()][0]
  const name = port ?? node.outputs[0]
  return name === undefined ? undefined : { nodeId: node.id, port: name }
}

function whyNot(pipeline: AnalysedPipeline, node: ResolvedNode, port: string | undefined): Error {
  if (node.module && port !== undefined && node.module.kind !== 'load' && !node.outputs.includes(port))
    return userError('port.unknown-output', `“${node.id}” has no output “${port}”.`, {
      nodeId: node.id,
      hint: `Its outputs: ${node.outputs.join(', ') || 'none'}.`,
    })
  const seen = new Set<string>()
  const first = (id: string): Error | undefined => {
    if (seen.has(id)) return undefined
    seen.add(id)
    for (const from of pipeline.nodes.get(id)?.inputs.values() ?? []) {
      const found = first(from.nodeId)
      if (found) return found
    }
    const problem = pipeline.nodeProblems.get(id)?.find((one) => one.severity === 'error')
    if (!problem) return undefined
    const { severity: _severity, position: _position, ...info } = problem
    return fromErrorInfo(info)
  }
  return first(node.id) ?? userError('node.incomplete', `“${node.id}” cannot be previewed yet.`, { nodeId: node.id })
}
