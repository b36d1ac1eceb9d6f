import type { LoadForecast, RunEvent } from '../../shared/engine/types.ts'
import type { ErrorInfo } from '../../shared/errors.ts'

/** A dry run, as far as it has come. */
export interface DryRun {
  readonly state: 'running' | 'succeeded' | 'failed' | 'cancelled'
  readonly fraction: number
  readonly loads: readonly { readonly nodeId: string; readonly forecast: LoadForecast }[]
  /** The node that failed. */
  readonly nodeId?: string | undefined
  readonly error?: ErrorInfo | undefined
}

export const newDryRun: DryRun = { state: 'running', fraction: 0, loads: [] }

/** A dry run after one more event. */
export function foldDryRun(run: DryRun, event: RunEvent): DryRun {
  switch (event.kind) {
    case 'progress':
      return { ...run, fraction: Math.max(run.fraction, Math.min(1, event.fraction)) }
    case 'forecast':
      return { ...run, loads: [...run.loads, { nodeId: event.nodeId, forecast: event.forecast }] }
    case 'node':
      return event.state === 'failed' && !run.error ? { ...run, nodeId: event.nodeId, error: event.error } : run
    case 'finished':
      return { ...run, state: event.state, fraction: 1, error: run.error ?? event.error }
    default:
      return run
  }
}

/** The target was not looked into: rows are counted, and no more is known of them. */
export const isOnlyCounted = ({ rows }: LoadForecast): boolean =>
  rows.new !== undefined && rows.changed === undefined && rows.deleted === undefined && rows.unchanged === undefined
