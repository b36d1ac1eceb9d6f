import type { Cell, Column, RunEvent } from '../../../src/shared/engine/types.ts'
import type { PipelineDocument } from '../../../src/shared/pipeline/document.ts'
import { runPipeline } from '../../../src/workers/run/run-pipeline.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
} from '../../../src/workers/testing/temporary-project.ts'

export interface Rows {
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
}

export type Nodes = Record<string, TestNode>
export type Declared = NonNullable<PipelineDocument['parameters']>

/** More rows than any of the cases has. */
const LIMIT = 10_000

/** What a person sees of a node before anything runs. @throws when not all of it shows */
export async function previewOf(
  own: TemporaryProject,
  nodes: Nodes,
  nodeId: string,
  port: string,
  parameters: Declared = {},
) {
  const request = { ...pipeline(nodes, { parameters }), nodeId, port, limit: LIMIT, offset: 0 }
  const preview = await own.project.preview(request, never)
  if (preview.exactness !== 'exact' || preview.more)
    throw new Error(`${nodeId}.${port} shows ${preview.rows.length} rows, ${preview.exactness}`)
  return { columns: preview.columns, rows: preview.rows }
}

/**
 * What a run leaves of ports, `node.port`: written to DuckDB files, which keep every type, and read again.
 * @throws LogiDataError of the first node that fails
 */
export async function runOf(
  own: TemporaryProject,
  nodes: Nodes,
  ports: readonly string[],
  parameters: Declared = {},
): Promise<Map<string, Rows>> {
  const file = (index: number) => `out/port-${index}.duckdb`
  const loads = ports.map((port, index): [string, TestNode] => [
    `conformance_out_${index}`,
    { type: 'load.duckdb', inputs: { in: port }, config: { path: file(index), table: 'rows', mode: 'replace' } },
  ])
  await runNodes(own, { ...nodes, ...Object.fromEntries(loads) }, parameters)
  const results = new Map<string, Rows>()
  for (const [index, port] of ports.entries()) {
    const read: Nodes = { read: { type: 'extract.duckdb', config: { path: file(index), table: 'rows' } } }
    results.set(port, await previewOf(own, read, 'read', 'out'))
  }
  return results
}

/** Runs a whole pipeline. @throws LogiDataError of the first node that fails */
export async function runNodes(own: TemporaryProject, nodes: Nodes, parameters: Declared = {}): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  const request = {
    ...pipeline(nodes, { parameters }),
    runId: `r${Math.random()}`,
    only: undefined,
    rowCounts: 'exact',
  } as const
  await runPipeline(own.project, request, (event) => events.push(event), never)
  const failed = events.find((event) => event.kind === 'node' && event.state === 'failed')
  if (failed) throw Object.assign(new Error(JSON.stringify(failed)), { failed })
  const end = events.at(-1)
  if (end?.kind !== 'finished' || end.state !== 'succeeded') throw new Error(JSON.stringify(end))
  return events
}

/** Rows without their order. */
export const bag = ({ columns, rows }: Rows) => ({ columns, rows: rows.map((row) => JSON.stringify(row)).sort() })
