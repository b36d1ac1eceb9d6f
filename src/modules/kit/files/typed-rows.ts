import { userError } from '../../../shared/errors.ts'
import type { QuerySession } from '../contract.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../sql.ts'
import { canonicalType } from './column-type.ts'
import { readText } from './read-text.ts'
import type { TypedTable } from './typed-table.ts'

/**
 * A value that does not fit is told while the table is typed in, not when it runs.
 * @throws LogiDataError `inline.bad-value`, with its row and column
 */
export async function checkTypedRows(table: TypedTable, session: QuerySession, nodeId: string): Promise<void> {
  for (const [index, column] of table.columns.entries()) {
    const values = [...new Set(table.rows.flatMap((row) => (typeof row[index] === 'string' ? [row[index]] : [])))]
    if (values.length === 0 || canonicalType(column.type) === 'VARCHAR') continue
    const rows = joinSql(values.map((value) => sql`(${value})`))
    const bad = await session.query(
      sql`SELECT v FROM (VALUES ${rows}) AS given(v) WHERE ${readText(sql`trim(v)`, { ...column, leadingZeros: true })} IS NULL LIMIT 1`,
    )
    const value = bad.rows[0]?.[0]
    if (value === undefined || value === null) continue
    const row = table.rows.findIndex((candidate) => candidate[index] === value)
    throw userError(
      'inline.bad-value',
      `Row ${row + 1}, column ${column.name}: "${value}" is not exactly a ${canonicalType(column.type)}.`,
      { hint: 'Correct the value or choose another type.', nodeId, field: ['rows', row, index] },
    )
  }
}

/** A SELECT of the table's rows, in its types. */
export function typedRows(table: TypedTable): Sql {
  const names = table.columns.map((_, index) => identifier(`c${index}`))
  const columns = table.columns.map((column, index) => {
    const name = names[index] ?? raw('NULL')
    const type = raw(canonicalType(column.type))
    const value =
      canonicalType(column.type) === 'VARCHAR' ? name : readText(sql`trim(${name})`, { ...column, leadingZeros: true })
    return sql`CAST(${value} AS ${type}) AS ${identifier(column.name)}`
  })
  // A table of no rows still needs its types: one row of NULLs that the filter drops.
  const rows = table.rows.length > 0 ? table.rows : [table.columns.map(() => null)]
  const values = rows.map((row) => sql`(${joinSql(row.map((cell) => sql`CAST(${literal(cell)} AS VARCHAR)`))})`)
  const filter = table.rows.length > 0 ? sql`` : sql` WHERE FALSE`
  return sql`SELECT ${joinSql(columns)} FROM (VALUES ${joinSql(values)}) AS given(${joinSql(names)})${filter}`
}
