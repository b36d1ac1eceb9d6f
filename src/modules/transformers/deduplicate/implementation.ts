import type { Column } from '../../../shared/engine/types.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { freeName, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy, type SortKey } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { type DeduplicateConfig, deduplicateDescriptor } from './descriptor.ts'

export const deduplicate: RelationModule<typeof deduplicateDescriptor, undefined> = {
  kind: 'relation',
  descriptor: deduplicateDescriptor,
  blocking: true,
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const all = input.columns.map((column) => identifier(column.name))
    const keys = config.keys.map((key, index) => requireColumn(input.columns, key, ['keys', index]))
    const partition = joinSql((keys.length > 0 ? keys : input.columns).map((column) => compared(column, config)))
    if (config.keep === 'none') {
      const alike = (test: Sql): Sql =>
        sql`SELECT * FROM ${input.name} QUALIFY count(*) OVER (PARTITION BY ${partition}) ${test}`
      return { out: alike(raw('= 1')), duplicates: alike(raw('> 1')) }
    }
    if (config.order.length > 0) {
      const order = config.keep === 'first' ? config.order : config.order.map(reversed)
      const tieBreak = joinSql(
        all.map((column) => sql`${column} ${raw(config.keep === 'first' ? 'ASC NULLS LAST' : 'DESC NULLS FIRST')}`),
      )
      const rank = sql`row_number() OVER (PARTITION BY ${partition} ORDER BY ${orderBy(order, input.columns, parameters, ['order'])}, ${tieBreak})`
      const ranked = (test: Sql): Sql => sql`SELECT * FROM ${input.name} QUALIFY ${rank} ${test}`
      return { out: ranked(raw('= 1')), duplicates: ranked(raw('> 1')) }
    }
    // Counting without a partition streams: it numbers the rows as they come. The number alone is kept of each group: three times as
    // fast as a window, and where groups held their rows, as `arg_min` does, many of them would not fit into memory.
    const position = identifier(freeName('position', input.columns))
    const numbered = sql`${ROWS} AS MATERIALIZED (SELECT *, row_number() OVER () AS ${position} FROM ${input.name})`
    const best = sql`(SELECT ${raw(config.keep === 'first' ? 'min' : 'max')}(${position}) AS ${position} FROM ${ROWS} GROUP BY ${partition})`
    const chosen = (join: 'SEMI' | 'ANTI'): Sql =>
      sql`WITH ${numbered} SELECT * EXCLUDE (${position}) FROM ${ROWS} ${raw(join)} JOIN ${best} AS best USING (${position})`
    return {
      // Rows that are equal in everything need no choice.
      out: keys.length > 0 || config.ignore.length > 0 ? chosen('SEMI') : sql`SELECT DISTINCT * FROM ${input.name}`,
      duplicates: chosen('ANTI'),
    }
  },
}

const ROWS = identifier('ld$rows')

/** What is the same in values that count as equal. */
function compared(column: Column, config: DeduplicateConfig): Sql {
  const value = identifier(column.name)
  if (column.type !== 'VARCHAR') return value
  const ignored = (what: DeduplicateConfig['ignore'][number], from: Sql, to: Sql): Sql =>
    config.ignore.includes(what) ? to : from
  const accents = ignored('accents', value, sql`strip_accents(${value})`)
  const small = ignored('case', accents, sql`lower(${accents})`)
  const plain = ignored('punctuation', small, sql`regexp_replace(${small}, '\\p{P}', '', 'g')`)
  return ignored('spaces', plain, sql`trim(regexp_replace(${plain}, '[\\s\\p{Z}]+', ' ', 'g'))`)
}

const reversed = (key: SortKey): SortKey => ({
  ...key,
  direction: key.direction === 'asc' ? 'desc' : 'asc',
  nulls: key.nulls === 'first' ? 'last' : 'first',
})
