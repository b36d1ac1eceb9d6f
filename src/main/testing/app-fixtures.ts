import type { RunEvent } from '../../shared/engine/types.ts'
import type { LogiDataError } from '../../shared/errors.ts'

/** A pipeline file with comments, and variables of which some are granted. */
export const SALES = `# who asked for this: finance
format: logidata/v1
name: "Sales: all"
nodes:
  sales:
    type: extract.csv
    config: { path: "data/\${env:LOGIDATA_FILE}-\${env:SECRET}-\${env:GRANTED}.csv" } # ours
`

/** What a call failed with. */
export const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: LogiDataError) => error.info,
  )

export const started = (runId: string): RunEvent => ({
  kind: 'started',
  runId,
  at: '2024-01-01T00:00:00Z',
  nodes: ['a', 'b'],
})
export const node = (nodeId: string, state: 'running' | 'done'): RunEvent => ({ kind: 'node', nodeId, state })
export const finished: RunEvent = { kind: 'finished', state: 'succeeded', milliseconds: 5 }
