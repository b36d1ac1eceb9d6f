import { rm } from 'node:fs/promises'
import { sourceNames } from '../engine/compile-node.ts'
import { type FusedQuery, fuse } from '../engine/fuse.ts'
import { planRun, type RunPlan, type Stage, stageKey, stageTargets } from '../engine/plan-run.ts'
import { type PortRef, portKey, type ResolvedNode } from '../engine/resolve-pipeline.ts'
import type { LoadModule } from '../modules/kit/contract.ts'
import { identifier, raw, type Sql } from '../modules/kit/sql.ts'
import type { RunEvent } from '../shared/engine/types.ts'
import { cancelledError, type ErrorInfo, toErrorInfo } from '../shared/errors.ts'
import type { AnalysedPipeline, AnalyseRequest } from './analyse.ts'
import { countRows, deriveRows } from './count-rows.ts'
import { SCHEMAS } from './lock-down.ts'
import { computeProcess } from './process.ts'
import type { Project } from './project.ts'
import { explainFailure } from './run-errors.ts'
import { portColumns } from './sample.ts'
import type { Lease } from './session.ts'

export interface RunRequest extends AnalyseRequest {
  readonly runId: string
  readonly only?: readonly string[] | undefined
  readonly rowCounts: 'exact' | 'none'
}

type Emit = (event: RunEvent) => void

const PROGRESS_MS = 100
let tablesMade = 0

/**
 * Runs a pipeline's loads and says what happens. A load that fails does not stop those that do not depend on it. Whatever goes
 * wrong with the pipeline is an event, not an exception; the last event is always `finished`.
 */
export async function runPipeline(
  project: Project,
  request: RunRequest,
  emit: Emit,
  signal: AbortSignal,
): Promise<null> {
  const started = performance.now()
  const finish = (state: 'succeeded' | 'failed' | 'cancelled', error?: ErrorInfo) =>
    emit({ kind: 'finished', state, milliseconds: performance.now() - started, ...(error ? { error } : {}) })
  let run: Run | undefined
  try {
    const pipeline = await project.analyser.pipeline(request, signal)
    const plan = planRun(pipeline, request.only)
    emit({ kind: 'started', runId: request.runId, at: new Date().toISOString(), nodes: [...plan.nodes] })
    if (plan.stages.length === 0 && plan.refused.size === 0) {
      const {
        severity: _severity,
        position: _position,
        ...first
      } = pipeline.problems[0] ?? { ...NOTHING_TO_RUN, severity: 'error' }
      finish('failed', first)
      return null
    }
    run = new Run(project, pipeline, plan, request, emit, signal)
    const failure = await run.all()
    finish(failure ? 'failed' : 'succeeded', failure)
  } catch (thrown) {
    const error = signal.aborted ? cancelledError().info : toErrorInfo(thrown)
    if (error.kind === 'cancelled') {
      run?.cancelRest()
      finish('cancelled')
    } else finish('failed', error)
  } finally {
    await run?.dropTables()
  }
  return null
}

const NOTHING_TO_RUN: ErrorInfo = {
  code: 'run.nothing-to-do',
  kind: 'user',
  message: 'There is nothing to run: the pipeline has no load.',
  hint: 'Add a load, such as load.csv, and connect it.',
}

class Run {
  readonly #project: Project
  readonly #pipeline: AnalysedPipeline
  readonly #plan: RunPlan
  readonly #request: RunRequest
  readonly #emit: Emit
  readonly #signal: AbortSignal
  /** Kept results: port -> table. */
  readonly #tables = new Map<string, Sql>()
  readonly #tableNames: string[] = []
  /** Files of what code computed. */
  readonly #staged: string[] = []
  readonly #failed = new Set<string>()
  readonly #settled = new Set<string>()
  readonly #milliseconds = new Map<string, number>()
  readonly #rows = new Map<string, bigint>()
  readonly #written = new Map<string, readonly string[]>()
  #firstFailure: ErrorInfo | undefined

  constructor(
    project: Project,
    pipeline: AnalysedPipeline,
    plan: RunPlan,
    request: RunRequest,
    emit: Emit,
    signal: AbortSignal,
  ) {
    this.#project = project
    this.#pipeline = pipeline
    this.#plan = plan
    this.#request = request
    this.#emit = emit
    this.#signal = signal
  }

  /** @returns the first failure. @throws LogiDataError `cancelled` */
  async all(): Promise<ErrorInfo | undefined> {
    for (const [nodeId, problem] of this.#plan.refused) {
      const { severity: _severity, position: _position, ...error } = problem
      this.#fail(nodeId, error)
    }
    for (const [index, stage] of this.#plan.stages.entries()) {
      await this.#stage(stage, index)
      this.#settleDone(index)
    }
    if (this.#request.rowCounts === 'exact') await this.#countRest()
    this.#emit({ kind: 'progress', fraction: 1 })
    return this.#firstFailure
  }

  cancelRest(): void {
    for (const nodeId of this.#plan.nodes) {
      if (this.#settled.has(nodeId)) continue
      this.#settled.add(nodeId)
      this.#emit({ kind: 'node', nodeId, state: 'cancelled' })
    }
  }

  async dropTables(): Promise<void> {
    for (const path of this.#staged) await rm(path, { force: true }).catch(() => undefined)
    for (const name of this.#tableNames)
      await this.#project.session.define(`DROP TABLE IF EXISTS ${name}`).catch(() => undefined)
  }

  async #stage(stage: Stage, index: number): Promise<void> {
    const broken = this.#whyNot(stage)
    if (broken) {
      for (const [nodeId, error] of broken) this.#fail(nodeId, error)
      this.#abandon(stage)
      return
    }
    for (const nodeId of stage.nodes)
      if (!this.#settled.has(nodeId) && !this.#milliseconds.has(nodeId))
        this.#emit({ kind: 'node', nodeId, state: 'running' })
    const started = performance.now()
    const queries: FusedQuery[] = []
    try {
      const node = stage.kind === 'keep' ? this.#pipeline.nodes.get(stage.ref.nodeId) : undefined
      if (node?.module?.kind === 'process') {
        await this.#process(node)
        return
      }
      const selectOf = (ref: PortRef): Sql => {
        const query = this.#fuse(ref)
        queries.push(query)
        return query.select
      }
      await this.#project.session.lease(this.#signal, async (lease) => {
        const watching = this.#watch(lease, index, stage)
        try {
          if (stage.kind === 'keep') await this.#keep(stage.ref, selectOf(stage.ref), lease)
          else await this.#load(stage.nodeId, stage.inputs, selectOf, lease)
        } finally {
          clearInterval(watching)
        }
      })
    } catch (thrown) {
      if (this.#signal.aborted || toErrorInfo(thrown).kind === 'cancelled') throw thrown
      const fallback = stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId
      const error = await explainFailure(this.#project.session, this.#pipeline, queries, thrown, fallback, this.#signal)
      this.#fail(error.nodeId ?? fallback, error)
      this.#abandon(stage)
    } finally {
      const spent = performance.now() - started
      for (const nodeId of stage.nodes) this.#milliseconds.set(nodeId, (this.#milliseconds.get(nodeId) ?? 0) + spent)
    }
  }

  #fuse(target: PortRef): FusedQuery {
    return fuse(this.#pipeline, [target], { replaced: this.#tables, compiled: this.#pipeline.compiled })
  }

  /** All ports at once: a stage of another port of the same node then finds its table. */
  async #process(node: ResolvedNode): Promise<void> {
    if (node.outputs.some((port) => this.#tables.has(portKey({ nodeId: node.id, port })))) return
    const inputs = new Map(
      [...node.inputs].map(([port, from]) => {
        const columns = this.#pipeline.columns.get(portKey(from)) ?? []
        return [port, { select: this.#fuse(from).select, columns }] as const
      }),
    )
    const { session } = this.#project
    const key = ['run', this.#request.runId, node.id]
    const columns = portColumns(this.#pipeline, node)
    const processed = await computeProcess(session, node, inputs, columns, key, this.#signal)
    this.#staged.push(...processed.files)
    for (const [port, { table, rows }] of processed.ports) {
      this.#tables.set(portKey({ nodeId: node.id, port }), table)
      this.#rows.set(portKey({ nodeId: node.id, port }), BigInt(rows))
    }
  }

  async #keep(ref: PortRef, select: Sql, lease: Lease): Promise<void> {
    const name = raw(`${SCHEMAS.runs}.${identifier(`t${++tablesMade}`).text}`)
    const columns = this.#pipeline.columns.get(portKey(ref)) ?? []
    const positions = columns.map((_, index) => `c${index}`).join(', ')
    this.#tableNames.push(name.text)
    await lease.execute(raw(`CREATE TABLE ${name.text} AS SELECT * FROM (${select.text}) AS k(${positions})`))
    const { rows } = await lease.query(raw(`SELECT count(*) FROM ${name.text}`))
    this.#rows.set(portKey(ref), BigInt(rows[0]?.[0] ?? 0))
    const names = columns.map((column) => identifier(column.name).text).join(', ')
    this.#tables.set(portKey(ref), raw(`${name.text} AS k(${names})`))
  }

  async #load(
    nodeId: string,
    from: ReadonlyMap<string, PortRef>,
    selectOf: (ref: PortRef) => Sql,
    lease: Lease,
  ): Promise<void> {
    const node = this.#pipeline.nodes.get(nodeId)
    if (node?.module?.kind !== 'load') throw new TypeError(`${nodeId} is no load`)
    const sources = sourceNames(node)
    const inputs = new Map(
      [...from].map(([port, ref]) => {
        const columns = this.#pipeline.columns.get(portKey(ref)) ?? []
        return [port, { name: raw(`(${selectOf(ref).text})`), columns, source: sources.get(port) ?? port }] as const
      }),
    )
    const [input] = inputs.values()
    if (!input) throw new TypeError(`${nodeId} has no input`)
    const result = await (node.module as LoadModule).write({
      nodeId,
      config: node.config as never,
      parameters: node.parameters,
      input,
      inputs,
      files: this.#project.session.files,
      session: lease,
      signal: this.#signal,
    })
    for (const [port, ref] of from) {
      const rows = from.size === 1 ? result.rows : result.rowsByInput?.get(port)
      if (rows === undefined) continue
      this.#rows.set(portKey({ nodeId, port }), rows)
      this.#rows.set(portKey(ref), rows)
    }
    this.#written.set(nodeId, result.written)
  }

  /** Nodes whose errors keep a stage from running; empty when it only depends on a stage that failed. */
  #whyNot(stage: Stage): Map<string, ErrorInfo> | undefined {
    const broken = new Map<string, ErrorInfo>()
    for (const nodeId of stage.nodes) {
      const problem = this.#pipeline.nodeProblems.get(nodeId)?.find(({ severity }) => severity === 'error')
      if (!problem) continue
      const { severity: _severity, position: _position, ...error } = problem
      broken.set(nodeId, error)
    }
    if (broken.size > 0) return broken
    if (stage.needs.some((need) => this.#failed.has(need))) return broken
    if (stageTargets(stage).some((target) => !this.#pipeline.columns.has(portKey(target)))) return broken
    return undefined
  }

  #fail(nodeId: string, error: ErrorInfo): void {
    this.#firstFailure ??= { ...error, nodeId }
    if (this.#settled.has(nodeId)) return
    this.#settled.add(nodeId)
    const milliseconds = this.#milliseconds.get(nodeId)
    this.#emit({
      kind: 'node',
      nodeId,
      state: 'failed',
      error: { ...error, nodeId },
      ...(milliseconds === undefined ? {} : { milliseconds }),
    })
  }

  #abandon(stage: Stage): void {
    this.#failed.add(stageKey(stage))
    for (const nodeId of stage.nodes) {
      // Another query may still compute it.
      const elsewhere = this.#plan.stages.some(
        (other) => other !== stage && !this.#failed.has(stageKey(other)) && other.nodes.includes(nodeId),
      )
      if (this.#settled.has(nodeId) || elsewhere) continue
      this.#settled.add(nodeId)
      this.#emit({ kind: 'node', nodeId, state: 'skipped' })
    }
    this.#firstFailure ??= {
      code: 'run.incomplete',
      kind: 'user',
      message: `“${stageKey(stage)}” could not run, because something above it failed.`,
    }
  }

  /** Says done of every node that no later stage computes. */
  #settleDone(index: number): void {
    deriveRows(this.#pipeline, this.#rows)
    const later = new Set(this.#plan.stages.slice(index + 1).flatMap((stage) => stage.nodes))
    for (const nodeId of this.#plan.stages[index]?.nodes ?? []) {
      if (later.has(nodeId) || this.#settled.has(nodeId)) continue
      this.#settled.add(nodeId)
      this.#emitDone(nodeId)
    }
  }

  #emitDone(nodeId: string): void {
    const rows: Record<string, string> = {}
    const node = this.#pipeline.nodes.get(nodeId)
    for (const port of node?.module?.kind === 'load' ? node.inputs.keys() : (node?.outputs ?? [])) {
      const count = this.#rows.get(portKey({ nodeId, port }))
      if (count !== undefined) rows[port] = String(count)
    }
    const written = this.#written.get(nodeId)
    const milliseconds = this.#milliseconds.get(nodeId)
    this.#emit({
      kind: 'node',
      nodeId,
      state: 'done',
      rows,
      ...(milliseconds === undefined ? {} : { milliseconds }),
      ...(written ? { written: [...written] } : {}),
    })
  }

  /** Rows of the ports that no result told; the nodes concerned are said to be done once more, with them. */
  async #countRest(): Promise<void> {
    const done = this.#plan.stages.filter((stage) => !this.#failed.has(stageKey(stage)))
    const taking = new Set(done.flatMap((stage) => stage.nodes))
    const missing = new Map<string, PortRef>()
    for (const nodeId of taking)
      for (const from of this.#pipeline.nodes.get(nodeId)?.inputs.values() ?? [])
        if (!this.#rows.has(portKey(from))) missing.set(portKey(from), from)
    for (const nodeId of taking) for (const ref of this.#rejects(nodeId)) missing.set(portKey(ref), ref)
    if (missing.size === 0) return
    const before = new Set(this.#rows.keys())
    try {
      await countRows(
        this.#project.session,
        this.#pipeline,
        [...missing.values()],
        this.#tables,
        this.#rows,
        this.#signal,
      )
    } catch (thrown) {
      // The data is written; a count that fails is no reason to call the run failed. A cancel is one to stop.
      const { kind, message } = toErrorInfo(thrown)
      if (kind === 'cancelled') return
      process.stderr.write(
        `engine: warning: some rows of run ${this.#request.runId} could not be counted: ${message}\n`,
      )
      return
    }
    // Counts tell others: what a node rejects is what it reads less what it passes on.
    for (const nodeId of taking) {
      const ports = this.#pipeline.nodes.get(nodeId)?.outputs ?? []
      const isNew = (port: string): boolean =>
        this.#rows.has(portKey({ nodeId, port })) && !before.has(portKey({ nodeId, port }))
      if (ports.some(isNew)) this.#emitDone(nodeId)
    }
  }

  /** Rejected rows count whether or not somebody reads them: those that nothing else tells. */
  #rejects(nodeId: string): PortRef[] {
    const module = this.#pipeline.nodes.get(nodeId)?.module
    if (module?.kind !== 'relation' || module.splitsRows) return []
    return module.descriptor.outputs
      .filter((output) => output.reject)
      .map((output) => ({ nodeId, port: output.name }))
      .filter((ref) => this.#pipeline.columns.has(portKey(ref)) && !this.#rows.has(portKey(ref)))
  }

  #watch(lease: Lease, index: number, stage: Stage): NodeJS.Timeout {
    const total = this.#plan.stages.length
    const nodeId = stage.kind === 'keep' ? stage.ref.nodeId : stage.nodeId
    let last = -1
    return setInterval(() => {
      const fraction = (index + (lease.progress ?? 0)) / total
      if (fraction > last) this.#emit({ kind: 'progress', fraction, nodeId })
      last = Math.max(last, fraction)
    }, PROGRESS_MS)
  }
}
