import { expression, type Parameters } from './expression.ts'
import { raw, type Sql, sql } from './sql.ts'
import { tokenize } from './tokens.ts'

export const BOOLEAN_PROBE = 'parse_filename'

/**
 * An expression that must be a BOOLEAN: with DuckDB alone, numbers and texts would be conditions too, cast on the way.
 * @throws LogiDataError `expression.syntax`, `parameter.unknown`; binding it, `expression.not-boolean`
 */
export function condition(text: string, parameters?: Parameters): Sql {
  const value = expression(text, parameters)
  // A subquery would be planned twice, since that comes before optimising.
  return hasSubquery(text) ? value : sql`(${value} AND ${booleanProbe(value)})`
}

/**
 * TRUE, but fails to bind unless `value` is a BOOLEAN. `parse_filename` is there for its signature alone: it accepts a BOOLEAN and casts
 * nothing to it. It stands behind TRUE OR, so that the optimiser takes it away before anything runs. `duckdb-error.ts` knows its message.
 */
export function booleanProbe(value: Sql): Sql {
  return sql`(TRUE OR ${raw(BOOLEAN_PROBE)}('', ${value}, '/') IS NULL)`
}

/** A condition that has bound once needs its probe no more, which costs as much to plan as the condition itself. */
export function withoutProbe(text: string): string {
  const [before, after] = [` AND (TRUE OR ${BOOLEAN_PROBE}('', `, `, '/') IS NULL))`]
  const suffix = text.endsWith(' IS NOT TRUE') ? ' IS NOT TRUE' : ''
  const whole = text.slice(0, text.length - suffix.length)
  const value = whole.slice(1, 1 + Math.max(0, (whole.length - 1 - before.length - after.length) / 2))
  return value !== '' && whole === `(${value}${before}${value}${after}` ? `${value}${suffix}` : text
}

export function hasSubquery(text: string): boolean {
  const tokens = tokenize(text)
  return tokens.some(
    (token, index) => /^(select|from|with|values)$/i.test(token.text) && tokens[index - 1]?.text === '(',
  )
}
