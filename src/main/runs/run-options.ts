import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import type { RunRequest, RunTrigger } from '../../shared/runs/history.ts'
import type { ProjectSettings } from '../../shared/runs/storage.ts'
import type { AppEngine } from '../engine/app-engine.ts'
import type { ReplayClaim } from '../journal/replay-records.ts'
import type { RunWatcher } from './run-watcher.ts'

export interface RunRegistryOptions {
  readonly projectRoot: string
  readonly engine: Pick<AppEngine, 'client' | 'onLine'> & Partial<Pick<AppEngine, 'status'>>
  /** The variables that a pipeline may have now, of those it asks for. */
  readonly environment: (document: PipelineDocument) => Record<string, string>
  /** `own`: only runs that this process asks for; those that wait from before go on waiting. */
  readonly queue?: 'all' | 'own'
  readonly settings?: ProjectSettings
  /** Hears of runs that begin and end; must not throw. */
  readonly observer?: RunWatcher | undefined
}

export interface RunStart extends Omit<RunRequest, 'env'> {
  readonly path: string
  readonly trigger: RunTrigger
  readonly key?: string | undefined
  readonly priority?: boolean | undefined
  /** Rows of rejects that it reads again. */
  readonly replays?: ReplayClaim | undefined
  /** Variables that the asker brings along; absent: those that this application grants. Their values are never written down. */
  readonly env?: Readonly<Record<string, string>> | undefined
}
