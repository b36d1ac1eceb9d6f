import type { InputRelation } from '../../kit/contract.ts'
import { freeName } from '../../kit/inputs.ts'
import { comparesPairs, similarColumn, similarKey, similarRoots } from '../../kit/similar-values.ts'
import { identifier, joinSql, raw, type Sql, sql } from '../../kit/sql.ts'
import type { DeduplicateConfig } from './descriptor.ts'

/** The rows with what tells the group of each. */
export interface GroupedRows {
  /** `WITH … ` before the SELECT, or nothing. */
  readonly before: Sql
  /** Stands after FROM. */
  readonly from: Sql
  /** What is equal in rows of one group, besides the keys. */
  readonly roots: readonly Sql[]
  /** Of `from` that the result must not have. */
  readonly added: readonly Sql[]
}

const ROWS = identifier('ld$similar')

/** @param keys expressions over the input; only rows that are equal in them are compared */
export function similarRows(input: InputRelation, config: DeduplicateConfig, keys: readonly Sql[]): GroupedRows {
  const roots: Sql[] = []
  const joins: Sql[] = []
  const added: Sql[] = []
  const taken = [...input.columns]
  const newColumn = (wanted: string): Sql => {
    const name = freeName(wanted, taken)
    taken.push({ name, type: 'VARCHAR' })
    added.push(identifier(name))
    return identifier(name)
  }
  const block = keys.length > 0 && config.similar.some(comparesPairs) ? newColumn('block') : undefined
  const own = joinSql([raw('*'), ...(block ? [sql`row(${joinSql(keys)}) AS ${block}`] : [])])
  const columns: Sql[] = []
  for (const [index, each] of config.similar.entries()) {
    const column = identifier(similarColumn(each.column, input.columns, ['similar', index, 'column']).name)
    const key = similarKey(column, each)
    if (!comparesPairs(each)) {
      roots.push(key)
      continue
    }
    const by = joinSql([column, ...(block ? [block] : [])])
    const values = sql`SELECT ${column} AS v, count(*) AS n, ${key} AS k${block ? sql`, ${block} AS block` : raw('')} FROM ${ROWS} WHERE ${column} IS NOT NULL GROUP BY ${by}`
    const found = identifier(`ld$found_${index}`)
    const same = block ? sql` AND ${ROWS}.${block} = ${found}.block` : raw('')
    joins.push(
      sql` LEFT JOIN (${similarRoots(values, each, block !== undefined)}) AS ${found} ON ${ROWS}.${column} = ${found}.v${same}`,
    )
    const root = newColumn(`root_${index}`)
    columns.push(sql`${found}.root AS ${root}`)
    roots.push(root)
  }
  // The input may be costly, and is read once for each column.
  const before = sql`WITH ${ROWS} AS MATERIALIZED (SELECT ${own} FROM ${input.name}) `
  const from = sql`(SELECT ${joinSql([sql`${ROWS}.*`, ...columns])} FROM ${ROWS}${joinSql(joins, '')})`
  return joins.length > 0 ? { before, from, roots, added } : { before: raw(''), from: input.name, roots, added: [] }
}
