import { portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import { computeProcess } from '../process.ts'
import { portColumns } from '../sample.ts'
import type { RunContext } from './context.ts'
import { fuseStage } from './fuse-stage.ts'

/** Runs the code of a node. All ports at once: a stage of another port of the same node then finds its table. @throws LogiDataError */
export async function processStage(run: RunContext, node: ResolvedNode): Promise<void> {
  const { pipeline, project, request, results, signal } = run
  if (node.outputs.some((port) => results.tables.has(portKey({ nodeId: node.id, port })))) return
  const inputs = new Map(
    [...node.inputs].map(([port, from]) => {
      const columns = pipeline.columns.get(portKey(from)) ?? []
      return [port, { select: fuseStage(run, from).select, columns }] as const
    }),
  )
  const key = ['run', request.runId, node.id]
  const columns = portColumns(pipeline, node)
  const processed = await computeProcess(project.session, node, inputs, columns, key, signal)
  results.own({ files: processed.files })
  for (const [port, { table, rows }] of processed.ports) {
    results.tables.set(portKey({ nodeId: node.id, port }), table)
    results.rows.set(portKey({ nodeId: node.id, port }), BigInt(rows))
  }
}
