/**
 * What the parts of a run share. `run-pipeline.ts` begins and ends a run; `run-stages.ts` goes through its stages; a stage is computed
 * by `compute-stage.ts`, which asks one of `keep-stage.ts`, `process-stage.ts`, `load-stage.ts`; `node-states.ts` says what becomes of
 * the nodes; `stage-events.ts` what becomes of the stages; `accounting/` counts what no result told. Who wants to take part without
 * being one of these is a hook (`RunHook`, listed in `hooks.ts`).
 */
import type { LoadStage, RunPlan, Stage } from '../../engine/plan-run.ts'
import type { InputRelation } from '../../modules/kit/contract.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { AnalysedPipeline, AnalyseRequest } from '../analyse.ts'
import type { Project } from '../project.ts'
import type { Lease } from '../session.ts'
import type { RunResults } from './results.ts'

export interface RunRequest extends AnalyseRequest {
  readonly runId: string
  readonly only?: readonly string[] | undefined
  readonly rowCounts: 'exact' | 'none'
}

export type Emit = (event: RunEvent) => void

export interface RunContext {
  readonly project: Project
  readonly pipeline: AnalysedPipeline
  readonly plan: RunPlan
  readonly request: RunRequest
  readonly results: RunResults
  readonly hooks: readonly RunHook[]
  readonly emit: Emit
  readonly signal: AbortSignal
}

/** Takes part in a run, next to what computes it. What a hook throws is the failure of its stage. */
export interface RunHook {
  /** Before a load writes, with the connection that it will use. `inputs` gives by port the rows that it would write. */
  readonly beforeLoad?: (
    run: RunContext,
    stage: LoadStage,
    inputs: ReadonlyMap<string, InputRelation>,
    lease: Lease,
  ) => Promise<void>
  /** Once a stage's rows are there, before it and its nodes are said to be done. Not after a failure. */
  readonly afterStage?: (run: RunContext, stage: Stage) => Promise<void>
}
