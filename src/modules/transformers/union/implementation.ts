import type { Column } from '../../../shared/engine/types.ts'
import { type LogiDataError, userError } from '../../../shared/errors.ts'
import { exactCast, isWidening } from '../../kit/casts.ts'
import { commonType } from '../../kit/common-type.ts'
import type { InputRelation, RelationModule } from '../../kit/contract.ts'
import { failure } from '../../kit/failure.ts'
import { checkDistinctNames, nameKey, requireInput } from '../../kit/inputs.ts'
import { identifier, joinSql, type Sql, sql } from '../../kit/sql.ts'
import { columnType, formatType, isScalar, type SqlType, typeSql } from '../../kit/types.ts'
import { type UnionConfig, unionDescriptor } from './descriptor.ts'

interface Target {
  readonly name: string
  readonly type: SqlType
  /** Per port, the column that goes here. */
  readonly sources: ReadonlyMap<string, Column>
}

interface Source extends InputRelation {
  readonly port: string
  /** As people know it. */
  readonly called: string
}

export const union: RelationModule<typeof unionDescriptor, undefined> = {
  kind: 'relation',
  descriptor: unionDescriptor,
  namesSources: true,
  compile: ({ nodeId, config, inputs }) => {
    const sources = sourcesOf(inputs)
    const targets = targetsOf(config, sources)
    if (config.source_column !== undefined)
      checkDistinctNames([...targets, { name: config.source_column }], 'The result', ['source_column'])
    const parts = sources.map((source) => {
      const values = targets.map((target) => sql`${valueFor(target, source, nodeId)} AS ${identifier(target.name)}`)
      if (config.source_column !== undefined) values.push(sql`${source.called} AS ${identifier(config.source_column)}`)
      return sql`SELECT ${joinSql(values)} FROM ${source.name}`
    })
    const all = joinSql(parts, ' UNION ALL ')
    return { out: config.duplicates === 'remove' ? sql`SELECT DISTINCT * FROM (${all})` : all }
  },
  columnWarnings: ({ config, inputs }) => {
    const sources = sourcesOf(inputs)
    const changes = targetsOf(config, sources).flatMap((target) => changeOf(target, sources))
    if (changes.length === 0) return []
    const shown = changes.slice(0, SHOWN).join('; ')
    const more = changes.length > SHOWN ? `; and ${changes.length - SHOWN} more` : ''
    return [
      {
        code: 'union.types-changed',
        message: `Columns of different types were made one: ${shown}${more}.`,
        hint: 'Cast them in a Select before, where another type is right; types: same makes this an error.',
        field: ['types'],
      },
    ]
  },
}

const SHOWN = 5

/** `“amount” is DOUBLE (INTEGER in “stores”)`, where a column had to change. */
function changeOf(target: Target, sources: readonly Source[]): string[] {
  const type = formatType(target.type)
  const others = sources.flatMap((source) => {
    const from = target.sources.get(source.port)?.type
    return from === undefined || from === type || from === '"NULL"' ? [] : [`${from} in “${source.called}”`]
  })
  return others.length > 0 ? [`“${target.name}” is ${type} (${others.join(', ')})`] : []
}

function sourcesOf(inputs: ReadonlyMap<string, InputRelation>): Source[] {
  if (inputs.size === 0)
    throw userError('input.missing', 'Nothing is connected.', { hint: 'Connect at least one node.' })
  return [...inputs].map(([port, input]) => ({ ...requireInput(inputs, port), port, called: input.source ?? port }))
}

/** The result's columns. @throws LogiDataError `union.missing-column`, `union.no-column`, `union.column-count`, `union.types` */
function targetsOf(config: UnionConfig, sources: readonly Source[]): Target[] {
  const found = config.by === 'name' ? byName(config, sources) : byPosition(sources)
  return found.map((columns) => ({
    name: [...columns.values()][0]?.name ?? '',
    type: typeOf(config, columns, sources),
    sources: columns,
  }))
}

type Columns = ReadonlyMap<string, Column>

function byName(config: UnionConfig, sources: readonly Source[]): Columns[] {
  const targets = new Map<string, Map<string, Column>>()
  for (const { port, columns } of sources)
    for (const column of columns) {
      const target = targets.get(nameKey(column.name))
      if (target) target.set(port, column)
      else targets.set(nameKey(column.name), new Map([[port, column]]))
    }
  const all = [...targets.values()]
  if (config.missing === 'null') return all
  if (config.missing === 'error') {
    for (const target of all)
      for (const source of sources) if (!target.has(source.port)) throw lacks(source, target, sources)
    return all
  }
  const common = all.filter((target) => target.size === sources.length)
  if (common.length === 0)
    throw userError('union.no-column', 'There is no column that all inputs have.', {
      field: ['missing'],
      hint: 'Rename columns first, match them by position, or leave missing ones empty.',
    })
  return common
}

function lacks(source: Source, target: Columns, sources: readonly Source[]): LogiDataError {
  const others = sources.filter(({ port }) => target.has(port)).map(({ called }) => `“${called}”`)
  const [column] = target.values()
  return userError(
    'union.missing-column',
    `“${source.called}” has no column “${column?.name}”, which ${others.join(', ')} ${others.length > 1 ? 'have' : 'has'}.`,
    { field: ['missing'], hint: 'Leave it empty for those rows, or rename a column first.' },
  )
}

function byPosition(sources: readonly Source[]): Columns[] {
  const [first, ...others] = sources
  for (const { called, columns } of others)
    if (columns.length !== first?.columns.length)
      throw userError(
        'union.column-count',
        `“${first?.called}” has ${first?.columns.length} columns and “${called}” has ${columns.length}.`,
        { field: ['by'], hint: 'Choose the same columns on both sides, or match them by name.' },
      )
  return (first?.columns ?? []).map(
    (_, index) =>
      new Map(
        sources.flatMap(({ port, columns }) => {
          const column = columns[index]
          return column ? [[port, column] as const] : []
        }),
      ),
  )
}

function typeOf(config: UnionConfig, columns: Columns, sources: readonly Source[]): SqlType {
  const [first, ...others] = [...columns]
  if (!first) throw new TypeError('a column of no input')
  let [last, type] = [first, columnType(first[1].type)]
  for (const next of others) {
    const own = columnType(next[1].type)
    const common = commonType(type, own)
    if (common && (config.types !== 'same' || formatType(own) === formatType(type))) {
      if (formatType(common) !== formatType(type)) last = next
      type = common
      continue
    }
    if (config.types === 'text') return { kind: 'scalar', name: 'VARCHAR' }
    const called = (port: string) => sources.find((source) => source.port === port)?.called ?? port
    const [a, b] = [last, next].map(([port, column]) => `“${column.name}” of “${called(port)}” is ${column.type}`)
    throw userError('union.types', `${a} and ${b}: ${common ? 'they differ' : 'they have no common type'}.`, {
      field: ['types'],
      hint: common
        ? 'Cast one of them with Select columns first, or choose to take the type that holds both.'
        : 'Cast one of them with Select columns first, or choose to make such columns texts.',
    })
  }
  return type
}

function valueFor(target: Target, { port, called }: Source, nodeId: string): Sql {
  const column = target.sources.get(port)
  if (!column) return isScalar(target.type, '"NULL"') ? sql`NULL` : sql`CAST(NULL AS ${typeSql(target.type)})`
  const value = identifier(column.name)
  const from = columnType(column.type)
  if (formatType(from) === formatType(target.type)) return value
  if (isScalar(target.type, 'VARCHAR') || isWidening(from, target.type))
    return sql`CAST(${value} AS ${typeSql(target.type)})`
  const cast = exactCast(value, from, target.type)
  const error = failure(
    'cast.failed',
    [],
    [
      `The value `,
      sql`CAST(${value} AS VARCHAR)`,
      ` of “${column.name}” (${called}) does not fit ${formatType(target.type)} without loss.`,
    ],
    'Cast the column with Select columns first.',
    nodeId,
  )
  return sql`CASE WHEN ${value} IS NOT NULL AND ${cast} IS NULL THEN ${error} ELSE ${cast} END`
}
