import type { RunContext } from '../run/context.ts'

type Logging = Pick<RunContext, 'emit' | 'request'>

/** Says something about a run in its log. */
export function log({ emit }: Logging, message: string, level: 'info' | 'warn' = 'info'): void {
  emit({ kind: 'log', at: new Date().toISOString(), level, message })
}

/** Says something that went wrong beside a run, and does not stop it, also in the engine's own log. */
export function warn(run: Logging, message: string): void {
  log(run, message, 'warn')
  process.stderr.write(`engine: warning: run ${run.request.runId}: ${message}\n`)
}
