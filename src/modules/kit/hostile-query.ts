import type { HostileTable } from './hostile.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from './sql.ts'

/** A SELECT of a hostile table's rows, in their order. */
export function hostileQuery(table: HostileTable): Sql {
  const value = (cell: unknown, type: string): Sql => {
    if (cell === null || cell === undefined) return raw(`CAST(NULL AS ${type})`)
    const text = typeof cell === 'object' ? sql`CAST(${JSON.stringify(cell)} AS JSON)` : literal(String(cell))
    return sql`CAST(${text} AS ${raw(type)})`
  }
  const rows = table.rows.length > 0 ? table.rows : [table.columns.map(() => null)]
  const values = rows.map((row) => sql`(${joinSql(table.columns.map(({ type }, index) => value(row[index], type)))})`)
  const names = joinSql(table.columns.map(({ name }) => identifier(name)))
  return sql`SELECT * FROM (VALUES ${joinSql(values)}) AS t(${names})${table.rows.length > 0 ? raw('') : raw(' WHERE FALSE')}`
}
