import type { Column } from '../../shared/engine/types.ts'
import { forJson } from './json-decimals.ts'
import { joinSql, raw, type Sql, sql } from './sql.ts'

/** A list, array, struct, map or union: its cell is JSON. `type` is a name as `DESCRIBE` gives it. */
export function isNestedType(type: string): boolean {
  return type.endsWith(']') || /^(STRUCT|MAP|UNION)\s*\(/.test(type)
}

/** `value`, of `type`, as the text of a `Cell`. */
export function cellText(value: Sql, type: string): Sql {
  if (type === 'VARCHAR' || type === 'JSON') return value
  if (type === 'BLOB') return sql`'\\x' || lower(hex(${value}))`
  if (isNestedType(type)) {
    const json = sql`CAST(to_json(${forJson(value, type)}) AS VARCHAR)`
    return /\b(DOUBLE|FLOAT)\b/.test(type) ? quotedNaN(json) : json
  }
  return sql`CAST(${value} AS VARCHAR)`
}

/**
 * JSON has no NaN and no infinity, yet to_json writes them bare: here they become strings. Each string or bare word is matched in turn,
 * so that a string that holds "NaN" stays; the marks around the bare ones are characters that JSON never holds unescaped.
 */
function quotedNaN(json: Sql): Sql {
  const marked = sql`regexp_replace(${json}, ${String.raw`("(?:[^"\\]|\\.)*")|(-?(?:NaN|Infinity))`}, ${'\\1\u0001\\2\u0002'}, 'g')`
  const quoted = sql`translate(replace(${marked}, ${'\u0001\u0002'}, ''), ${'\u0001\u0002'}, '""')`
  return sql`CASE WHEN regexp_matches(${json}, 'NaN|Infinity') THEN ${quoted} ELSE ${json} END`
}

export interface CellPage {
  readonly limit: number
  readonly offset?: number
  /** One thread reads until there are enough rows: half the work where the first rows are among the first that are read. */
  readonly inSequence?: boolean
}

/** For a number that it knows, DuckDB lets every thread read as many rows; for one that it must compute, one thread reads. */
const limitText = ({ limit, inSequence }: CellPage): string =>
  inSequence ? `CAST(${BigInt(limit)} + 0 * random() AS BIGINT)` : String(BigInt(limit))

/**
 * Wraps `query`, a complete SELECT with these columns, so that each of its values arrives as exact text (see `Cell`) in VARCHAR
 * columns `c0`, `c1`, …: DuckDB formats whole vectors, and JavaScript never sees a number. The columns are taken by position:
 * their names may be anything, even twice the same.
 */
export function cellQuery(query: Sql, columns: readonly Column[], limit?: CellPage): Sql {
  const names = columns.map((_, index) => raw(`c${index}`))
  const cells = columns.map((column, index) => {
    const name = names[index] ?? raw(`c${index}`)
    return sql`${cellText(name, column.type)} AS ${name}`
  })
  const page = limit ? raw(` LIMIT ${limitText(limit)} OFFSET ${BigInt(limit.offset ?? 0)}`) : raw('')
  return sql`SELECT ${joinSql(cells)} FROM (${query}) AS cells(${joinSql(names)})${page}`
}
