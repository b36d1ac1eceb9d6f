import { fuse, type TypedPipeline } from '../../engine/fuse.ts'
import { planRun, type Stage } from '../../engine/plan-run.ts'
import type { NeededColumns } from '../../engine/pushdown/plan.ts'
import { type PortRef, portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { CompiledPorts, ExtractModule } from '../../modules/kit/contract.ts'
import { type Sql, sql } from '../../modules/kit/sql.ts'
import type { ProjectSession } from '../session.ts'
import { markedRows, marksIn } from './marked-rows.ts'
import { digest } from './source-key.ts'

/** Answers, by what they depend on. Plans are made in a thousandth of a second each, of which an edit has few. */
const KEPT_AT_MOST = 500

/** As it was analysed. */
interface UsedPipeline extends TypedPipeline {
  readonly content: ReadonlyMap<string, number>
  readonly compiled: Map<string, CompiledPorts>
}

/**
 * Which columns of its sources a pipeline reads. DuckDB tells: each source is replaced by rows of marked columns, about which nothing is known,
 * and what is left of the marks in the plans of all queries is what would be read.
 */
export class ColumnUse {
  readonly #session: ProjectSession
  readonly #kept = new Map<string, ReadonlySet<string>>()

  constructor(session: ProjectSession) {
    this.#session = session
  }

  /** @param counted the rows of each port are to be counted as well, as a run does */
  async of(pipeline: UsedPipeline, counted: boolean): Promise<NeededColumns> {
    const sources = [...pipeline.nodes.values()].filter(isPushable)
    if (sources.length === 0) return new Map()
    const replaced = stagedPorts(pipeline, sources)
    const shape = digest([...replaced].map(([key, { text }]) => `${key} ${text}`).join('\n'))
    const used = new Set<string>()
    const { stages } = planRun(pipeline)
    for (const { ref, rows } of wanted(pipeline, stages, counted)) {
      const known = pipeline.columns.has(portKey(ref))
      const found = known ? await this.#usedBy(pipeline, { ref, rows }, replaced, shape) : undefined
      // Of what does not compile nobody knows what it would read.
      if (!found) return new Map()
      for (const each of found) used.add(each)
    }
    const taking = new Set(stages.flatMap(({ nodes }) => nodes))
    return new Map(
      sources.flatMap(({ id, outputs }, number): [string, number[]][] => {
        if (!taking.has(id)) return []
        const columns = pipeline.columns.get(portKey({ nodeId: id, port: outputs[0] ?? '' })) ?? []
        return [[id, [...columns.keys()].filter((index) => used.has(`${number}.${index}`))]]
      }),
    )
  }

  async #usedBy(
    pipeline: UsedPipeline,
    { ref, rows }: Wanted,
    replaced: ReadonlyMap<string, Sql>,
    shape: string,
  ): Promise<ReadonlySet<string> | undefined> {
    const key = `${rows} ${pipeline.content.get(ref.nodeId)}.${ref.port} ${shape}`
    const kept = this.#kept.get(key)
    if (kept) return kept
    let text: string
    try {
      const { select } = fuse(pipeline, [ref], { replaced, compiled: pipeline.compiled })
      text = rows === 'read' ? select.text : `SELECT count(*) FROM (${select.text})`
    } catch {
      return undefined
    }
    const plan = await this.#session.plan(text, true)
    if (!plan.startsWith('{"error":false')) return undefined
    const found = marksIn(plan)
    if (this.#kept.size >= KEPT_AT_MOST) this.#kept.clear()
    this.#kept.set(key, found)
    return found
  }
}

const isPushable = ({ module, config, problems }: ResolvedNode): boolean =>
  module?.kind === 'extract' &&
  (module as ExtractModule).pushable !== undefined &&
  config !== undefined &&
  problems.length === 0

/** Every result that a run stages, as rows of which nothing is known but their types; those of sources are marked. */
function stagedPorts(pipeline: UsedPipeline, sources: readonly ResolvedNode[]): ReadonlyMap<string, Sql> {
  const replaced = new Map<string, Sql>()
  for (const node of pipeline.nodes.values()) {
    if (node.module?.kind !== 'extract' && node.module?.kind !== 'process') continue
    const source = sources.indexOf(node)
    for (const port of node.outputs) {
      const key = portKey({ nodeId: node.id, port })
      const columns = pipeline.columns.get(key)
      if (!columns) continue
      replaced.set(key, sql`(${markedRows(columns, source < 0 ? undefined : source)})`)
    }
  }
  return replaced
}

interface Wanted {
  readonly ref: PortRef
  readonly rows: 'read' | 'counted'
}

/** All that a run would ask of its pipeline, above what it stages. */
function wanted(pipeline: UsedPipeline, stages: readonly Stage[], counted: boolean): readonly Wanted[] {
  const found = new Map<string, Wanted>()
  const add = (rows: Wanted['rows'], refs: Iterable<PortRef>) => {
    for (const ref of refs) found.set(`${rows} ${portKey(ref)}`, { ref, rows })
  }
  for (const stage of stages) {
    if (stage.kind === 'load') add('read', stage.inputs.values())
    else if (isStage(pipeline.nodes.get(stage.ref.nodeId)))
      add('read', pipeline.nodes.get(stage.ref.nodeId)?.inputs.values() ?? [])
    else add('read', [stage.ref])
  }
  const taking = new Set(stages.flatMap(({ nodes }) => nodes))
  for (const node of pipeline.nodes.values()) {
    if (!taking.has(node.id)) continue
    const port = (name: string): PortRef => ({ nodeId: node.id, port: name })
    for (const check of node.checks ?? []) add('read', [port(check.port ?? node.outputs[0] ?? '')])
    // Rejected rows are kept whole.
    if (node.module?.kind === 'relation')
      add(
        'read',
        node.module.descriptor.outputs
          .filter(({ name, reject }) => reject && node.outputs.includes(name))
          .map(({ name }) => port(name)),
      )
    if (counted) add('counted', node.inputs.values())
  }
  return [...found.values()]
}

const isStage = (node: ResolvedNode | undefined): boolean =>
  node?.module?.kind === 'extract' || node?.module?.kind === 'process'
