import type { Column } from '../../shared/engine/types.ts'
import { isNestedType } from './cells.ts'
import { identifier, joinSql, type Sql, sql } from './sql.ts'
import { columnType, isFloat, isScalar } from './types.ts'

/** A value as the one text that equal values of any type have. NULL stays NULL. */
export function canonicalText(column: Column): Sql {
  const value = identifier(column.name)
  const type = columnType(column.type)
  if (isScalar(type, 'VARCHAR')) return value
  // Adding zero makes 0.0 of -0.0.
  if (isFloat(type)) return sql`CAST(${value} + 0 AS VARCHAR)`
  if (isScalar(type, 'BLOB')) return sql`lower(hex(${value}))`
  if (isNestedType(column.type)) return sql`CAST(to_json(${value}) AS VARCHAR)`
  return sql`CAST(${value} AS VARCHAR)`
}

/** Beyond so many columns DuckDB takes seconds to plan one expression for each: a list is planned at once, but costs more per row. */
const MANY = 24

/**
 * The values of a row as one text that no other values give: each is written as its length in bytes, a colon and its text (a
 * netstring); NULL as `~`.
 */
export function serialised(columns: readonly Column[]): Sql {
  const values = columns.map(canonicalText)
  if (columns.length > MANY)
    return sql`array_to_string(list_transform([${joinSql(values)}], lambda one: coalesce(strlen(one) || ':' || one, '~')), ',')`
  // `concat` leaves a NULL out.
  const parts = values.map((value) => sql`coalesce(strlen(${value}) || ':', '~'), ${value}`)
  return sql`concat(${joinSql(parts, ", ',', ")})`
}
