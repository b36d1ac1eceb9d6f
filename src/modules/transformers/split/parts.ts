import { userError } from '../../../shared/errors.ts'
import { checkPattern } from '../../kit/pattern.ts'
import { raw, type Sql, sql } from '../../kit/sql.ts'
import { escapePattern, trimmed } from '../../kit/text-sql.ts'
import type { SplitConfig } from './descriptor.ts'
import { guarded, unquoted } from './protected.ts'

interface SplitColumns {
  /** From 0; NULL when there is none. */
  readonly part: (index: number) => Sql
  /** True where a text has more parts. */
  readonly more?: Sql
  /** True where a text does not match at all. */
  readonly noMatch?: Sql
}

/** One way to split. */
export interface Splitter {
  /** How many parts there are, when the way itself says so. */
  readonly count?: number
  readonly names?: readonly (string | undefined)[]
  /** @param hold names a value that is used again, at a layer */
  readonly columns: (value: Sql, count: number, hold: (value: Sql, layer: number) => Sql) => SplitColumns
  /** All parts as a list. */
  readonly list: (value: Sql) => Sql
}

/** A part without blanks around it, NULL when empty, as the config says. */
export function tidied(part: Sql, config: SplitConfig): Sql {
  const outside = config.trim ? trimmed(part) : part
  const bare = config.unquote ? unquoted(outside, config) : outside
  return config.empty_is_null ? sql`nullif(${bare}, '')` : bare
}

export function splitterOf(config: SplitConfig): Splitter {
  switch (config.by) {
    case 'width':
      return byWidth(config)
    case 'groups':
      return byGroups(config)
    case 'separator_pattern':
      return bySeparator(config, `(?:${patternOf(config).text})`)
    case 'delimiter':
      return bySeparator(config, separatorOf(config), config.delimiters.length === 1 ? config.delimiters[0] : undefined)
  }
}

function separatorOf(config: SplitConfig): string {
  if (config.delimiters.length === 0)
    throw userError('config.missing', 'Give the separator.', { field: ['delimiters'] })
  const longestFirst = config.delimiters.toSorted((a, b) => b.length - a.length)
  return `(?:${longestFirst.map(escapePattern).join('|')})`
}

function patternOf(config: SplitConfig) {
  if (config.pattern === undefined) throw userError('config.missing', 'Write the pattern.', { field: ['pattern'] })
  return checkPattern(config.pattern, ['pattern'])
}

/** @param plain the one separator that is no pattern, which is quicker */
function bySeparator(config: SplitConfig, given: string, plain?: string): Splitter {
  if (new RegExp(`^${given}$`.replaceAll('(?P<', '(?<').replaceAll(/\(\?[imsU-]+[:)]/g, '(?:')).test(''))
    throw userError('pattern.empty', 'The separator matches an empty text: it would split between all characters.', {
      field: ['pattern'],
    })
  const guard = guarded(config, given)
  const pattern = guard?.separator ?? given
  const bare = (value: Sql): Sql => guard?.bare(value) ?? value
  const split = (value: Sql): Sql =>
    plain === undefined || guard
      ? sql`regexp_split_to_array(${value}, ${pattern})`
      : sql`string_split(${value}, ${plain})`
  const isPart = (part: Sql): Sql => sql`${config.trim ? trimmed(part) : part} <> ''`
  const filled = (value: Sql): Sql =>
    config.skip_empty ? sql`list_filter(${split(value)}, lambda part: ${isPart(raw('part'))})` : split(value)
  return {
    list: (value) => split(guard?.marked(value) ?? value),
    columns: (unmarked, count, hold) => {
      const value = guard ? hold(guard.marked(unmarked), 0) : unmarked
      const parts = hold(filled(value), guard ? 1 : 0)
      const more = sql`coalesce(len(${parts}), 0) > ${count}`
      const fromEnd = config.count_from === 'end'
      const part = (index: number): Sql => {
        const own = sql`${parts}[${fromEnd ? index - count : index + 1}]`
        if (index !== (fromEnd ? 0 : count - 1) || config.rest !== 'last') return own
        const rest = fromEnd
          ? remainderBefore({ value, all: split(value), pattern, count, isPart, skipEmpty: config.skip_empty })
          : remainder(value, pattern, index, config.skip_empty)
        return sql`CASE WHEN ${more} THEN ${bare(rest)} ELSE ${own} END`
      }
      return { part, more }
    },
  }
}

/** What follows the first `index` parts, with the separators in it. */
function remainder(value: Sql, separator: string, index: number, skipEmpty: boolean): Sql {
  if (index === 0) return value
  // Separators in a row are one when empty parts do not count, and those at the start are none.
  const between = skipEmpty ? `(?:\\s*${separator}\\s*)+` : separator
  const head = skipEmpty ? `^(?:\\s*${separator}\\s*)*` : '^'
  return sql`regexp_replace(${value}, ${`(?s)${head}(?:.*?${between}){${index}}`}, '')`
}

interface Before {
  readonly value: Sql
  /** All parts, empty ones too. */
  readonly all: Sql
  readonly pattern: string
  readonly count: number
  readonly isPart: (part: Sql) => Sql
  readonly skipEmpty: boolean
}

/**
 * What stands before the last `count - 1` parts, with the separators in it. By the lengths of what was found from the left: a pattern
 * that is tried from the right may cut elsewhere ("xaaay" at "aa").
 */
function remainderBefore({ value, all, pattern, count, isPart, skipEmpty }: Before): Sql {
  const between = sql`regexp_extract_all(${value}, ${pattern})`
  const counted = skipEmpty
    ? sql`list_filter(range(1, len(${all}) + 1), lambda place: ${isPart(sql`${all}[place]`)})`
    : sql`range(1, len(${all}) + 1)`
  const length = (texts: Sql, first: Sql): Sql =>
    sql`coalesce(list_sum(list_transform(${texts}[1:${first}], lambda text: length(text))), 0)`
  // Up to the end of that part: the parts before it, the separators between them, and itself.
  const end = sql`${length(all, sql`${counted}[-${count}]`)} + ${length(between, sql`${counted}[-${count}] - 1`)}`
  const start = sql`${length(all, sql`${counted}[1] - 1`)} + ${length(between, sql`${counted}[1] - 1`)}`
  return sql`substring(${value}, CAST(${start} + 1 AS BIGINT), CAST(${end} - (${start}) AS BIGINT))`
}

function byWidth(config: SplitConfig): Splitter {
  if (config.widths.length === 0) throw userError('config.missing', 'Give the widths.', { field: ['widths'] })
  const starts = config.widths.map(
    (_, index) => 1 + config.widths.slice(0, index).reduce((sum, width) => sum + width, 0),
  )
  const total = config.widths.reduce((sum, width) => sum + width, 0)
  const piece = (value: Sql, index: number, open: boolean): Sql => {
    const start = starts[index] ?? 1
    const width = config.widths[index] ?? 0
    const text = open ? sql`substring(${value}, ${start})` : sql`substring(${value}, ${start}, ${width})`
    return sql`CASE WHEN length(${value}) >= ${start} THEN ${text} END`
  }
  const last = config.widths.length - 1
  return {
    count: config.widths.length,
    columns: (value) => ({
      part: (index) => piece(value, index, index === last && config.rest === 'last'),
      more: sql`coalesce(length(${value}), 0) > ${total}`,
    }),
    // The last width repeats, so that every character is in a row.
    list: (value) => {
      const width = config.widths[last] ?? 1
      const head = config.widths.slice(0, last).map((_, index) => piece(value, index, false).text)
      const tail = sql`list_transform(range(${starts[last] ?? 1}, length(${value}) + 1, ${width}), lambda start: substring(${value}, start, ${width}))`
      return sql`list_concat(list_filter(CAST([${raw(head.join(', '))}] AS VARCHAR[]), lambda part: part IS NOT NULL), ${tail})`
    },
  }
}

function byGroups(config: SplitConfig): Splitter {
  const pattern = patternOf(config)
  if (pattern.groups === 0)
    throw userError('pattern.no-group', 'The pattern has no groups to split into.', {
      field: ['pattern'],
      hint: 'Put parentheses around each part: (\\d+)-(\\d+).',
    })
  const matches = (value: Sql): Sql => sql`regexp_matches(${value}, ${pattern.text})`
  const group = (value: Sql, index: number): Sql =>
    sql`CASE WHEN ${matches(value)} THEN regexp_extract(${value}, ${pattern.text}, ${index + 1}) END`
  return {
    count: pattern.groups,
    names: pattern.names,
    columns: (value) => ({
      part: (index) => group(value, index),
      noMatch: sql`coalesce(NOT ${matches(value)}, FALSE)`,
    }),
    list: (value) =>
      sql`CASE WHEN ${matches(value)} THEN [${raw(Array.from({ length: pattern.groups }, (_, index) => group(value, index).text).join(', '))}] END`,
  }
}
