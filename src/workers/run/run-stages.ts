import { type Stage, stageKey, stageTargets } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import type { Problem, StagedFile } from '../../shared/engine/types.ts'
import { cancelledError, type ErrorInfo } from '../../shared/errors.ts'
import { Budget, weightOf } from './budget.ts'
import { computeStage, ownerOf } from './compute-stage.ts'
import { conflictsOf } from './conflicts.ts'
import type { RunContext } from './context.ts'
import { incomplete, NodeStates } from './node-states.ts'
import { Progress } from './progress.ts'
import { waitBeforeRetry } from './retry.ts'
import type { Reused } from './reuse.ts'
import { rowsOf, StageStates } from './stage-events.ts'

export interface StageRunnerOptions {
  readonly reused: ReadonlyMap<string, Reused>
  /** Analyses the pipeline anew, before a stage is tried again. */
  readonly refresh: () => Promise<void>
}

/** Takes the stages of a plan through their attempts, several at once. What fails takes along what needs it, and nothing else. */
export class StageRunner {
  readonly nodes: NodeStates
  readonly stages: StageStates
  /** Of stages that gave no rows. */
  readonly failed = new Set<string>()
  readonly #run: RunContext
  readonly #options: StageRunnerOptions
  readonly #progress: Progress
  readonly #budget = new Budget()
  readonly #stop = new AbortController()
  readonly #signal: AbortSignal
  /** By the place of the stage, so that what is said to be the first does not depend on which was faster. */
  readonly #failures = new Map<number, ErrorInfo>()

  constructor(run: RunContext, options: StageRunnerOptions) {
    this.#run = run
    this.#options = options
    this.#signal = AbortSignal.any([run.signal, this.#stop.signal])
    this.nodes = new NodeStates(run)
    this.stages = new StageStates(run)
    this.#progress = new Progress(run)
  }

  /** @returns the first failure. @throws LogiDataError `cancelled` */
  async all(): Promise<ErrorInfo | undefined> {
    const { plan } = this.#run
    for (const [nodeId, problem] of plan.refused) this.#fail(-1, nodeId, errorOf(problem))
    const conflicts = await conflictsOf(this.#run)
    const ended = new Map<string, Promise<void>>()
    for (const [order, stage] of plan.stages.entries()) {
      const before = [...stage.needs, ...(conflicts.get(stageKey(stage)) ?? [])].flatMap((key) => ended.get(key) ?? [])
      const running = Promise.all(before).then(() => this.#one(stage, order))
      // Whatever goes wrong beyond a stage ends the others.
      running.catch(() => this.#stop.abort())
      ended.set(stageKey(stage), running)
    }
    try {
      const settled = await Promise.allSettled(ended.values())
      const thrown = settled.find((result) => result.status === 'rejected')
      if (thrown) throw thrown.reason
    } finally {
      this.#progress.stop()
    }
    return [...this.#failures].sort(([one], [other]) => one - other)[0]?.[1]
  }

  /** After a cancel. */
  cancelRest(): void {
    this.stages.cancelRest()
    this.nodes.cancelRest()
  }

  async #one(stage: Stage, order: number): Promise<void> {
    if (this.#signal.aborted) throw cancelledError()
    const reused = this.#options.reused.get(stageKey(stage))
    if (reused) {
      this.#end(stage, 'reused', 1, reused)
      return
    }
    for (let attempt = 1; ; attempt++) {
      const result = await this.#attempt(stage, order, attempt)
      if (result.state === 'done') {
        this.#end(stage, 'done', attempt, result)
        return
      }
      const waits = result.errors.map((error) => waitBeforeRetry(this.#run, ownerOf(stage), error, attempt))
      const wait = longest(waits)
      const [error] = result.errors
      if (wait === undefined || !error) {
        this.#abandon(stage, order, attempt, result)
        return
      }
      this.stages.say(stage, 'retrying', attempt, { error, retryInMilliseconds: wait })
      await this.#run.clock.sleep(wait, this.#signal)
      await this.#options.refresh()
    }
  }

  async #attempt(stage: Stage, order: number, attempt: number): Promise<Attempt> {
    const broken = this.#whyNot(stage)
    if (broken) return { state: 'failed', errors: broken }
    const giveBack = await this.#budget.take(weightOf(this.#run.pipeline, stage), order, this.#signal)
    try {
      this.stages.say(stage, 'running', attempt)
      this.nodes.start(stage)
      const started = performance.now()
      const { files, error } = await computeStage(this.#run, stage, this.#progress, this.#signal)
      const milliseconds = performance.now() - started
      return error ? { state: 'failed', errors: [error], milliseconds } : { state: 'done', files, milliseconds }
    } finally {
      giveBack()
    }
  }

  /** Its rows are there. */
  #end(
    stage: Stage,
    state: 'done' | 'reused',
    attempt: number,
    found: Omit<Attempt & { state: 'done' }, 'state'>,
  ): void {
    const { files, milliseconds } = found
    const hash = this.#run.hashes.get(stageKey(stage))
    this.#progress.end(stage)
    this.stages.say(stage, state, attempt, {
      ...(hash === undefined ? {} : { hash }),
      files: [...files],
      rows: rowsOf(this.#run, stage),
      ...(milliseconds === undefined ? {} : { milliseconds }),
    })
    this.nodes.end(stage, true)
  }

  /** It will never have rows. */
  #abandon(
    stage: Stage,
    order: number,
    attempt: number,
    { errors, milliseconds }: Attempt & { state: 'failed' },
  ): void {
    const [error] = errors
    for (const each of errors) this.#fail(order, each.nodeId ?? ownerOf(stage), each)
    if (!this.#failures.has(order)) this.#failures.set(order, incomplete(stage))
    if (error)
      this.stages.say(stage, 'failed', attempt, { error, ...(milliseconds === undefined ? {} : { milliseconds }) })
    else this.stages.say(stage, 'skipped', attempt)
    this.failed.add(stageKey(stage))
    this.#progress.end(stage)
    this.nodes.end(stage, false)
  }

  #fail(order: number, nodeId: string, error: ErrorInfo): void {
    if (!this.#failures.has(order)) this.#failures.set(order, { ...error, nodeId })
    this.nodes.fail(nodeId, error)
  }

  /** Errors of nodes that keep a stage from running; none when it only depends on a stage that failed. Undefined: it can run. */
  #whyNot(stage: Stage): ErrorInfo[] | undefined {
    const { pipeline } = this.#run
    const broken = stage.nodes.flatMap((nodeId) => {
      const problem = pipeline.nodeProblems.get(nodeId)?.find(({ severity }) => severity === 'error')
      return problem ? [{ ...errorOf(problem), nodeId }] : []
    })
    if (broken.length > 0 || stage.needs.some((need) => this.failed.has(need))) return broken
    return stageTargets(stage).every((target) => pipeline.columns.has(portKey(target))) ? undefined : broken
  }
}

type Attempt =
  | { readonly state: 'done'; readonly files: readonly StagedFile[]; readonly milliseconds?: number }
  /** No errors: because of another stage. */
  | { readonly state: 'failed'; readonly errors: readonly ErrorInfo[]; readonly milliseconds?: number }

function longest(waits: readonly (number | undefined)[]): number | undefined {
  const known = waits.filter((wait) => wait !== undefined)
  return known.length === waits.length && known.length > 0 ? Math.max(...known) : undefined
}

/** A problem as an error: where it stands in the file is for whoever has the file. */
export function errorOf({ severity: _severity, position: _position, ...error }: Problem): ErrorInfo {
  return error
}
