import { basename } from 'node:path'
import { portKey, type ResolvedNode } from '../../engine/resolve-pipeline.ts'
import type { StagedFile } from '../../shared/engine/types.ts'
import { computeProcess } from '../process.ts'
import { portColumns } from '../sample.ts'
import type { RunContext } from './context.ts'
import { fuseStage } from './fuse-stage.ts'
import { writeStaged } from './staged-results.ts'

/** Runs the code of a node. All ports at once: a stage of another port of the same node then finds its table. @throws LogiDataError */
export async function processStage(
  run: RunContext,
  node: ResolvedNode,
  hash: string,
  signal: AbortSignal,
): Promise<readonly StagedFile[]> {
  const { pipeline, project, results } = run
  if (node.outputs.some((port) => results.tables.has(portKey({ nodeId: node.id, port })))) return []
  const inputs = new Map(
    [...node.inputs].map(([port, from]) => {
      const columns = pipeline.columns.get(portKey(from)) ?? []
      return [port, { select: fuseStage(run, from).select, columns }] as const
    }),
  )
  const staged = await writeStaged(project.session, hash, async (folder) => {
    const { ports } = await computeProcess(project.session, node, inputs, portColumns(pipeline, node), {
      key: ['run', hash],
      folder,
      connections: pipeline.connections,
      offline: run.request.offline,
      signal,
    })
    const filled = [...ports].map(
      ([port, { files, rows }]) => [port, { names: files.map((path) => basename(path)), rows: BigInt(rows) }] as const,
    )
    return { ports: new Map(filled) }
  })
  results.take(pipeline, node.id, hash, staged)
  return staged.files
}
