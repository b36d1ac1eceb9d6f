import { planRun, type RunPlan, stageKey } from '../../engine/plan-run.ts'
import { contentHashes, stageHash } from '../../engine/stage-hash.ts'
import { cancelledError, type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { closeAccounts } from '../accounting/account.ts'
import { planReplay } from '../accounting/replay.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import type { Project } from '../project.ts'
import { digest } from '../whole-results.ts'
import { type RunClock, realClock } from './clock.ts'
import type { Emit, RunContext, RunRequest } from './context.ts'
import { RUN_HOOKS } from './hooks.ts'
import { pushedKey, sourcesPushed } from './pushed.ts'
import { RunResults } from './results.ts'
import { reusedStages } from './reuse.ts'
import { errorOf, StageRunner } from './run-stages.ts'
import { stagesOf } from './stage-events.ts'

export interface RunOptions {
  readonly clock?: RunClock
  /** Ends when what a writer that died left has been put in order; whether there was anything. */
  readonly recovered?: Promise<boolean>
}

/**
 * Runs a pipeline's loads and says what happens. A load that fails does not stop those that do not depend on it. Whatever goes
 * wrong with the pipeline is an event, not an exception; the last event is always `finished`.
 */
export async function runPipeline(
  project: Project,
  request: RunRequest,
  emit: Emit,
  signal: AbortSignal,
  { clock = realClock, recovered = NOTHING_RECOVERED }: RunOptions = {},
): Promise<null> {
  const started = performance.now()
  const finish = (state: 'succeeded' | 'failed' | 'cancelled', error?: ErrorInfo) => {
    // Whoever hears of the end sees what was written.
    project.analyser.forgetFiles()
    emit({ kind: 'finished', state, milliseconds: performance.now() - started, ...(error ? { error } : {}) })
  }
  const results = new RunResults()
  let runner: StageRunner | undefined
  try {
    const analyse = () => {
      // A run reads the files as they are now: another one may have written them a moment ago.
      project.analyser.forgetFiles()
      return project.analyser.pipeline(request, signal)
    }
    const replayOf = async (found: AnalysedPipeline) =>
      request.replay && (await planReplay(project, found, request.replay, results, signal))
    const pushedOf = (found: AnalysedPipeline) => sourcesPushed(request, found, project.analyser.columnUse)
    // Side by side: that a writer died in the middle of a swap is rare, and the analysis then worth nothing.
    const [analysed, found] = await Promise.all([analyse(), recovered])
    const pipeline = found ? await analyse() : analysed
    const replayed = await replayOf(pipeline)
    const plan = replayed?.plan ?? planRun(pipeline, request)
    const pushed = await pushedOf(replayed?.pipeline ?? pipeline)
    const hashes = hashesOf(request, replayed?.pipeline ?? pipeline, plan, pushed)
    const { runId, attempt = 1 } = request
    const at = new Date().toISOString()
    emit({ kind: 'started', runId, at, nodes: [...plan.nodes], attempt, stages: stagesOf(plan) })
    if (plan.stages.length === 0 && plan.refused.size === 0) {
      finish('failed', pipeline.problems[0] ? errorOf(pipeline.problems[0]) : NOTHING_TO_RUN)
      return null
    }
    const run: RunContext = {
      project,
      pipeline: replayed?.pipeline ?? pipeline,
      hashes,
      pushed,
      plan,
      request,
      results,
      turns: new Map(),
      hooks: RUN_HOOKS,
      clock,
      emit,
      signal,
    }
    const reused = await reusedStages(run)
    const refresh = async () => {
      const found = await analyse()
      run.pipeline = (await replayOf(found))?.pipeline ?? found
      results.refreshed = true
      run.pushed = await pushedOf(run.pipeline)
      run.hashes = hashesOf(request, run.pipeline, plan, run.pushed)
    }
    runner = new StageRunner(run, { reused, refresh })
    const failure = await runner.all()
    const unbalanced = await closeAccounts(run, new Set([...runner.failed, ...reused.keys()]))
    runner.nodes.sayMore()
    emit({ kind: 'progress', fraction: 1 })
    finish(failure || unbalanced ? 'failed' : 'succeeded', failure ?? unbalanced)
  } catch (thrown) {
    const error = signal.aborted ? cancelledError().info : toErrorInfo(thrown)
    if (error.kind === 'cancelled') {
      runner?.cancelRest()
      finish('cancelled')
    } else finish('failed', error)
  } finally {
    await results.drop(project.session)
  }
  return null
}

function hashesOf(
  request: RunRequest,
  pipeline: AnalysedPipeline,
  plan: RunPlan,
  pushed: RunContext['pushed'],
): Map<string, string> {
  const contents = contentHashes(pipeline, { ...request, fingerprints: pipeline.fingerprints, digest })
  return new Map(
    plan.stages.flatMap((stage) => {
      const all = stageHash(pipeline, stage, contents, digest)
      // What the steps after it give is the same, whatever a source left out.
      const hash = all && stage.kind === 'keep' ? pushedKey(all, pushed.get(stage.ref.nodeId)) : all
      // Rows that are replayed are not those of the pipeline: nobody must find them as such.
      const own =
        hash === undefined || !request.replay ? hash : digest(JSON.stringify([hash, request.runId, request.replay]))
      return own === undefined ? [] : [[stageKey(stage), own]]
    }),
  )
}

const NOTHING_RECOVERED = Promise.resolve(false)

const NOTHING_TO_RUN: ErrorInfo = {
  code: 'run.nothing-to-do',
  kind: 'user',
  message: 'There is nothing to run: the pipeline has no load.',
  hint: 'Add a load, such as load.csv, and connect it.',
}
