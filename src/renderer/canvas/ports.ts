import type { ModuleInfo, OutputPort, Text } from '../../shared/modules/descriptor.ts'
import { inputPortsOf, outputPortsOf } from '../../shared/modules/ports.ts'
import { type PipelineDocument, type PipelineNode, parseReference } from '../../shared/pipeline/document.ts'
import { uniqueName } from '../../shared/pipeline/names.ts'

export interface CanvasPort {
  /** Actual name: of a port that takes many inputs, `in_1`. */
  readonly name: string
  readonly title: Text
  readonly reject: boolean
  /** Stands for the next input of a port that takes many. */
  readonly open: boolean
}

const plain = (name: string): CanvasPort => ({ name, title: { en: name, fr: name }, reject: false, open: false })

/** The inputs to draw: those of the module, those in use, and a free place where any number fits. */
export function inputPorts(node: PipelineNode, info: ModuleInfo | undefined): CanvasPort[] {
  const used = Object.keys(node.inputs ?? {})
  if (!info) return used.map(plain)
  const ports: CanvasPort[] = []
  const claimed = new Set<string>()
  for (const port of inputPortsOf(info.inputs, node.config)) {
    if (!port.many) {
      claimed.add(port.name)
      ports.push({ name: port.name, title: port.title, reject: false, open: false })
      continue
    }
    const own = used.filter((name) => !claimed.has(name) && (port.freeNames || isNumbered(name, port.name)))
    for (const name of own) {
      claimed.add(name)
      ports.push({ ...plain(name), title: port.freeNames ? plain(name).title : port.title })
    }
    ports.push({ name: nextNumbered(port.name, own), title: port.title, reject: false, open: true })
  }
  for (const name of used) if (!claimed.has(name)) ports.push(plain(name))
  return ports
}

/** The outputs to draw; of an unknown module, those that others read from. */
export function outputPorts(
  info: ModuleInfo | undefined,
  node: PipelineNode | undefined,
  referenced: readonly string[] = [],
): CanvasPort[] {
  if (!info) return referenced.length > 0 ? referenced.map(plain) : [plain('out')]
  return outputsOf(info, node).map(({ name, title, reject }) => ({ name, title, reject, open: false }))
}

const isNumbered = (name: string, base: string) =>
  name === base || (name.startsWith(`${base}_`) && /^\d+$/.test(name.slice(base.length + 1)))

function nextNumbered(base: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const name = `${base}_${number}`
    if (!taken.includes(name)) return name
  }
}

/** The output that a reference without a port means. */
export const defaultOutput = (info: ModuleInfo | undefined, node: PipelineNode | undefined): string =>
  (info && outputsOf(info, node)[0]?.name) ?? 'out'

/**
 * The port of a reference as it is written: none for the default output, which is the shortest. One that a list makes is always
 * named: another item may come first tomorrow, and the reference must not follow it silently.
 */
export function writtenPort(
  info: ModuleInfo | undefined,
  node: PipelineNode | undefined,
  port: string,
): string | undefined {
  return port === defaultOutput(info, node) && !info?.outputs[0]?.each ? undefined : port
}

/** The outputs that a node has, as its config says. */
export const outputsOf = (info: ModuleInfo, node: PipelineNode | undefined): OutputPort[] =>
  outputPortsOf(info.outputs, node?.config)

/** The name of an input that is about to be connected: a free name follows the node it reads from. */
export function actualPortName(
  document: PipelineDocument,
  modules: ReadonlyMap<string, ModuleInfo>,
  nodeId: string,
  port: string,
  from: string,
): string {
  const node = document.nodes[nodeId]
  const many = modules.get(node?.type ?? '')?.inputs.find((input) => input.many && input.freeNames)
  const used = Object.keys(node?.inputs ?? {})
  if (!many || used.includes(port) || !port.startsWith(many.name)) return port
  return uniqueName(from, (name) => used.includes(name))
}

export interface DocumentEdge {
  readonly source: string
  readonly sourcePort: string | undefined
  readonly target: string
  readonly targetPort: string
}

/** Every connection whose source exists. */
export function documentEdges(document: PipelineDocument): DocumentEdge[] {
  const edges: DocumentEdge[] = []
  for (const [target, node] of Object.entries(document.nodes)) {
    for (const [targetPort, text] of Object.entries(node.inputs ?? {})) {
      const { nodeId, port } = parseReference(text)
      if (document.nodes[nodeId]) edges.push({ source: nodeId, sourcePort: port, target, targetPort })
    }
  }
  return edges
}
