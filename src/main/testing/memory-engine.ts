import type { Preview, RunEvent } from '../../shared/engine/types.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { type EngineContract, engineContract, type PipelineRequest } from '../../shared/rpc/engine-contract.ts'
import { serve } from '../../shared/rpc/host.ts'
import { createTransportPair } from '../../shared/rpc/memory-transport.ts'
import type { Difference } from '../../shared/tests/result.ts'
import type { AppEngine } from '../engine/app-engine.ts'

type RunHandler = (request: PipelineRequest & { runId: string }, signal: AbortSignal) => AsyncIterable<RunEvent>

/** An engine without a process or data, over the real RPC: for tests of what stands around it. */
export function createMemoryEngine(run: RunHandler): AppEngine & {
  /** What was asked so far. */
  readonly requests: { method: string; input: unknown }[]
  /** Ends the connection, as a crash of the process would. */
  crash(): void
} {
  const requests: { method: string; input: unknown }[] = []
  const seen = <T>(method: string, answer: T) => {
    return async (input: unknown) => {
      requests.push({ method, input })
      return answer
    }
  }
  const emptyPreview: Preview = {
    columns: [],
    rows: [],
    exactness: 'exact',
    more: false,
    milliseconds: 1,
    cached: false,
  }
  const handlers: Handlers<EngineContract> = {
    modules: seen('modules', []),
    diff: seen('diff', NO_DIFFERENCE),
    test: seen('test', { state: 'passed', milliseconds: 1, expectations: [] }),
    functions: seen('functions', []),
    analyse: seen('analyse', { nodes: {}, problems: [], queries: 0, milliseconds: 1 }),
    preview: seen('preview', emptyPreview),
    previewFile: seen('previewFile', emptyPreview),
    profile: seen('profile', { columns: [], exactness: 'exact' as const, milliseconds: 1 }),
    sql: seen('sql', { sql: 'SELECT 1' }),
    rejects: seen('rejects', { columns: [], rows: [], total: 0, editable: [] }),
    repair: seen('repair', { rows: 1 }),
    suggest: seen('suggest', { config: {}, entries: 0, exactness: 'exact', more: false }),
    detect: seen('detect', { config: {}, preview: emptyPreview }),
    connectors: seen('connectors', []),
    testConnection: seen('testConnection', { ok: true, steps: [] }),
    browseConnection: seen('browseConnection', []),
    refreshSource: seen('refreshSource', {}),
    keptSources: seen('keptSources', []),
    lineage: seen('lineage', { hash: '' }),
    renameColumn: seen('renameColumn', { edits: [], uses: [], lookAt: [], columns: {} }),
    run: (request, { signal }) => {
      requests.push({ method: 'run', input: request })
      return run(request, signal)
    },
    status: seen('status', { processId: 1, memoryBytes: 10, memoryLimitBytes: 20, activeQueries: 0 }),
  }
  const [clientEnd, hostEnd] = createTransportPair()
  serve(engineContract, handlers, hostEnd, { checkOutput: true })
  const client = createClient(engineContract, clientEnd)
  return {
    requests,
    client,
    status: () => ({ state: 'ready', restarts: 0 }),
    close: () => client.close(),
    crash: () => hostEnd.close(),
  }
}

const NO_DIFFERENCE: Difference = {
  schema: [],
  columns: [],
  keys: [],
  suggested: false,
  rows: { before: '0', after: '0' },
  counts: { removed: '0', added: '0', changed: '0', unchanged: '0' },
  changedColumns: [],
  differing: [],
  offset: 0,
  more: false,
}
