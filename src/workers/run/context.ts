/**
 * What the parts of a run share. `run-pipeline.ts` begins and ends a run; `reuse.ts` finds what earlier attempts leave to do;
 * `run-stages.ts` takes each stage through its attempts, as many at once as `budget.ts` allows and as `retry.ts` says; a stage is
 * computed by `compute-stage.ts`, which asks one of `keep-stage.ts`, `process-stage.ts`, `load-stage.ts`; kept results are files
 * (`staged-results.ts`), loads provable (`commits.ts`); `node-states.ts` says what becomes of the nodes, `stage-events.ts` what becomes of
 * the stages; `accounting/` counts what no result told. Who wants to take part without being one of these is a hook (`RunHook`, listed
 * in `hooks.ts`).
 */
import type { LoadStage, RunPlan, Stage } from '../../engine/plan-run.ts'
import type { InputRelation } from '../../modules/kit/contract.ts'
import type { Pushed } from '../../modules/kit/pushdown.ts'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import type { ResumedStage } from '../../shared/rpc/engine-contract.ts'
import type { AnalysedPipeline, AnalyseRequest } from '../analyse.ts'
import type { Project } from '../project.ts'
import type { Lease } from '../session.ts'
import type { RunClock } from './clock.ts'
import type { Turns } from './in-turn.ts'
import type { RunResults } from './results.ts'

export interface RunRequest extends AnalyseRequest {
  readonly runId: string
  readonly only?: readonly string[] | undefined
  readonly rowCounts: 'exact' | 'none'
  /** Of the run, from 1. */
  readonly attempt?: number
  /** What earlier attempts finished. */
  readonly resume?: { readonly stages: readonly ResumedStage[] } | undefined
  readonly from?: readonly string[] | undefined
  readonly to?: readonly string[] | undefined
  readonly now?: string | undefined
  /** At most so many rejected rows per port are kept; absent or 0: none. */
  readonly keepRejects?: { readonly rows: number } | undefined
  /** Rejected rows of a node, repaired, take the place of its input; loads append. */
  readonly replay?: { readonly nodeId: string; readonly file: string } | undefined
  /** Nothing is written: loads say what they would do. */
  readonly dry?: boolean | undefined
  /** Where incremental extracts go on, by node. */
  readonly cursors?: Readonly<Record<string, JsonValue>> | undefined
}

export type Emit = (event: RunEvent) => void

export interface RunContext {
  readonly project: Project
  /** As it was analysed last: anew before a stage is tried again, since files may have come or changed. Not to be kept. */
  pipeline: AnalysedPipeline
  /** Of stages, by key: of everything that a result depends on. Goes with `pipeline`. */
  hashes: ReadonlyMap<string, string>
  /** What is left to the sources, by extract. Goes with `pipeline`. */
  pushed: ReadonlyMap<string, Pushed>
  readonly plan: RunPlan
  readonly request: RunRequest
  readonly results: RunResults
  /** Nodes whose rows are staged in code or over a connection. */
  readonly turns: Turns
  readonly hooks: readonly RunHook[]
  readonly clock: RunClock
  readonly emit: Emit
  /** Of the run. A stage has its own, which ends with this one or with its time. */
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
