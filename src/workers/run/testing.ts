import type { RunEvent, StageState } from '../../shared/engine/types.ts'
import type { PipelineNode } from '../../shared/pipeline/document.ts'
import type { ResumedStage } from '../../shared/rpc/engine-contract.ts'
import { never, type TemporaryProject } from '../testing/temporary-project.ts'
import type { RunRequest } from './context.ts'
import { type RunOptions, runPipeline } from './run-pipeline.ts'

export interface Ran {
  readonly events: readonly RunEvent[]
  readonly finished: Extract<RunEvent, { kind: 'finished' }> | undefined
  /** Stage -> its states, in their order. */
  readonly stages: Readonly<Record<string, StageState[]>>
  /** Node -> its last state. */
  readonly nodes: Readonly<Record<string, string>>
  /** As the journal would tell the engine when the run goes on. */
  readonly resume: { readonly stages: ResumedStage[] }
}

/** Runs a pipeline in a test's project, to its end. */
export async function runNodes(
  own: TemporaryProject,
  nodes: Record<string, PipelineNode>,
  request: Partial<RunRequest> & { signal?: AbortSignal; onEvent?: (event: RunEvent) => void } & RunOptions = {},
): Promise<Ran> {
  const { signal = never, onEvent, clock, ...more } = request
  const events: RunEvent[] = []
  await runPipeline(
    own.project,
    {
      document: { format: 'logidata/v1', name: 'Test', nodes },
      parameters: {},
      env: {},
      runId: 'r',
      rowCounts: 'none',
      ...more,
    },
    (event) => {
      events.push(event)
      onEvent?.(event)
    },
    signal,
    clock ? { clock } : {},
  )
  const stages: Record<string, StageState[]> = {}
  const nodeStates: Record<string, string> = {}
  const finishedStages: ResumedStage[] = []
  for (const event of events) {
    if (event.kind === 'node') nodeStates[event.nodeId] = event.state
    if (event.kind !== 'stage') continue
    stages[event.key] = [...(stages[event.key] ?? []), event.state]
    const { key, hash, files = [], rows = {} } = event
    if ((event.state === 'done' || event.state === 'reused') && hash) finishedStages.push({ key, hash, files, rows })
  }
  const last = events.at(-1)
  const finished = last?.kind === 'finished' ? last : undefined
  return { events, finished, stages, nodes: nodeStates, resume: { stages: finishedStages } }
}
