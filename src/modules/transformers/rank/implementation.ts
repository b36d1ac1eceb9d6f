import { withColumns } from '../../kit/add-columns.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { expression } from '../../kit/expression.ts'
import { requireColumn, requireInput } from '../../kit/inputs.ts'
import { orderBy } from '../../kit/sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import { groupColumns, totalOrder, windowSql } from '../../kit/windows.ts'
import { rankDescriptor } from './descriptor.ts'

export const rank: RelationModule<typeof rankDescriptor, undefined> = {
  kind: 'relation',
  descriptor: rankDescriptor,
  blocking: true,
  compile: ({ config, inputs, parameters }) => {
    const input = requireInput(inputs, 'in')
    const groups = groupColumns(config.group_by, input.columns, ['group_by'])
    const keys = orderBy(config.order, input.columns, parameters, ['order'])
    const ordered =
      config.method === 'unique' ? totalOrder(config.order, input.columns, parameters, ['order'], groups) : keys
    const empties = config.order.map((key, index) =>
      key.column
        ? sql`${identifier(requireColumn(input.columns, key.column, ['order', index, 'column']).name)} IS NULL`
        : sql`${expression(key.expression ?? 'NULL', parameters)} IS NULL`,
    )
    const empty = sql`(${joinSql(empties, ' OR ')})`
    // Rows without a rank are a group of their own, so that they count for nobody else.
    const parts = [...groups.map(({ name }) => identifier(name)), ...(config.rank_empty ? [] : [empty])]
    const partition = parts.length > 0 ? sql`PARTITION BY ${joinSql(parts)}` : raw('')
    const over = windowSql([partition, sql`ORDER BY ${ordered}`])
    const peers = windowSql([partition, sql`ORDER BY ${keys}`, raw('RANGE BETWEEN CURRENT ROW AND CURRENT ROW')])
    const number = rankOf(config.method, over, peers)
    const value = config.rank_empty ? number : sql`CASE WHEN NOT ${empty} THEN ${number} END`
    const list = withColumns(input.columns, [{ name: config.name, value, field: ['name'] }])
    const top = config.top === undefined ? raw('') : sql` QUALIFY ${value} <= ${raw(String(config.top))}`
    return { out: sql`SELECT ${list} FROM ${input.name}${top}` }
  },
}

type Method = 'rank' | 'dense' | 'unique' | 'average' | 'last' | 'percent' | 'cumulative'

function rankOf(method: Method, over: Sql, peers: Sql): Sql {
  const calls: Readonly<Record<Method, Sql>> = {
    rank: sql`rank() OVER ${over}`,
    dense: sql`dense_rank() OVER ${over}`,
    unique: sql`row_number() OVER ${over}`,
    average: sql`rank() OVER ${over} + (count(*) OVER ${peers} - 1) / 2`,
    // Up to the current row and its peers: where the ORDER BY has no frame, that is the default.
    last: sql`count(*) OVER ${over}`,
    percent: sql`percent_rank() OVER ${over}`,
    cumulative: sql`cume_dist() OVER ${over}`,
  }
  return calls[method]
}
