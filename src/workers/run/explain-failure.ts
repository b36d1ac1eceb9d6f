import type { FusedQuery } from '../../engine/fuse.ts'
import type { RelationModule } from '../../modules/kit/contract.ts'
import { type ErrorInfo, LogiDataError, toErrorInfo } from '../../shared/errors.ts'
import type { AnalysedPipeline } from '../analyse.ts'
import { attribute } from '../attribute.ts'
import { QueryError } from '../duckdb-errors.ts'
import type { ProjectSession } from '../session.ts'

/**
 * Finds the node that the error of a failed query, one of these, belongs to: modules are asked first (a ragged line of a file), then the place that DuckDB
 * names decides, else it is the node that asked for the query.
 */
export async function explainFailure(
  session: ProjectSession,
  pipeline: AnalysedPipeline,
  queries: readonly FusedQuery[],
  thrown: unknown,
  fallback: string,
  signal: AbortSignal,
): Promise<ErrorInfo> {
  if (!(thrown instanceof LogiDataError) || queries.length === 0) return { nodeId: fallback, ...toErrorInfo(thrown) }
  const ids = [...new Set(queries.flatMap(({ parts }) => parts.map((part) => part.ref.nodeId)))]
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
  const nodeId = nodeAt(thrown, queries) ?? fallback
  const config = pipeline.nodes.get(nodeId)?.config
  return { ...toErrorInfo(attribute(thrown, config)), nodeId }
}

function nodeAt(error: QueryError, queries: readonly FusedQuery[]): string | undefined {
  const { position } = error.failure
  if (position === undefined) return undefined
  for (const { select, spans } of queries) {
    const start = error.statement.indexOf(select.text)
    const inside = position - start
    const span = start < 0 ? undefined : spans.find((one) => inside >= one.start && inside < one.end)
    if (span) return span.nodeId
  }
  return undefined
}
