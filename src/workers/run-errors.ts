import type { FusedQuery } from '../engine/fuse.ts'
import type { RelationModule } from '../modules/kit/contract.ts'
import { type ErrorInfo, LogiDataError, toErrorInfo } from '../shared/errors.ts'
import type { AnalysedPipeline } from './analyse.ts'
import { attribute } from './attribute.ts'
import { QueryError } from './duckdb-errors.ts'
import type { ProjectSession } from './session.ts'

/**
 * Finds the node that a failed query's error belongs to: modules are asked first (a ragged line of a file), then the place that DuckDB
 * names decides, else it is the node that asked for the query.
 */
export async function explainFailure(
  session: ProjectSession,
  pipeline: AnalysedPipeline,
  query: FusedQuery | undefined,
  thrown: unknown,
  fallback: string,
  signal: AbortSignal,
): Promise<ErrorInfo> {
  if (!(thrown instanceof LogiDataError) || !query) return { nodeId: fallback, ...toErrorInfo(thrown) }
  const ids = [...new Set(query.parts.map((part) => part.ref.nodeId))]
  for (const nodeId of ids) {
    const node = pipeline.nodes.get(nodeId)
    if (node?.module?.kind !== 'relation' || !pipeline.facts.has(nodeId)) continue
    const { explain } = node.module as RelationModule
    if (!explain) continue
    try {
      const explained = await session.lease(signal, (lease) =>
        explain({
          nodeId,
          config: node.config as never,
          parameters: node.parameters,
          files: session.files,
          session: lease,
          signal,
          facts: pipeline.facts.get(nodeId),
          error: thrown,
        }),
      )
      if (explained) return { ...explained.info, nodeId }
    } catch {
      // The explanation failed, not the query: the error that there was is still the best to show.
    }
  }
  if (!(thrown instanceof QueryError) || thrown.info.nodeId)
    return { ...thrown.info, nodeId: thrown.info.nodeId ?? fallback }
  const nodeId = nodeAt(thrown, query) ?? fallback
  const config = pipeline.nodes.get(nodeId)?.config
  return { ...toErrorInfo(attribute(thrown, config)), nodeId }
}

function nodeAt(error: QueryError, query: FusedQuery): string | undefined {
  const { position } = error.failure
  const start = error.statement.indexOf(query.select.text)
  if (position === undefined || start < 0) return undefined
  const inside = position - start
  return query.spans.find((span) => inside >= span.start && inside < span.end)?.nodeId
}
