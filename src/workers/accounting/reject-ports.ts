import { portKey } from '../../engine/resolve-pipeline.ts'
import type { RunContext } from '../run/context.ts'

/** The reject ports of a node that has columns for them. */
export function rejectPorts({ pipeline }: Pick<RunContext, 'pipeline'>, nodeId: string): string[] {
  const module = pipeline.nodes.get(nodeId)?.module
  if (!module) return []
  return module.descriptor.outputs
    .filter(({ name, reject }) => reject && pipeline.columns.has(portKey({ nodeId, port: name })))
    .map(({ name }) => name)
}
