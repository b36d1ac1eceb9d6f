import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { kindOf, selectColumns } from '../../kit/column-selection.ts'
import type { RelationModule } from '../../kit/contract.ts'
import { checkDistinctNames, requireColumn, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, literal, type Sql, sql } from '../../kit/sql.ts'
import { trimmed } from '../../kit/text-sql.ts'
import { columnType, isFloat, isScalar } from '../../kit/types.ts'
import { type MergeConfig, mergeDescriptor } from './descriptor.ts'

export const merge: RelationModule<typeof mergeDescriptor, undefined> = {
  kind: 'relation',
  descriptor: mergeDescriptor,
  keepsRows: true,
  compile: ({ config, inputs }) => {
    const input = requireInput(inputs, 'in')
    const pieces = config.template === undefined ? undefined : piecesOf(config.template, input.columns)
    const merged = pieces ? pieces.filter((piece) => typeof piece !== 'string') : inGivenOrder(config, input.columns)
    const gone = new Set(config.keep_originals ? [] : merged.map(({ name }) => name))
    const kept = input.columns.filter(({ name }) => !gone.has(name))
    checkDistinctNames([...kept, { name: config.name }], 'The result', ['name'])
    const value = pieces ? filled(pieces, config) : joined(merged, config)
    const exclude = gone.size > 0 ? sql` EXCLUDE (${joinSql([...gone].map((name) => identifier(name)))})` : sql``
    const rest = kept.length > 0 ? sql`*${exclude}, ` : sql``
    return { out: sql`SELECT ${rest}${value} AS ${identifier(config.name)} FROM ${input.name}` }
  },
}

function inGivenOrder(config: MergeConfig, columns: readonly Column[]): Column[] {
  const selected = selectColumns(config, columns)
  const named = config.columns.map((name, index) => requireColumn(columns, name, ['columns', index]))
  return [...new Set([...named, ...selected])]
}

/** Texts and columns in turn. @throws LogiDataError `template.braces`, `column.not-found` */
function piecesOf(template: string, columns: readonly Column[]): (string | Column)[] {
  const pieces: (string | Column)[] = []
  const add = (text: string) => {
    const last = pieces.at(-1)
    if (typeof last === 'string') pieces[pieces.length - 1] = last + text
    else pieces.push(text)
  }
  for (const [found, name] of template.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[^{}]+|[{}]/g)) {
    if (name !== undefined) pieces.push(requireColumn(columns, name, ['template']))
    else if (found === '{' || found === '}')
      throw userError('template.braces', `A “${found}” of the template has no partner.`, {
        field: ['template'],
        hint: 'Write {column}, or {{ and }} for braces themselves.',
      })
    else add(found === '{{' ? '{' : found === '}}' ? '}' : found)
  }
  if (!pieces.some((piece) => typeof piece !== 'string'))
    throw userError('template.no-column', 'The template names no column.', {
      field: ['template'],
      hint: 'Put one in braces: {name}.',
    })
  return pieces
}

function joined(columns: readonly Column[], config: MergeConfig): Sql {
  const texts = columns.map((column) => textOf(column, config))
  if (config.nulls === 'null') return joinSql(texts, sql` || ${config.separator} || `.text)
  const missing = joinSql(
    columns.map((column) => isMissing(column, config)),
    ' AND ',
  )
  const present = config.nulls === 'skip' ? texts : texts.map((value) => sql`coalesce(${value}, '')`)
  return sql`CASE WHEN NOT (${missing}) THEN concat_ws(${config.separator}, ${joinSql(present)}) END`
}

function filled(pieces: readonly (string | Column)[], config: MergeConfig): Sql {
  const texts = pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [textOf(piece, config)]))
  const missing = joinSql(
    texts.map((value) => sql`${value} IS NULL`),
    config.nulls === 'null' ? ' OR ' : ' AND ',
  )
  const parts = pieces.map((piece) => (typeof piece === 'string' ? literal(piece) : textOf(piece, config)))
  return sql`CASE WHEN NOT (${missing}) THEN concat(${joinSql(parts)}) END`
}

/** Of what is no text, the value itself says it, without writing it out first. */
const isMissing = (column: Column, config: MergeConfig): Sql =>
  kindOf(column) === 'text' ? sql`${textOf(column, config)} IS NULL` : sql`${identifier(column.name)} IS NULL`

/** NULL when the value is missing. */
function textOf(column: Column, config: MergeConfig): Sql {
  const type = columnType(column.type)
  const source = identifier(column.name)
  if (isScalar(type, 'VARCHAR')) {
    const text = config.trim ? trimmed(source) : source
    return config.skip_empty ? sql`CASE WHEN ${trimmed(source)} <> '' THEN ${text} END` : text
  }
  const isDay = kindOf(column) === 'date' && !isTime(column)
  if (config.date_format !== undefined && isDay) return sql`strftime(${source}, ${config.date_format})`
  const written = sql`CAST(${source} AS VARCHAR)`
  if (type.kind !== 'decimal' && !isFloat(type)) return written
  const rounded =
    config.decimals === undefined
      ? written
      : sql`coalesce(CAST(TRY_CAST(${source} AS DECIMAL(38,${config.decimals})) AS VARCHAR), ${written})`
  return config.decimal === ',' ? sql`replace(${rounded}, '.', ',')` : rounded
}

const isTime = (column: Column): boolean => /^TIME\b|^TIME_NS/.test(column.type)
