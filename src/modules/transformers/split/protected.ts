import { raw, type Sql, sql } from '../../kit/sql.ts'
import type { SplitConfig } from './descriptor.ts'

/** Unassigned for good, so that no text holds them: around what separates. */
const [OPEN, CLOSE] = ['\uFDD0', '\uFDD1']

const REGIONS = {
  double_quotes: '"(?:[^"]|"")*"',
  single_quotes: "'(?:[^']|'')*'",
  parentheses: '\\([^)]*\\)',
  brackets: '\\[[^\\]]*\\]',
  braces: '\\{[^}]*\\}',
} as const

/** How to split where no quotes or brackets protect what looks like a separator. */
export interface Guard {
  /** The text with marks around each separator that is one. */
  readonly marked: (value: Sql) => Sql
  /** The text as it was. */
  readonly bare: (value: Sql) => Sql
  /** Finds a separator with its marks. */
  readonly separator: string
}

/** @param separator a regular expression that never matches an empty text */
export function guarded(config: SplitConfig, separator: string): Guard | undefined {
  if (config.protect.length === 0) return undefined
  const regions = config.protect.map((region) => REGIONS[region]).join('|')
  return {
    // RE2 has no look-around: one search finds both, the marks around no separator leave again, and what is protected stays as it was.
    marked: (value) =>
      sql`replace(regexp_replace(${value}, ${`(?s)(${regions})|(${separator})`}, ${`\\1${OPEN}\\2${CLOSE}`}, 'g'), ${OPEN + CLOSE}, '')`,
    bare: (value) => sql`translate(${value}, ${OPEN + CLOSE}, '')`,
    separator: `${OPEN}[^${CLOSE}]*${CLOSE}`,
  }
}

/** A part without the quotes around all of it, and its doubled quotes single. */
export function unquoted(part: Sql, config: SplitConfig): Sql {
  const quotes = config.protect.includes('single_quotes') ? ['"', "'"] : ['"']
  const cases = quotes.map(
    (quote) =>
      sql`WHEN regexp_full_match(${part}, ${`(?s)${quote}(?:[^${quote}]|${quote}${quote})*${quote}`}) THEN replace(substring(${part}, 2, length(${part}) - 2), ${quote + quote}, ${quote})`
        .text,
  )
  return sql`CASE ${raw(cases.join(' '))} ELSE ${part} END`
}
