import { parse, stringify } from 'yaml'
import { z } from 'zod'
import {
  formatReference,
  nodeIdSchema,
  nodeSchema,
  type PipelineDocument,
  type Position,
  parseReference,
  positionSchema,
} from '../../shared/pipeline/document.ts'
import type { PipelineEdit } from '../../shared/pipeline/edits.ts'
import { uniqueName } from '../../shared/pipeline/names.ts'
import { snap } from './layout.ts'

const clipboardSchema = z.object({
  nodes: z.record(nodeIdSchema, nodeSchema),
  layout: z.record(nodeIdSchema, positionSchema).optional(),
})

/** The nodes as text that a person can read, and that a pipeline file could hold. */
export function copyNodes(
  document: PipelineDocument,
  positions: Readonly<Record<string, Position>>,
  nodeIds: readonly string[],
): string {
  const chosen = nodeIds.filter((nodeId) => document.nodes[nodeId])
  return stringify({
    nodes: Object.fromEntries(chosen.map((nodeId) => [nodeId, document.nodes[nodeId]])),
    layout: Object.fromEntries(chosen.map((nodeId) => [nodeId, positions[nodeId]])),
  })
}

export interface Pasted {
  readonly edits: PipelineEdit[]
  readonly nodeIds: string[]
}

/**
 * The edits that add the nodes of a text (YAML or JSON, a whole pipeline file too). Keys that are taken get a number;
 * connections among the pasted nodes follow, those to nodes of this pipeline stay, others are left out.
 */
export function pasteNodes(document: PipelineDocument, text: string, shift: Position = [32, 32]): Pasted | undefined {
  const content = clipboardSchema.safeParse(readText(text))
  if (!content.success || Object.keys(content.data.nodes).length === 0) return undefined
  const { nodes, layout = {} } = content.data
  const names = new Map<string, string>()
  for (const nodeId of Object.keys(nodes)) {
    const taken = (name: string) => name in document.nodes || [...names.values()].includes(name)
    names.set(nodeId, uniqueName(nodeId, taken))
  }
  const edits = Object.entries(nodes).map(([oldId, { inputs, ...node }], index): PipelineEdit => {
    const followed = Object.entries(inputs ?? {}).flatMap(([port, text]) => {
      const { nodeId, port: output } = parseReference(text)
      const source = names.get(nodeId) ?? (nodeId in document.nodes ? nodeId : undefined)
      if (source === undefined) return []
      return [[port, formatReference(output === undefined ? { nodeId: source } : { nodeId: source, port: output })]]
    })
    const [x, y] = layout[oldId] ?? [index * 32, index * 32]
    return {
      kind: 'addNode',
      nodeId: names.get(oldId) ?? oldId,
      node: { ...node, ...(followed.length > 0 && { inputs: Object.fromEntries(followed) }) },
      position: [snap(x + shift[0]), snap(y + shift[1])],
    }
  })
  return { edits: inOrder(edits), nodeIds: [...names.values()] }
}

/** A node is added after those that it reads from. */
function inOrder(edits: PipelineEdit[]): PipelineEdit[] {
  const adds = edits.filter((edit) => edit.kind === 'addNode')
  const waiting = new Map(adds.map((edit) => [edit.nodeId, edit]))
  const done: PipelineEdit[] = []
  const take = (nodeId: string) => {
    const edit = waiting.get(nodeId)
    if (!edit) return
    waiting.delete(nodeId)
    for (const text of Object.values(edit.node.inputs ?? {})) take(parseReference(text).nodeId)
    done.push(edit)
  }
  for (const { nodeId } of adds) take(nodeId)
  return done
}

function readText(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 0 })
  } catch {
    return undefined
  }
}
