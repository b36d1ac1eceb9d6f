import { planRun } from '../../engine/plan-run.ts'
import { cancelledError, type ErrorInfo, toErrorInfo } from '../../shared/errors.ts'
import { countRest } from '../accounting/count-rest.ts'
import type { Project } from '../project.ts'
import type { Emit, RunRequest } from './context.ts'
import { RUN_HOOKS } from './hooks.ts'
import { RunResults } from './results.ts'
import { errorOf, StageRunner } from './run-stages.ts'
import { stagesOf } from './stage-events.ts'

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
  const finish = (state: 'succeeded' | 'failed' | 'cancelled', error?: ErrorInfo) => {
    // Whoever hears of the end sees what was written.
    project.analyser.forgetFiles()
    emit({ kind: 'finished', state, milliseconds: performance.now() - started, ...(error ? { error } : {}) })
  }
  const results = new RunResults()
  let runner: StageRunner | undefined
  try {
    // A run reads the files as they are now: another one may have written them a moment ago.
    project.analyser.forgetFiles()
    const pipeline = await project.analyser.pipeline(request, signal)
    const plan = planRun(pipeline, request.only)
    const at = new Date().toISOString()
    emit({ kind: 'started', runId: request.runId, at, nodes: [...plan.nodes], stages: stagesOf(plan) })
    if (plan.stages.length === 0 && plan.refused.size === 0) {
      finish('failed', pipeline.problems[0] ? errorOf(pipeline.problems[0]) : NOTHING_TO_RUN)
      return null
    }
    const run = { project, pipeline, plan, request, results, hooks: RUN_HOOKS, emit, signal }
    runner = new StageRunner(run)
    const failure = await runner.all()
    if (request.rowCounts === 'exact')
      for (const nodeId of await countRest(run, runner.failed)) runner.nodes.sayDone(nodeId)
    emit({ kind: 'progress', fraction: 1 })
    finish(failure ? 'failed' : 'succeeded', failure)
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

const NOTHING_TO_RUN: ErrorInfo = {
  code: 'run.nothing-to-do',
  kind: 'user',
  message: 'There is nothing to run: the pipeline has no load.',
  hint: 'Add a load, such as load.csv, and connect it.',
}
