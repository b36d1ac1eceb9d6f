import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { exactCast } from '../../kit/casts.ts'
import type { InputRelation, Suggestion } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { freeName, requireColumn } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, raw, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, isScalar, parseType, type SqlType } from '../../kit/types.ts'
import type { FlattenConfig } from './descriptor.ts'

export type JsonField = FlattenConfig['json'][number]

/** What is taken out of a JSON column. */
export interface TakenField {
  readonly column: Column
  readonly name: string
  readonly value: Sql
  /** True for a row that does not fit. */
  readonly failed: Sql
  readonly reason: Sql
}

export const isJsonColumn = (column: Column): boolean => isScalar(columnType(column.type), 'JSON', 'VARCHAR')

const TEXT: SqlType = { kind: 'scalar', name: 'VARCHAR' }

/** The fields that are taken, out of the input with the texts of each JSON column beside it. */
export interface TakenFields {
  readonly fields: readonly TakenField[]
  /** Stands after FROM. */
  readonly from: Sql
  /** What it has more than the input. */
  readonly added: readonly Sql[]
}

/** All fields of a column are read out of its text together, so that it is parsed once. */
export function takenFields(config: FlattenConfig, { name, columns }: InputRelation, nodeId: string): TakenFields {
  const pointers = new Map<Column, { readonly texts: Sql; readonly list: string[] }>()
  const fields = config.json.map((field, index) => {
    const at = ['json', index]
    const column = jsonColumn(field, columns, at)
    const steps = atField([...at, 'path'], () => parsePath(field.path))
    const texts = identifier(freeName(`texts_${pointers.size}`, columns))
    const known = pointers.get(column) ?? { texts, list: [] }
    pointers.set(column, known)
    known.list.push(pointer(steps))
    return taken(field, column, steps, { texts: known.texts, place: known.list.length }, config, nodeId, at)
  })
  const read = [...pointers].map(([column, { texts, list }]) => {
    const found = sql`json_extract_string(${identifier(column.name)}, [${joinSql(list.map((each) => literal(each)))}])`
    // Of a text that is no JSON there is no list.
    return sql`${column.type === 'VARCHAR' ? sql`TRY(${found})` : found} AS ${texts}`
  })
  return {
    fields,
    from: read.length > 0 ? sql`(SELECT *, ${joinSql(read)} FROM ${name})` : name,
    added: [...pointers.values()].map(({ texts }) => texts),
  }
}

function jsonColumn(field: JsonField, columns: readonly Column[], at: FieldPath): Column {
  const column = requireColumn(columns, field.column, [...at, 'column'])
  if (isJsonColumn(column)) return column
  throw userError('flatten.no-json', `“${column.name}” holds no JSON: its type is ${column.type}.`, {
    field: [...at, 'column'],
    hint: 'The fields of such a column become columns without being listed here.',
  })
}

function taken(
  field: JsonField,
  column: Column,
  steps: readonly Step[],
  found: { readonly texts: Sql; readonly place: number },
  config: FlattenConfig,
  nodeId: string,
  at: FieldPath,
): TakenField {
  const type = atField([...at, 'type'], () => parseType(field.type))
  const own = identifier(column.name)
  const text = sql`${found.texts}[${found.place}]`
  const inner = sql`CASE WHEN ${text} IS NOT NULL THEN json_extract(${own}, ${pointer(steps)}) END`
  const cast = isScalar(type, 'JSON') ? inner : isScalar(type, 'VARCHAR') ? text : exactCast(text, TEXT, type)
  const isText = column.type === 'VARCHAR'
  const broken = isText ? sql`(${own} IS NOT NULL AND ${found.texts} IS NULL)` : raw('FALSE')
  const failed =
    cast === text || cast === inner ? broken : sql`(${broken} OR (${text} IS NOT NULL AND ${cast} IS NULL))`
  const shown = (value: Sql): Sql => sql`left(CAST(${value} AS VARCHAR), 80)`
  const said = sql`CASE WHEN ${broken} THEN concat('“', ${shown(own)}, '” is no JSON') ELSE concat('“', ${shown(text)}, '” at ', ${field.path}, ' does not fit ', ${formatType(type)}) END`
  const error = failure(
    'flatten.does-not-fit',
    at,
    [said, ` in the column “${column.name}”.`],
    'Send such rows to the reject port, leave the field empty, or choose the type VARCHAR.',
    nodeId,
  )
  const parts = steps.map(String)
  const value = config.on_error === 'fail' ? sql`CASE WHEN ${failed} THEN ${error} ELSE ${cast} END` : cast
  const name = field.name ?? [...(config.prefix ? [column.name] : []), ...parts].join(config.separator)
  return { column, name, value, failed, reason: said }
}

type Step = string | number

/**
 * `$.a."b c"[0]` as its steps.
 * @throws LogiDataError `flatten.path`
 */
export function parsePath(path: string): Step[] {
  const steps: Step[] = []
  let rest = path.trim().replace(/^\$/, '')
  // A name alone is a path of one step.
  if (!path.trim().startsWith('$') && !/^[.[]/.test(rest)) rest = `.${rest}`
  while (rest !== '') {
    const found = /^(?:\."((?:[^"\\]|\\.)*)"|\.([^.["\]*]+)|\[(\d{1,9})\])/.exec(rest)
    if (!found)
      throw userError('flatten.path', `“${path}” is not a path to one value.`, {
        hint: 'Write $.address.city, $."first name" or $.tags[0]; Explode makes rows of lists.',
      })
    const [whole, quoted, plain, index] = found
    steps.push(index === undefined ? (quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '') : Number(index))
    rest = rest.slice(whole.length)
  }
  if (steps.length === 0)
    throw userError('flatten.path', 'The path names nothing.', { hint: 'Write $.address.city, for example.' })
  return steps
}

/** JSON pointers can name any key, DuckDB's paths cannot. */
const pointer = (steps: readonly Step[]): string =>
  steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const formatPath = (steps: readonly string[]): string =>
  `$${steps.map((step) => (/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(step) ? `.${step}` : `."${step.replaceAll(/["\\]/g, '\\$&')}"`)).join('')}`

const MOST_FIELDS = 500
const JSON_TYPES: Readonly<Record<string, string>> = { UBIGINT: 'BIGINT', NULL: 'VARCHAR', JSON: 'VARCHAR' }

/** The fields that the JSON in these columns has, down to values and lists. */
export function suggestFields(input: Sql, columns: readonly Column[], listed: readonly JsonField[]): Suggestion {
  const structures = columns.map(({ name }) => {
    const own = identifier(name)
    return sql`SELECT ${name} AS c, CAST(json_group_structure(CAST(j AS JSON)) AS VARCHAR) AS s FROM (SELECT CASE WHEN json_valid(CAST(${own} AS VARCHAR)) AND json_type(CAST(${own} AS VARCHAR)) = 'OBJECT' THEN CAST(${own} AS VARCHAR) END AS j FROM ${input}) WHERE j IS NOT NULL`
  })
  return {
    query: sql`SELECT * FROM (${raw(structures.map(({ text }) => text).join(' UNION ALL '))}) WHERE s IS NOT NULL`,
    limit: columns.length,
    change: (rows) => {
      const known = new Set(listed.map(({ column, path }) => JSON.stringify([column, path])))
      const found = rows.flatMap(([column, structure]) =>
        column && structure ? leaves(JSON.parse(structure), []).map((leaf) => ({ column, ...leaf })) : [],
      )
      const fresh = found.filter(({ column, path }) => !known.has(JSON.stringify([column, path])))
      return { json: [...listed, ...fresh].slice(0, Math.max(MOST_FIELDS, listed.length)) }
    },
  }
}

function leaves(structure: unknown, steps: readonly string[]): { path: string; type: string }[] {
  if (typeof structure === 'object' && structure !== null && !Array.isArray(structure)) {
    return Object.entries(structure).flatMap(([key, inner]) => leaves(inner, [...steps, key]))
  }
  if (steps.length === 0) return []
  const type = typeof structure === 'string' ? (JSON_TYPES[structure] ?? structure) : 'JSON'
  return [{ path: formatPath(steps), type }]
}
