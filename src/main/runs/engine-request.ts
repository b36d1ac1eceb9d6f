import type { JsonValue } from '../../shared/pipeline/document.ts'
import type { ResumedStage } from '../../shared/rpc/engine-contract.ts'
import type { RunRequest, RunStage } from '../../shared/runs/history.ts'

interface AttemptContext {
  readonly projectRoot: string
  /** Values of the variables that the request names. */
  readonly env: Record<string, string>
  readonly runId: string
  readonly attempt: number
  readonly stages: ResumedStage[]
  /** Where incremental extracts go on. */
  readonly cursors: Record<string, JsonValue>
}

/** What the engine is asked for an attempt of a run. */
export function engineRequest({ env: _names, document, parameters, ...rest }: RunRequest, context: AttemptContext) {
  const { projectRoot, env, runId, attempt, stages, cursors } = context
  const { only, from, to, replay, now, offline, pushdown } = rest
  return {
    projectRoot,
    document,
    parameters,
    env,
    runId,
    attempt,
    cursors,
    ...(stages.length > 0 && { resume: { stages } }),
    ...(only && { only }),
    ...(from && { from }),
    ...(to && { to }),
    ...(replay && { replay }),
    ...(now !== undefined && { now }),
    ...(offline && { offline }),
    ...(pushdown === false && { pushdown }),
  }
}

/** What earlier attempts of a run computed; of each stage the newest. The engine looks whether it is still right. */
export function finishedStages(stages: readonly RunStage[]): ResumedStage[] {
  const finished = new Map<string, ResumedStage>()
  for (const { key, state, hash, files, rows } of stages)
    if (hash !== undefined && (state === 'done' || state === 'reused'))
      finished.set(key, { key, hash, files: files ?? [], rows: rows ?? {} })
  return [...finished.values()]
}
