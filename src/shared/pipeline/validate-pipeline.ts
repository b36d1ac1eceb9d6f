import type { Problem } from '../engine/types.ts'
import type { ModuleInfo } from '../modules/descriptor.ts'
import { inputPortsOf, outputPortsOf, takesInput } from '../modules/ports.ts'
import { type PipelineDocument, type PipelineNode, parseReference } from './document.ts'
import { cyclePath, topologicalOrder } from './graph.ts'
import { checkParameterValue } from './parameters.ts'
import { didYouMean } from './suggest.ts'
import type { Path, Positions } from './yaml/source.ts'

type Report = (path: Path, code: string, message: string, hint?: string) => void

/**
 * Finds what is wrong with a pipeline's shape: modules, ports, connections, cycles, defaults of parameters. A config is checked by its
 * module, in the engine.
 */
export function validatePipeline(
  document: PipelineDocument,
  modules: readonly ModuleInfo[],
  positions?: Positions,
): Problem[] {
  const byType = new Map(modules.map((module) => [module.type, module]))
  const problems: Problem[] = []
  const report: Report = (path, code, message, hint) => {
    const position = positions?.at(path)
    const nodeId = path[0] === 'nodes' && typeof path[1] === 'string' ? path[1] : undefined
    problems.push({
      severity: 'error',
      kind: 'user',
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(nodeId === undefined ? {} : { nodeId }),
      ...(position === undefined ? {} : { position }),
    })
  }

  for (const [name, parameter] of Object.entries(document.parameters ?? {})) {
    if (parameter.default === undefined) continue
    if (parameter.secret) {
      const message = `Parameter "${name}" is secret, and its default stands in the file for everybody to read.`
      const hint = 'Take the default away, and give the value when the pipeline runs.'
      report(['parameters', name, 'default'], 'parameter.secret-default', message, hint)
      continue
    }
    const checked = checkParameterValue(parameter.type, parameter.default)
    if (checked.ok) continue
    const message = `The default of parameter "${name}" is not a valid ${parameter.type}: "${parameter.default}".`
    report(['parameters', name, 'default'], 'parameter.invalid', message, checked.hint)
  }
  for (const [nodeId, node] of Object.entries(document.nodes)) {
    const module = byType.get(node.type)
    if (module) checkPorts(nodeId, node, module, report)
    else {
      const hint = didYouMean(node.type, [...byType.keys()]) ?? 'The command "logidata modules" lists them all.'
      report(['nodes', nodeId, 'type'], 'module.unknown', `Node "${nodeId}": there is no module "${node.type}".`, hint)
    }
    checkReferences(document, nodeId, node, byType, report)
  }
  for (const cycle of topologicalOrder(document).cycles) {
    const path = cyclePath(document, cycle)
    const nodeId = path[0] ?? ''
    const hint = 'Disconnect one of these inputs.'
    report(['nodes', nodeId, 'inputs'], 'pipeline.cycle', `The data goes in a circle: ${path.join(' → ')}.`, hint)
  }
  return problems
}

function checkPorts(nodeId: string, node: PipelineNode, module: ModuleInfo, report: Report): void {
  const inputs = inputPortsOf(module.inputs, node.config)
  const connected = Object.keys(node.inputs ?? {})
  for (const port of connected) {
    if (inputs.some((input) => takesInput(input, port))) continue
    const names = inputs.flatMap((input) => (input.many ? [`${input.name}_1`, `${input.name}_2`] : [input.name]))
    const known =
      names.length === 0
        ? 'It has no inputs.'
        : `Its inputs are: ${names.join(', ')}${inputs.some((input) => input.many) ? ', …' : ''}.`
    const message = `Node "${nodeId}": ${module.type} has no input "${port}".`
    report(['nodes', nodeId, 'inputs', port], 'port.unknown-input', message, didYouMean(port, names) ?? known)
  }
  for (const input of inputs) {
    if (input.optional || connected.some((port) => takesInput(input, port))) continue
    const message = input.many
      ? `Node "${nodeId}" needs at least one input.`
      : `Input "${input.name}" of node "${nodeId}" is not connected.`
    const example = input.many ? `${input.name}_1` : input.name
    const hint = `Connect a node to it, or write "inputs: { ${example}: NODE }".`
    report(['nodes', nodeId], 'port.missing-input', message, hint)
  }
}

function checkReferences(
  document: PipelineDocument,
  nodeId: string,
  node: PipelineNode,
  byType: ReadonlyMap<string, ModuleInfo>,
  report: Report,
): void {
  for (const [port, text] of Object.entries(node.inputs ?? {})) {
    const path = ['nodes', nodeId, 'inputs', port]
    const reference = parseReference(text)
    const source = document.nodes[reference.nodeId]
    if (!source) {
      const message = `Input "${port}" of node "${nodeId}" reads from "${reference.nodeId}", which does not exist.`
      report(path, 'reference.unknown-node', message, didYouMean(reference.nodeId, Object.keys(document.nodes)))
      continue
    }
    const module = byType.get(source.type)
    if (!module) continue
    const outputs = outputPortsOf(module.outputs, source.config).map((output) => output.name)
    if (outputs.length === 0) {
      const message = `Input "${port}" of node "${nodeId}" reads from "${reference.nodeId}", which has no output.`
      report(path, 'reference.no-output', message, 'A load is the end of its branch: read from the node before it.')
    } else if (reference.port !== undefined && !outputs.includes(reference.port)) {
      const message = `Input "${port}" of node "${nodeId}": "${reference.nodeId}" has no output "${reference.port}".`
      const hint = didYouMean(reference.port, outputs) ?? `Its outputs are: ${outputs.join(', ')}.`
      report(path, 'reference.unknown-port', message, hint)
    }
  }
}
