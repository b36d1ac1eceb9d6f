import { type Stage, stageKey, stageTargets } from '../../engine/plan-run.ts'
import { portKey } from '../../engine/resolve-pipeline.ts'
import type { Problem } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'
import { computeStage, ownerOf } from './compute-stage.ts'
import type { RunContext } from './context.ts'
import { incomplete, NodeStates } from './node-states.ts'
import { Progress } from './progress.ts'
import { rowsOf, StageStates } from './stage-events.ts'

/** Goes through the stages of a plan. What fails takes along what needs it, and nothing else. */
export class StageRunner {
  readonly nodes: NodeStates
  readonly stages: StageStates
  /** Of stages that gave no rows. */
  readonly failed = new Set<string>()
  readonly #run: RunContext
  readonly #progress: Progress
  #firstFailure: ErrorInfo | undefined

  constructor(run: RunContext) {
    this.#run = run
    this.nodes = new NodeStates(run)
    this.stages = new StageStates(run)
    this.#progress = new Progress(run)
  }

  /** @returns the first failure. @throws LogiDataError `cancelled` */
  async all(): Promise<ErrorInfo | undefined> {
    const { plan } = this.#run
    try {
      for (const [nodeId, problem] of plan.refused) this.#fail(nodeId, errorOf(problem))
      for (const stage of plan.stages) await this.#one(stage)
      return this.#firstFailure
    } finally {
      this.#progress.stop()
    }
  }

  /** After a cancel. */
  cancelRest(): void {
    this.stages.cancelRest()
    this.nodes.cancelRest()
  }

  async #one(stage: Stage): Promise<void> {
    const broken = this.#whyNot(stage)
    if (broken) {
      for (const [nodeId, error] of broken) this.#fail(nodeId, error)
      const [first] = broken
      if (first) this.stages.say(stage, 'failed', 1, { error: { ...first[1], nodeId: first[0] } })
      else this.stages.say(stage, 'skipped')
      this.#abandon(stage)
      return
    }
    this.stages.say(stage, 'running')
    this.nodes.start(stage)
    const started = performance.now()
    const error = await computeStage(this.#run, stage, this.#progress)
    const milliseconds = performance.now() - started
    if (error) {
      this.#fail(error.nodeId ?? ownerOf(stage), error)
      this.stages.say(stage, 'failed', 1, { error, milliseconds })
      this.#abandon(stage)
      return
    }
    this.#progress.end(stage)
    this.stages.say(stage, 'done', 1, { rows: rowsOf(this.#run, stage), milliseconds })
    this.nodes.end(stage, true)
  }

  #fail(nodeId: string, error: ErrorInfo): void {
    this.#firstFailure ??= { ...error, nodeId }
    this.nodes.fail(nodeId, error)
  }

  #abandon(stage: Stage): void {
    this.failed.add(stageKey(stage))
    this.#firstFailure ??= incomplete(stage)
    this.#progress.end(stage)
    this.nodes.end(stage, false)
  }

  /** Nodes whose errors keep a stage from running; empty when it only depends on a stage that failed. */
  #whyNot(stage: Stage): Map<string, ErrorInfo> | undefined {
    const { pipeline } = this.#run
    const broken = new Map<string, ErrorInfo>()
    for (const nodeId of stage.nodes) {
      const problem = pipeline.nodeProblems.get(nodeId)?.find(({ severity }) => severity === 'error')
      if (problem) broken.set(nodeId, errorOf(problem))
    }
    if (broken.size > 0) return broken
    if (stage.needs.some((need) => this.failed.has(need))) return broken
    return stageTargets(stage).every((target) => pipeline.columns.has(portKey(target))) ? undefined : broken
  }
}

/** A problem as an error: where it stands in the file is for whoever has the file. */
export function errorOf({ severity: _severity, position: _position, ...error }: Problem): ErrorInfo {
  return error
}
