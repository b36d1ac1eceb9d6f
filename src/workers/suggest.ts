import type { InputRelation, RelationModule } from '../modules/kit/contract.ts'
import { raw, sql } from '../modules/kit/sql.ts'
import type { FieldSuggestion } from '../shared/engine/types.ts'
import { userError } from '../shared/errors.ts'
import type { AnalysedPipeline } from './analyse.ts'
import { portOf } from './preview.ts'
import type { Samples } from './sample.ts'
import type { ProjectSession } from './session.ts'

/**
 * What the data says that a field of a node's config should hold. Reads samples of large inputs, and says so.
 * @throws LogiDataError what is wrong with an input, or that the field takes nothing from data
 */
export async function suggestField(
  session: ProjectSession,
  samples: Samples,
  pipeline: AnalysedPipeline,
  nodeId: string,
  field: string,
  signal: AbortSignal,
): Promise<FieldSuggestion> {
  const node = pipeline.nodes.get(nodeId)
  if (!node) throw userError('reference.unknown-node', `There is no node “${nodeId}”.`)
  const suggest = node.module?.kind === 'relation' ? (node.module as RelationModule).suggest?.[field] : undefined
  if (!suggest) throw userError('field.no-suggestion', `Nothing can be taken from the data for “${field}”.`, { nodeId })
  if (node.config === undefined) {
    const problem = node.problems[0]
    throw userError('config.invalid', problem?.message ?? 'The settings are not valid.', { nodeId })
  }
  const inputs = new Map<string, InputRelation>()
  let exact = true
  for (const [port, from] of node.inputs) {
    const ref = portOf(pipeline, from.nodeId, from.port)
    const sample = await samples.table(pipeline, ref, signal)
    inputs.set(port, {
      name: sql`(SELECT * FROM ${sample.table})`,
      columns: pipeline.inputColumns.get(nodeId)?.get(port) ?? [],
    })
    exact &&= sample.exact
  }
  const { query, limit, change } = suggest({
    nodeId,
    config: node.config as never,
    inputs,
    parameters: node.parameters,
    facts: pipeline.facts.get(nodeId) as never,
  })
  const { rows } = await session.lease(signal, (lease) =>
    lease.query(raw(`SELECT * FROM (${query.text}) LIMIT ${limit + 1}`)),
  )
  const more = rows.length > limit
  const config = change(more ? rows.slice(0, limit) : rows)
  const list = config[field]
  // One row may stand for several entries of the list.
  const entries = rows.length > 0 && Array.isArray(list) ? list.length : Math.min(rows.length, limit)
  return { config: { ...config }, entries, exactness: exact ? 'exact' : 'sampled', more }
}
