import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../../shared/engine/types.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { LineageGraph } from '../../shared/lineage/graph.ts'
import { impactOf } from '../../shared/lineage/impact.ts'
import { overviewOf } from '../../shared/lineage/overview.ts'
import type { Direction, Impact, LineageOverview, LineageRef, PipelineLineage } from '../../shared/lineage/project.ts'
import type { ModuleInfo } from '../../shared/modules/descriptor.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { type Positions, readPipeline } from '../../shared/pipeline/read-pipeline.ts'
import type { HandlerContext } from '../../shared/rpc/contract.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import { PipelineLister } from '../projects/list-pipelines.ts'

/** Requests to the engine at once: it answers them in one thread, while files are read meanwhile. */
const AT_ONCE = 4

interface Known {
  readonly text: string
  readonly document: PipelineDocument | undefined
  readonly positions: Positions
  readonly problem: Problem | undefined
  readonly name: string
  hash?: string
  lineage?: PipelineLineage['lineage']
}

export interface ProjectLineageOptions {
  readonly root: string
  readonly engine: AppEngine
  /** The variables that a pipeline is granted. */
  readonly environment: (document: PipelineDocument) => Record<string, string>
}

/**
 * Lineage of all pipelines of a project as their files are now. What did not change since it was asked for last is not computed, nor sent,
 * again. A pipeline that cannot be read is listed with its problem, and the others work.
 */
export class ProjectLineage {
  readonly #options: ProjectLineageOptions
  readonly #lister: PipelineLister
  readonly #known = new Map<string, Known>()
  #graph: { readonly key: string; readonly graph: LineageGraph } | undefined
  #modules: readonly ModuleInfo[] | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: ProjectLineageOptions) {
    this.#options = options
    this.#lister = new PipelineLister(options.root)
  }

  /** @throws LogiDataError `cancelled` and what the engine refuses as a whole */
  async graph(context: Pick<HandlerContext, 'signal'>): Promise<LineageGraph> {
    // One at a time: the second one finds what the first has learnt.
    const mine = this.#turn.then(() => this.#read(context))
    this.#turn = mine.catch(() => undefined)
    return mine
  }

  async overview(detail: readonly string[], context: Pick<HandlerContext, 'signal'>): Promise<LineageOverview> {
    const started = performance.now()
    const graph = await this.graph(context)
    return overviewOf(graph, detail, performance.now() - started)
  }

  async impact(start: LineageRef, direction: Direction, context: Pick<HandlerContext, 'signal'>): Promise<Impact> {
    const graph = await this.graph(context)
    this.#modules ??= await this.#options.engine.client.call('modules', {}, context)
    return impactOf(graph, start, direction, {
      modules: this.#modules,
      documentOf: (path) => this.#known.get(path)?.document,
      positionOf: (path, field) => {
        const { positions } = this.#known.get(path) ?? {}
        for (let length = field.length; length >= 4; length--) {
          const found = positions?.at(field.slice(0, length))
          if (found) return found
        }
        return undefined
      },
    })
  }

  async #read(context: Pick<HandlerContext, 'signal'>): Promise<LineageGraph> {
    const entries = await this.#lister.list()
    for (const path of this.#known.keys()) if (!entries.some((entry) => entry.path === path)) this.#known.delete(path)
    const waiting = entries.map(({ path, name }) => ({ path, name }))
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next; next = waiting.shift()) await this.#pipeline(next.path, next.name, context)
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    const key = entries
      .map(({ path }) => `${path}=${this.#known.get(path)?.hash ?? this.#known.get(path)?.text}`)
      .join('\n')
    if (this.#graph?.key !== key)
      this.#graph = { key, graph: new LineageGraph(entries.map(({ path }) => this.#entry(path))) }
    return this.#graph.graph
  }

  #entry(path: string): PipelineLineage {
    const known = this.#known.get(path)
    const problem = known?.problem ?? known?.lineage?.problems[0]
    return {
      path,
      name: known?.name ?? path,
      ...(problem ? { problem } : {}),
      ...(known?.lineage ? { lineage: known.lineage } : {}),
    }
  }

  async #pipeline(path: string, name: string, context: Pick<HandlerContext, 'signal'>): Promise<void> {
    const text = await readFile(join(this.#options.root, path), 'utf8').catch(() => '')
    let known = this.#known.get(path)
    if (known?.text !== text) {
      const { document, problems, positions } = readPipeline(text)
      const problem = problems.find(({ severity }) => severity === 'error')
      known = { text, document, positions, problem, name: document?.name ?? name }
      this.#known.set(path, known)
    }
    if (!known.document) return
    const { engine, root, environment } = this.#options
    try {
      const request = { projectRoot: root, document: known.document, env: environment(known.document) }
      const answer = await engine.client.call(
        'lineage',
        { ...request, ...(known.hash === undefined ? {} : { known: known.hash }) },
        context,
      )
      known.hash = answer.hash
      if (answer.lineage) known.lineage = answer.lineage
    } catch (thrown) {
      const info = toErrorInfo(thrown)
      if (info.kind === 'cancelled') throw thrown
      this.#known.set(path, { ...known, problem: { severity: 'error', ...info } })
    }
  }
}
