import type { InputPort, OutputPort } from '../modules/descriptor.ts'
import { renamedPorts } from '../modules/ports.ts'
import { formatReference, type JsonValue, type PipelineDocument, parseReference } from './document.ts'
import type { PipelineEdit } from './edits.ts'

/**
 * A change of a node's config, and of what reads from it: a port that gets another name keeps its readers.
 * @param portsOf the output ports that the node has with a config
 * @param inputsOf its input ports; one that gets another name keeps what it reads
 */
export function configEdits(
  document: PipelineDocument,
  nodeId: string,
  config: Record<string, JsonValue>,
  portsOf: (config: Readonly<Record<string, JsonValue>>) => readonly OutputPort[],
  inputsOf: (config: Readonly<Record<string, JsonValue>>) => readonly InputPort[] = () => [],
): PipelineEdit[] {
  const before = document.nodes[nodeId]?.config ?? {}
  const change: PipelineEdit = { kind: 'setConfig', nodeId, config }
  const renamed = renamedPorts(portsOf(before), portsOf(config))
  const inputs = document.nodes[nodeId]?.inputs ?? {}
  const moved = [...renamedPorts(inputsOf(before), inputsOf(config))].flatMap(([old, name]) => {
    const from = inputs[old]
    return from === undefined ? [] : [{ old, name, from }]
  })
  // All are taken off before one is put on: two inputs may have changed their names with each other.
  const own = [
    ...moved.map(({ old }): PipelineEdit => ({ kind: 'disconnect', nodeId, port: old })),
    ...moved.map(({ name, from }): PipelineEdit => ({ kind: 'connect', nodeId, port: name, from, dangling: true })),
  ]
  if (renamed.size === 0) return [change, ...own]
  const checks = document.nodes[nodeId]?.checks?.map((check) => {
    const port = check.port === undefined ? undefined : renamed.get(check.port)
    return port === undefined ? check : { ...check, port }
  })
  if (checks) own.push({ kind: 'setChecks', nodeId, checks })
  const follow = Object.entries(document.nodes).flatMap(([reader, node]) =>
    Object.entries(node.inputs ?? {}).flatMap(([port, text]): PipelineEdit[] => {
      const from = parseReference(text)
      const name = from.nodeId === nodeId && from.port !== undefined ? renamed.get(from.port) : undefined
      return name === undefined
        ? []
        : [{ kind: 'connect', nodeId: reader, port, from: formatReference({ nodeId, port: name }) }]
    }),
  )
  return [change, ...own, ...follow]
}
