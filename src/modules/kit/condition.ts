import { expression, type Parameters } from './expression.ts'
import { raw, type Sql, sql } from './sql.ts'

/**
 * An expression that must be a BOOLEAN. DuckDB would take numbers and texts as conditions and cast them; here binding fails.
 * `parse_filename` is there for its signature alone: it is the built-in function that accepts a BOOLEAN and casts nothing to it. It
 * stands behind TRUE OR, so that the optimiser takes it away before anything runs. `duckdb-error.ts` knows the message.
 */
export function condition(text: string, parameters?: Parameters): Sql {
  const value = expression(text, parameters)
  return sql`(${value} AND (TRUE OR ${raw(BOOLEAN_PROBE)}('', ${value}, '/') IS NULL))`
}

export const BOOLEAN_PROBE = 'parse_filename'
