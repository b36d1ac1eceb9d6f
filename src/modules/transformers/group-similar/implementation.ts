import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireInput } from '../../kit/inputs.ts'
import { comparesPairs, similarColumn, similarKey, similarRoots } from '../../kit/similar-values.ts'
import { identifier, joinSql, raw, sql } from '../../kit/sql.ts'
import { groupSimilarDescriptor } from './descriptor.ts'

export const groupSimilar: RelationModule<typeof groupSimilarDescriptor, undefined> = {
  kind: 'relation',
  descriptor: groupSimilarDescriptor,
  keepsRows: true,
  blocking: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const column = similarColumn(config.column, input.columns, ['column'])
    const own = identifier(column.name)
    const values = sql`SELECT ${own} AS v, count(*) AS n, ${similarKey(own, config)} AS k FROM ${input.name} WHERE ${own} IS NOT NULL GROUP BY ${own}`
    const grouped = comparesPairs(config) ? similarRoots(values, config) : sql`SELECT v, n, k AS root FROM (${values})`
    const order = {
      frequent: raw('n DESC, v'),
      longest: raw('length(v) DESC, n DESC, v'),
      shortest: raw('length(v), n DESC, v'),
    }[config.keep]
    const chosen = sql`SELECT v, n, count(*) OVER (PARTITION BY root) AS size, first_value(v) OVER (PARTITION BY root ORDER BY ${order}) AS c FROM (${grouped})`
    const mapping = sql`SELECT v, n, size, c, dense_rank() OVER (ORDER BY c) AS i FROM (${chosen})`
    const added = [
      ...(config.into === 'column' ? [{ name: config.name, value: raw('m.c') }] : []),
      ...(config.id_column ? [{ name: config.id_column, value: raw('m.i') }] : []),
    ]
    checkDistinctNames([...input.columns, ...added], 'The result', [config.into === 'column' ? 'name' : 'id_column'])
    const replaced = config.into === 'replace' ? sql` REPLACE (m.c AS ${own})` : raw('')
    const more = joinSql(
      added.map(({ name, value }) => sql`, ${value} AS ${identifier(name)}`),
      '',
    )
    return {
      out: sql`SELECT t.*${replaced}${more} FROM ${input.name} AS t LEFT JOIN (${mapping}) AS m ON t.${own} = m.v`,
      groups: sql`SELECT i AS "group_id", c AS "group", v AS "value", n AS "rows" FROM (${mapping}) WHERE size > 1 ORDER BY i, n DESC, v`,
    }
  },
}
