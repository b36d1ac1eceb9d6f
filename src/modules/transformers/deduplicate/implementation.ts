import type { RelationModule } from '../../kit/contract.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy, type SortKey } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { deduplicateDescriptor } from './descriptor.ts'

export const deduplicate: RelationModule<typeof deduplicateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: deduplicateDescriptor,
  blocking: true,
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const all = input.columns.map((column) => identifier(column.name))
    const keys = config.keys.map((key, index) => identifier(requireColumn(input.columns, key, ['keys', index]).name))
    const partition = joinSql(keys.length > 0 ? keys : all)
    if (config.order.length > 0) {
      const order = config.keep === 'first' ? config.order : config.order.map(reversed)
      const tieBreak = joinSql(
        all.map((column) => sql`${column} ${raw(config.keep === 'first' ? 'ASC NULLS LAST' : 'DESC NULLS FIRST')}`),
      )
      const rank = sql`row_number() OVER (PARTITION BY ${partition} ORDER BY ${orderBy(order, input.columns, parameters, ['order'])}, ${tieBreak})`
      const ranked = (test: Sql): Sql => sql`SELECT * FROM ${input.name} QUALIFY ${rank} ${test}`
      return { out: ranked(raw('= 1')), duplicates: ranked(raw('> 1')) }
    }
    // Counting without a partition streams: it numbers the rows as they come.
    const position = identifier(freeName('position', input.columns))
    const numbered = sql`(SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
    const rank = sql`row_number() OVER (PARTITION BY ${partition} ORDER BY ${position} ${raw(config.keep === 'first' ? 'ASC' : 'DESC')})`
    const ranked = (test: Sql): Sql => sql`SELECT * EXCLUDE (${position}) FROM ${numbered} QUALIFY ${rank} ${test}`
    return {
      // Rows that are equal in everything need no choice.
      out: keys.length > 0 ? ranked(raw('= 1')) : sql`SELECT DISTINCT * FROM ${input.name}`,
      duplicates: ranked(raw('> 1')),
    }
  },
}

const reversed = (key: SortKey): SortKey => ({
  ...key,
  direction: key.direction === 'asc' ? 'desc' : 'asc',
  nulls: key.nulls === 'first' ? 'last' : 'first',
})
