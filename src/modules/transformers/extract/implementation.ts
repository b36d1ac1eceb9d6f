import { userError } from '../../../shared/errors.ts'
import { castText } from '../../kit/cast-new.ts'
import { kindOf } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { Layers } from '../../kit/layers.ts'
import { checkPattern, type Pattern } from '../../kit/pattern.ts'
import { identifier, type Sql, sql } from '../../kit/sql.ts'
import { formatType } from '../../kit/types.ts'
import { orFail, passes, rejects, type Unfit } from '../../kit/unfit.ts'
import { type ExtractConfig, extractDescriptor } from './descriptor.ts'

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)'
const KNOWN: Readonly<Record<Exclude<ExtractConfig['what'], 'pattern'>, string>> = {
  number: '[-+−]?(?:\\d{1,3}(?:,\\d{3})+(?:\\.\\d+)?|\\d{1,3}(?:\\.\\d{3})+(?:,\\d+)|\\d+(?:[.,]\\d+)?)',
  whole_number: '[-+−]?\\d+',
  email:
    "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+",
  url: '(?i:https?|ftp)://[^\\s<>"]*[^\\s<>".,;:!?\'\\])}]',
  iso_date: '\\b\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])\\b',
  date: '\\b\\d{1,2}[/.-]\\d{1,2}[/.-](?:\\d{4}|\\d{2})\\b',
  time: '\\b(?:[01]?\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d)?\\b',
  ip: `\\b(?:${OCTET}\\.){3}${OCTET}\\b`,
  uuid: '\\b[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\\b',
  hashtag: '#[\\p{L}\\p{N}_]+',
  mention: '@[\\p{L}\\p{N}_]+',
}

export const extract: RelationModule<typeof extractDescriptor, undefined> = {
  kind: 'relation',
  descriptor: extractDescriptor,
  compile: ({ nodeId, config, inputs }) => {
    const input = requireInput(inputs, 'in')
    if (!config.column) throw userError('config.missing', 'Choose the column to look in.', { field: ['column'] })
    const column = requireColumn(input.columns, config.column, ['column'])
    if (kindOf(column) !== 'text')
      throw userError('column.not-text', `“${column.name}” is ${column.type}, and only texts can be searched.`, {
        field: ['column'],
        hint: 'Change its type to VARCHAR first.',
      })
    const pattern = patternOf(config)
    const source = identifier(column.name)
    const layers = new Layers(input)
    const problem = (failed: Sql, why: string, field: readonly (string | number)[]): Unfit => ({
      column: column.name,
      failed,
      shown: source,
      why,
      code: 'extract.failed',
      hint: 'Send such rows to the reject port, or leave the values empty.',
      field,
    })
    const missing =
      config.no_match === 'error'
        ? [
            problem(sql`coalesce(NOT regexp_matches(${source}, ${pattern.text}), FALSE)`, 'does not match', [
              'no_match',
            ]),
          ]
        : []
    const unfits = [...missing]
    const made = foundIn(source, pattern, config, layers).map(({ name, value }, index) => {
      const typed = ['first', 'last', 'rows'].includes(config.matches) ? config.type : undefined
      const cast = castText(value, typed, ['type'])
      const own = cast.failed
        ? [problem(cast.failed, `has a match that does not fit ${formatType(cast.type)}`, ['type'])]
        : []
      unfits.push(...own)
      return {
        name: config.names[index] ?? name ?? `${column.name}_${index + 1}`,
        value: orFail(cast.value, [...missing, ...own], config.on_error, nodeId),
      }
    })
    if (config.names.length > made.length)
      throw userError('extract.too-many', `There are ${made.length} new columns, but ${config.names.length} names.`, {
        field: ['names', made.length],
      })
    const kept = input.columns.filter(({ name }) => config.keep_original || name !== column.name)
    checkDistinctNames([...kept, ...made], 'The result', ['names'])
    const rejecting = config.on_error === 'reject'
    const out = layers.select(
      [],
      made.map(({ name, value }) => sql`${value} AS ${identifier(name)}`),
      config.keep_original ? [] : [source],
    )
    return {
      out: sql`${out}${passes(unfits, config.on_error)}`,
      reject: rejects(
        rejecting ? layers.from : input.name,
        input.columns,
        rejecting ? unfits : [],
        config.on_error,
        rejecting ? layers.names : [],
      ),
    }
  },
}

function patternOf(config: ExtractConfig): Pattern {
  if (config.what !== 'pattern') return { text: KNOWN[config.what], groups: 0, names: [] }
  if (config.pattern === undefined) throw userError('config.missing', 'Write the pattern.', { field: ['pattern'] })
  const pattern = checkPattern(config.pattern, ['pattern'])
  return config.case_insensitive ? { ...pattern, text: `(?i)${pattern.text}` } : pattern
}

interface Found {
  readonly name?: string | undefined
  readonly value: Sql
}

function foundIn(source: Sql, { text, groups, names }: Pattern, config: ExtractConfig, layers: Layers): Found[] {
  const all = (group: number): Sql => sql`regexp_extract_all(${source}, ${text}, ${group})`
  if (config.matches === 'count') return [{ value: sql`CAST(len(${all(0)}) AS BIGINT)` }]
  const wanted = groups === 0 ? [0] : Array.from({ length: groups }, (_, index) => index + 1)
  return wanted.map((group) => ({ name: names[group - 1], value: taken(group) }))

  function taken(group: number): Sql {
    switch (config.matches) {
      case 'first': {
        // Only the list of all matches tells a group that took no part from an empty one.
        const first =
          group === 0
            ? sql`CASE WHEN regexp_matches(${source}, ${text}) THEN regexp_extract(${source}, ${text}) END`
            : sql`${all(group)}[1]`
        return layers.hold({ value: first, layer: 0 }).value
      }
      case 'last':
        return layers.hold({ value: sql`${all(group)}[-1]`, layer: 0 }).value
      case 'rows': {
        const list = layers.hold({ value: all(group), layer: 0 }).value
        return layers.hold({ value: sql`unnest(CASE WHEN len(${list}) > 0 THEN ${list} ELSE [NULL] END)`, layer: 1 })
          .value
      }
      default:
        return all(group)
    }
  }
}
