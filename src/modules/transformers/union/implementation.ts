import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
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
  type: SqlType
  /** Per port, the column that goes here. */
  readonly sources: Map<string, Column>
}

export const union: RelationModule<typeof unionDescriptor, undefined> = {
  kind: 'relation',
  descriptor: unionDescriptor,
  compile: ({ nodeId, config, inputs }) => {
    const [first] = inputs
    if (!first) throw userError('input.missing', 'Nothing is connected.', { hint: 'Connect at least one node.' })
    for (const port of inputs.keys()) requireInput(inputs, port)
    const targets = config.by === 'name' ? byName(config, inputs) : byPosition(inputs)
    if (config.source_column !== undefined)
      checkDistinctNames([...targets, { name: config.source_column }], 'The result', ['source_column'])
    const parts = [...inputs].map(([port, input]) => {
      const values = targets.map((target) => sql`${valueFor(target, port, nodeId)} AS ${identifier(target.name)}`)
      if (config.source_column !== undefined) values.push(sql`${port} AS ${identifier(config.source_column)}`)
      return sql`SELECT ${joinSql(values)} FROM ${input.name}`
    })
    const all = joinSql(parts, ' UNION ALL ')
    return { out: config.duplicates === 'remove' ? sql`SELECT DISTINCT * FROM (${all})` : all }
  },
}

function byName(config: UnionConfig, inputs: ReadonlyMap<string, InputRelation>): Target[] {
  const targets = new Map<string, Target>()
  for (const [port, { columns }] of inputs) {
    for (const column of columns) {
      const target = targets.get(nameKey(column.name))
      if (target) addSource(target, port, column)
      else targets.set(nameKey(column.name), newTarget(port, column))
    }
  }
  if (config.missing === 'error') {
    for (const target of targets.values())
      for (const port of inputs.keys())
        if (!target.sources.has(port)) {
          const others = [...target.sources.keys()].map((name) => `“${name}”`).join(', ')
          throw userError('union.missing-column', `“${port}” has no column “${target.name}”, which ${others} has.`, {
            field: ['missing'],
            hint: 'Leave it empty for those rows, or rename a column first.',
          })
        }
  }
  return [...targets.values()]
}

function byPosition(inputs: ReadonlyMap<string, InputRelation>): Target[] {
  const [[firstPort, first] = ['', undefined], ...others] = inputs
  const targets = (first?.columns ?? []).map((column) => newTarget(firstPort, column))
  for (const [port, { columns }] of others) {
    if (columns.length !== targets.length)
      throw userError(
        'union.column-count',
        `“${firstPort}” has ${targets.length} columns and “${port}” has ${columns.length}.`,
        {
          field: ['by'],
          hint: 'Choose the same columns on both sides, or match them by name.',
        },
      )
    targets.forEach((target, index) => {
      const column = columns[index]
      if (column) addSource(target, port, column)
    })
  }
  return targets
}

const newTarget = (port: string, column: Column): Target => ({
  name: column.name,
  type: columnType(column.type),
  sources: new Map([[port, column]]),
})

function addSource(target: Target, port: string, column: Column): void {
  const common = commonType(target.type, columnType(column.type))
  if (!common) {
    const [[otherPort, other] = ['', column]] = target.sources
    throw userError(
      'union.types',
      `“${other.name}” of “${otherPort}” is ${formatType(target.type)} and “${column.name}” of “${port}” is ${column.type}: they have no common type.`,
      { hint: 'Cast one of them with Select columns first.' },
    )
  }
  target.type = common
  target.sources.set(port, column)
}

function valueFor(target: Target, port: string, nodeId: string): Sql {
  const column = target.sources.get(port)
  if (!column) return isScalar(target.type, '"NULL"') ? sql`NULL` : sql`CAST(NULL AS ${typeSql(target.type)})`
  const value = identifier(column.name)
  const from = columnType(column.type)
  if (formatType(from) === formatType(target.type)) return value
  if (isWidening(from, target.type)) return sql`CAST(${value} AS ${typeSql(target.type)})`
  const cast = exactCast(value, from, target.type)
  const error = failure(
    'cast.failed',
    [],
    [
      `The value `,
      sql`CAST(${value} AS VARCHAR)`,
      ` of “${column.name}” (${port}) does not fit ${formatType(target.type)} without loss.`,
    ],
    'Cast the column with Select columns first.',
    nodeId,
  )
  return sql`CASE WHEN ${value} IS NOT NULL AND ${cast} IS NULL THEN ${error} ELSE ${cast} END`
}
