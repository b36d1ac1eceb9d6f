import type { Column } from '../../shared/engine/types.ts'
import { joinSql, raw, type Sql, sql } from './sql.ts'

/** A list, array, struct, map or union: its cell is JSON. `type` is a name as `DESCRIBE` gives it. */
export function isNestedType(type: string): boolean {
  return type.endsWith(']') || /^(STRUCT|MAP|UNION)\s*\(/.test(type)
}

/** `value`, of `type`, as the text of a `Cell`. */
export function cellText(value: Sql, type: string): Sql {
  if (type === 'VARCHAR' || type === 'JSON') return value
  if (type === 'BLOB') return sql`'\\x' || lower(hex(${value}))`
  // JSON has no NaN and no infinity, yet to_json writes them bare; only floats can hold them, so only they pay for the check.
  if (isNestedType(type)) {
    const json = sql`CAST(to_json(${value}) AS VARCHAR)`
    if (!/\b(DOUBLE|FLOAT)\b/.test(type)) return json
    return sql`CASE WHEN json_valid(${json}) THEN ${json} ELSE regexp_replace(${json}, '([:\\[,])(-?(?:NaN|Infinity|inf|nan))([,\\]}])', '\\1"\\2"\\3', 'g') END`
  }
  return sql`CAST(${value} AS VARCHAR)`
}

/**
 * Wraps `query`, a complete SELECT with these columns, so that each of its values arrives as exact text (see `Cell`) in VARCHAR
 * columns `c0`, `c1`, …: DuckDB formats whole vectors, and JavaScript never sees a number. The columns are taken by position:
 * their names may be anything, even twice the same.
 */
export function cellQuery(query: Sql, columns: readonly Column[], limit?: { limit: number; offset?: number }): Sql {
  const names = columns.map((_, index) => raw(`c${index}`))
  const cells = columns.map((column, index) => {
    const name = names[index] ?? raw(`c${index}`)
    return sql`${cellText(name, column.type)} AS ${name}`
  })
  const page = limit ? raw(` LIMIT ${BigInt(limit.limit)} OFFSET ${BigInt(limit.offset ?? 0)}`) : raw('')
  return sql`SELECT ${joinSql(cells)} FROM (${query}) AS cells(${joinSql(names)})${page}`
}
