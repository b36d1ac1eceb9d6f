import { userError } from '../../../shared/errors.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy, plainKeys } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { topDescriptor } from './descriptor.ts'

export const top: RelationModule<typeof topDescriptor, undefined> = {
  kind: 'relation',
  descriptor: topDescriptor,
  blocking: true,
  splitsRows: true,
  takesFirst: ({ by, take, count, unit, per, ties, ties_by }) => {
    if (by === undefined || unit !== 'rows' || per.length > 0 || ties === 'dense' || !Number.isInteger(count))
      return undefined
    const order = ties_by.length > 0 ? plainKeys(ties_by) : []
    const first = { column: by, descending: take === 'largest', nullsFirst: false }
    return order && { rows: count, by: [first, ...order] }
  },
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    if (!config.by) throw userError('config.missing', 'Choose the column whose values decide.', { field: ['by'] })
    if (config.unit === 'rows' && !Number.isInteger(config.count))
      throw userError('top.not-whole', 'The number of rows must be a whole number.', { field: ['count'] })
    if (config.unit === 'percent' && config.count > 100)
      throw userError('top.too-many', 'There are no more than 100 percent.', { field: ['count'] })
    const by = identifier(requireColumn(input.columns, config.by, ['by']).name)
    const per = config.per.map((name, index) => identifier(requireColumn(input.columns, name, ['per', index]).name))
    const order = [
      sql`${by} ${raw(config.take === 'largest' ? 'DESC' : 'ASC')} NULLS LAST`,
      ...(config.ties_by.length > 0 ? [orderBy(config.ties_by, input.columns, parameters, ['ties_by'])] : []),
      ...(config.ties === 'cut' ? input.columns.map(({ name }) => sql`${identifier(name)} ASC NULLS LAST`) : []),
    ]
    const partition = per.length > 0 ? sql`PARTITION BY ${joinSql(per)}` : raw('')
    const number = raw({ cut: 'row_number', keep: 'rank', dense: 'dense_rank' }[config.ties])
    if (config.rank_column)
      checkDistinctNames([...input.columns, { name: config.rank_column }], 'The result', ['rank_column'])
    const rank = sql`${number}() OVER (${partition} ORDER BY ${joinSql(order)})`
    const limit = sql`${rank} <= ${config.unit === 'rows' ? config.count : share(config.count, partition)}`
    const shown = config.rank_column ? sql`, ${rank} AS ${identifier(config.rank_column)}` : raw('')
    const rows = (test: Sql): Sql => sql`SELECT *${shown} FROM ${input.name} QUALIFY ${test}`
    const sorted = joinSql([...per.map((column) => sql`${column} ASC NULLS LAST`), ...order])
    // So many rows of all: DuckDB keeps the best ones as they come, and sorts no others.
    const plain = per.length === 0 && config.unit === 'rows' && config.ties === 'cut' && !config.rank_column
    const out = plain
      ? sql`SELECT * FROM ${input.name} ORDER BY ${sorted} LIMIT ${config.count}`
      : sql`${rows(limit)} ORDER BY ${sorted}`
    return { out, rest: rows(sql`NOT (${limit})`) }
  },
}

/** Exact: a DOUBLE would make 7% of 100 rows eight. */
const share = (percent: number, partition: Sql): Sql =>
  sql`ceil(CAST(${String(percent)} AS DECIMAL(12,9)) * count(*) OVER (${partition}) / 100)`
