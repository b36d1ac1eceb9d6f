import { availableParallelism } from 'node:os'
import type { BrowseEntry, ConnectorInfo, Diagnosis } from '../shared/connections/connection.ts'
import type {
  Analysis,
  FieldSuggestion,
  FileDetection,
  KeptSource,
  Preview,
  Profile,
  RunEvent,
} from '../shared/engine/types.ts'
import type { DocumentLineage } from '../shared/lineage/types.ts'
import type { ModuleInfo } from '../shared/modules/descriptor.ts'
import type { ColumnRename } from '../shared/rename.ts'
import type { Handlers } from '../shared/rpc/contract.ts'
import type { EngineContract, FunctionInfo } from '../shared/rpc/engine-contract.ts'
import type { RejectsPage } from '../shared/runs/rejects.ts'
import type { CaseResult, Difference } from '../shared/tests/result.ts'
import { EventQueue } from './event-queue.ts'
import { memoryLimit } from './memory-limit.ts'
import { ThreadClient } from './thread-client.ts'

export interface EngineService {
  readonly handlers: Handlers<EngineContract>
  /** Cancels what runs, waits for DuckDB, ends the threads. */
  close(): Promise<void>
}

export interface EngineServiceOptions {
  readonly memoryBytes?: number
  readonly threads?: number
  /** Ends this process. Called where a thread never comes back, once nothing else is at work. */
  readonly end?: () => void
}

const CHECK_STUCK_MS = 250
/** So long without a question, and the person looks at what they got: time to make a run start at once. */
const PAUSE_MS = 500

/** Previews share the machine with a run; this is their part of the memory, and at most so much. */
const INTERACTIVE_SHARE = 1 / 4
const INTERACTIVE_BYTES = 2 ** 31

/** Answers the engine contract with two threads, so that typing is never behind a run. */
export function createEngineService(options: EngineServiceOptions = {}): EngineService {
  const memoryBytes = options.memoryBytes ?? memoryLimit()
  const threads = options.threads ?? Math.max(2, availableParallelism())
  const interactiveBytes = Math.min(memoryBytes * INTERACTIVE_SHARE, INTERACTIVE_BYTES)
  const interactive = new ThreadClient('interactive', { memoryBytes: interactiveBytes, threads })
  const runner = new ThreadClient('run', { memoryBytes: memoryBytes - interactiveBytes, threads })
  interactive.start()
  // A thread that native code holds cannot be ended, and would keep a core busy for ever: its process is ended, and started again.
  const clearing = setInterval(() => {
    if (interactive.stuckThreads + runner.stuckThreads === 0) return
    if (interactive.activeQueries + runner.activeQueries === 0) options.end?.()
  }, CHECK_STUCK_MS)
  clearing.unref()
  const opened = new Set<string>()
  const pauses = new Set<NodeJS.Timeout>()

  /**
   * Opening a project takes longer than a short run: it is done while the person still designs. In a pause, since a second thread
   * that loads the whole catalogue keeps a core from the first columns and previews.
   */
  const warm = (projectRoot: string): void => {
    if (opened.has(projectRoot)) return
    opened.add(projectRoot)
    const later = (): void => {
      const pause = setTimeout(() => {
        pauses.delete(pause)
        if (interactive.activeQueries > 0 || performance.now() - interactive.askedAt < PAUSE_MS) later()
        else runner.ask('open', { projectRoot }, new AbortController().signal).catch(() => opened.delete(projectRoot))
      }, PAUSE_MS)
      pause.unref()
      pauses.add(pause)
    }
    later()
  }

  const handlers: Handlers<EngineContract> = {
    // The catalogue is loaded where it is used: this process answers before its threads have read every module.
    modules: async (input, { signal }) => (await interactive.ask('modules', input, signal)) as ModuleInfo[],
    functions: async (input, { signal }) => (await interactive.ask('functions', input, signal)) as FunctionInfo[],
    async analyse(input, { signal }) {
      const analysis = (await interactive.ask('analyse', input, signal)) as Analysis
      warm(input.projectRoot)
      return analysis
    },
    preview: async (input, { signal }) => (await interactive.ask('preview', input, signal)) as Preview,
    profile: async (input, { signal }) => (await interactive.ask('profile', input, signal)) as Profile,
    sql: async (input, { signal }) => (await interactive.ask('sql', input, signal)) as { sql: string },
    previewFile: async (input, { signal }) => (await interactive.ask('previewFile', input, signal)) as Preview,
    rejects: async (input, { signal }) => (await interactive.ask('rejects', input, signal)) as RejectsPage,
    repair: async (input, { signal }) => (await interactive.ask('repair', input, signal)) as { rows: number },
    suggest: async (input, { signal }) => (await interactive.ask('suggest', input, signal)) as FieldSuggestion,
    detect: async (input, { signal }) => (await interactive.ask('detect', input, signal)) as FileDetection,
    connectors: async (input, { signal }) => (await interactive.ask('connectors', input, signal)) as ConnectorInfo[],
    testConnection: async (input, { signal }) => (await interactive.ask('testConnection', input, signal)) as Diagnosis,
    browseConnection: async (input, { signal }) =>
      (await interactive.ask('browseConnection', input, signal)) as BrowseEntry[],
    refreshSource: async (input, { signal }) =>
      (await interactive.ask('refreshSource', input, signal)) as Record<string, never>,
    keptSources: async (input, { signal }) => (await interactive.ask('keptSources', input, signal)) as KeptSource[],
    lineage: async (input, { signal }) =>
      (await interactive.ask('lineage', input, signal)) as { hash: string; lineage?: DocumentLineage },
    renameColumn: async (input, { signal }) => (await interactive.ask('renameColumn', input, signal)) as ColumnRename,
    run(input, { signal }) {
      const events = new EventQueue<RunEvent>()
      const leaving = new AbortController()
      const both = AbortSignal.any([signal, leaving.signal])
      // Events and the answer travel on ports of their own, so the answer may come first: the last event is the end.
      const onEvent = (event: RunEvent): void => {
        events.push(event)
        if (event.kind === 'finished') events.end()
      }
      runner.ask('run', input, both, onEvent).catch((thrown: unknown) => events.fail(thrown))
      return events.iterate(() => leaving.abort())
    },
    test: async (input, { signal }) => (await runner.ask('test', input, signal)) as CaseResult,
    diff: async (input, { signal }) => (await runner.ask('diff', input, signal)) as Difference,
    status: async () => ({
      processId: process.pid,
      memoryBytes: process.memoryUsage.rss(),
      memoryLimitBytes: Math.floor(memoryBytes),
      activeQueries: interactive.activeQueries + runner.activeQueries,
    }),
  }
  return {
    handlers,
    async close() {
      clearInterval(clearing)
      for (const pause of pauses) clearTimeout(pause)
      await Promise.all([interactive.close(), runner.close()])
    },
  }
}
