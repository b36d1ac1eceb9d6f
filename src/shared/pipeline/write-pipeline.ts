import { carryComments } from './carry-comments.ts'
import { type NodeCheck, nodeCheckSchema } from './checks.ts'
import type { JsonValue, PipelineDocument } from './document.ts'
import { normaliseDocument } from './normalise.ts'
import { RUN_SETTINGS } from './run-settings.ts'
import { emitYaml } from './yaml/emit.ts'
import type { Path } from './yaml/source.ts'

/**
 * Writes a pipeline as its file. The same document gives the same bytes: keys in a fixed order; nodes, parameters, inputs and the
 * keys of a config in the order that the document has them; layout in the order of the nodes; nothing empty.
 * @param previousText what the file holds now: comments that a person wrote there are kept with what they speak of
 */
export function writePipeline(document: PipelineDocument, previousText?: string): string {
  const data = toData(normaliseDocument(document))
  return emitYaml(data, {
    comments: previousText === undefined ? new Map() : carryComments(previousText, document, data),
    alwaysBlock: (path) => path.length < 2 || (path[0] === 'nodes' && path.length === 2),
    isVerbatim: (path) => isTypedDefault(document, path) || isLimit(path),
  })
}

function isTypedDefault(document: PipelineDocument, path: Path): boolean {
  const [section, name, field] = path
  if (section !== 'parameters' || field !== 'default') return false
  return document.parameters?.[String(name)]?.type !== 'text'
}

/** `min` and `max` of a check, which the reader takes as text. */
const isLimit = ([section, , part, , field]: Path): boolean =>
  section === 'nodes' && part === 'checks' && (field === 'min' || field === 'max')

function toData(document: PipelineDocument): { [key: string]: JsonValue } {
  const { format, name, description, parameters, nodes, layout } = document
  const parameterData = Object.entries(parameters ?? {}).map(([key, parameter]) => [
    key,
    pick(parameter, ['type', 'default', 'description', 'secret']),
  ])
  const nodeData = Object.entries(nodes).map(([key, node]) => [
    key,
    {
      ...pick(node, ['type', 'label', 'note', 'inputs', 'config']),
      ...(node.checks ? { checks: node.checks.map(checkData) } : {}),
      ...(node.run ? { run: pick(node.run, RUN_SETTINGS) } : {}),
    },
  ])
  const placed = Object.keys(nodes).flatMap((key) => {
    const position = layout?.[key]
    return position ? [[key, position]] : []
  })
  return {
    format,
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters: Object.fromEntries(parameterData) }),
    nodes: Object.fromEntries(nodeData),
    ...(layout === undefined ? {} : { layout: Object.fromEntries(placed) }),
  }
}

const checkData = (check: NodeCheck): { [key: string]: JsonValue } => pick(check, Object.keys(nodeCheckSchema.shape))

/** The given keys, in that order, where there is a value. */
function pick(from: object, keys: readonly string[]): { [key: string]: JsonValue } {
  const values = new Map<string, JsonValue | undefined>(Object.entries(from))
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = values.get(key)
      return value === undefined ? [] : [[key, value]]
    }),
  )
}
