import type { RunEvent } from '../shared/engine/types.ts'
import type { ErrorInfo } from '../shared/errors.ts'

/** What a query thread is given when it starts. */
export interface ThreadOptions {
  readonly memoryBytes: number
  readonly threads: number
}

export type ThreadMethod =
  | 'open'
  | 'modules'
  | 'functions'
  | 'analyse'
  | 'preview'
  | 'profile'
  | 'sql'
  | 'previewFile'
  | 'rejects'
  | 'repair'
  | 'detect'
  | 'suggest'
  | 'lineage'
  | 'renameColumn'
  | 'connectors'
  | 'testConnection'
  | 'browseConnection'
  | 'refreshSource'
  | 'keptSources'
  | 'run'
  | 'test'
  | 'diff'

/** Errors cross as data: an exception would arrive without its code. */
export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: ErrorInfo }

/** The face of a query thread, called through comlink. */
export interface QueryThread {
  /** @param onEvents gets what happened since the last call: a crossing costs more than an event. */
  ask(
    id: number,
    method: ThreadMethod,
    input: unknown,
    onEvents?: (events: readonly RunEvent[]) => void,
  ): Promise<Answer>
  cancel(id: number): void
  activeQueries(): number
  /** Cancels everything, waits until DuckDB is idle, then closes it. Only after that may the thread end. */
  close(): Promise<void>
}
