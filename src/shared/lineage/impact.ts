import type { ModuleInfo } from '../modules/descriptor.ts'
import type { JsonValue, PipelineDocument } from '../pipeline/document.ts'
import type { LineageGraph } from './graph.ts'
import { mentionsOf } from './mentions.ts'
import type { Direction, Impact, LineageRef, Mention, Traced } from './project.ts'
import { trace } from './trace.ts'

/** What impact needs beyond the graph: how configs are edited, and what the files say. */
export interface ImpactContext {
  readonly modules: readonly ModuleInfo[]
  readonly documentOf: (path: string) => PipelineDocument | undefined
  readonly positionOf: (
    path: string,
    field: readonly (string | number)[],
  ) => { readonly line: number; readonly column: number } | undefined
}

/** What a column (or table) comes from, or what depends on it, with the places that name it. @throws LogiDataError `lineage.unknown` */
export function impactOf(graph: LineageGraph, start: LineageRef, direction: Direction, context: ImpactContext): Impact {
  const items = trace(graph, start, direction)
  return { start, direction, items, mentions: direction === 'downstream' ? places(graph, start, items, context) : [] }
}

/** Where the names of columns stand that are the start itself, passed on under its name or another. */
function places(graph: LineageGraph, start: LineageRef, items: readonly Traced[], context: ImpactContext): Mention[] {
  const fieldsOf = new Map(context.modules.map(({ type, fields }) => [type, fields]))
  const same = new Map<string, string[]>()
  for (const item of items) {
    const own =
      'dataset' in start
        ? item.dataset === start.dataset
        : item.nodeId === start.nodeId && item.port === start.port && item.pipeline === start.pipeline
    const columns = item.columns.filter(({ direct, kinds }) => direct && (own || kinds.includes('identity')))
    if (item.pipeline !== undefined)
      same.set(
        JSON.stringify([item.pipeline, item.nodeId, item.port]),
        columns.map(({ name }) => name),
      )
  }
  const found = new Map<string, Mention>()
  for (const { path, lineage } of graph.pipelines) {
    for (const [nodeId, node] of Object.entries(lineage?.nodes ?? {})) {
      const file = node.origin?.path ?? path
      const key = node.origin?.nodeId ?? nodeId
      const config = (context.documentOf(file)?.nodes[key]?.config ?? {}) as Record<string, JsonValue>
      const add = (columns: readonly string[], port?: string): void => {
        for (const mention of mentionsOf(fieldsOf.get(node.type) ?? [], config, columns, port)) {
          const position = context.positionOf(file, ['nodes', key, 'config', ...mention.field])
          const place = { pipeline: file, nodeId: key, ...mention, ...(position ? { position } : {}) }
          found.set(JSON.stringify([file, key, mention.field, mention.range ?? null, mention.column]), place)
        }
      }
      for (const [port, from] of Object.entries(node.inputs)) {
        const columns = same.get(JSON.stringify([path, from.nodeId, from.port])) ?? []
        if (columns.length > 0) add(columns, port)
      }
      // An extract names columns of what it reads.
      const read = Object.keys(node.ports).flatMap((port) => same.get(JSON.stringify([path, nodeId, port])) ?? [])
      if (node.reads.length > 0 && read.length > 0) add(read)
    }
  }
  return [...found.values()]
}
