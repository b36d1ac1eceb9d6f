import type { RelationModule } from '../../kit/contract.ts'
import { driftWarnings } from '../../kit/files/drift.ts'
import { patternOf, sourceColumns } from '../../kit/files/source.ts'
import { stagedRelation } from '../../kit/files/stage.ts'
import { identifier, joinSql, raw, sql } from '../../kit/sql.ts'
import { arrowExtractDescriptor } from './descriptor.ts'
import { type ArrowFacts, ENDINGS, FILE, ROW, WAITS } from './facts.ts'

export const arrowExtract: RelationModule<typeof arrowExtractDescriptor, ArrowFacts> = {
  kind: 'relation',
  descriptor: arrowExtractDescriptor,
  sources: (config) => [patternOf(config.path, ENDINGS)],
  // The library takes a sixth of the time that loading the whole catalogue takes: it comes when a file is read.
  prepare: async (request) => (await import('./stage-arrow.ts')).stageArrow(request),

  compile({ config, facts }) {
    const columns = facts.columns.map(({ name, type }) => {
      const column = identifier(name)
      return WAITS.test(type) ? sql`CAST(${column} AS ${raw(type)}) AS ${column}` : column
    })
    columns.push(...sourceColumns(config, facts.source, identifier(FILE), identifier(ROW)))
    return { out: sql`SELECT ${joinSql(columns)} FROM ${stagedRelation(facts.rows)}` }
  },

  warnings: (facts, config) => driftWarnings(facts.drift, config.when_columns_differ),
  size: (facts) => ({ bytes: facts.bytes, rows: facts.rows.rows }),
}
