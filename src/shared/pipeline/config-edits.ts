import type { OutputPort } from '../modules/descriptor.ts'
import { renamedPorts } from '../modules/ports.ts'
import { formatReference, type JsonValue, type PipelineDocument, parseReference } from './document.ts'
import type { PipelineEdit } from './edits.ts'

/**
 * A change of a node's config, and of what reads from it: a port that gets another name keeps its readers.
 * @param portsOf the output ports that the node has with a config
 */
export function configEdits(
  document: PipelineDocument,
  nodeId: string,
  config: Record<string, JsonValue>,
  portsOf: (config: Readonly<Record<string, JsonValue>>) => readonly OutputPort[],
): PipelineEdit[] {
  const change: PipelineEdit = { kind: 'setConfig', nodeId, config }
  const renamed = renamedPorts(portsOf(document.nodes[nodeId]?.config ?? {}), portsOf(config))
  if (renamed.size === 0) return [change]
  const follow = Object.entries(document.nodes).flatMap(([reader, node]) =>
    Object.entries(node.inputs ?? {}).flatMap(([port, text]): PipelineEdit[] => {
      const from = parseReference(text)
      const name = from.nodeId === nodeId && from.port !== undefined ? renamed.get(from.port) : undefined
      return name === undefined
        ? []
        : [{ kind: 'connect', nodeId: reader, port, from: formatReference({ nodeId, port: name }) }]
    }),
  )
  return [change, ...follow]
}
