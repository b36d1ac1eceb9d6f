import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { exactCast, isWidening } from './casts.ts'
import { commonType } from './common-type.ts'
import type { InputRelation } from './contract.ts'
import { failure } from './failure.ts'
import { form, option, text } from './form.ts'
import { requireColumn, requireInput, sameName } from './inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'
import { columnType, formatType, type SqlType, typeSql } from './types.ts'

/** What `intersect` and `except` share: whose columns are compared with whose, and as which type. */
export const setOperationFields = {
  columns: z
    .array(z.string())
    .default([])
    .meta(
      form('Compare these columns', 'Comparer ces colonnes', {
        control: 'columns',
        port: 'left',
        help: text('Without any: all of them.', 'Sans rien : toutes.'),
      }),
    ),
  by: z
    .enum(['name', 'position'])
    .default('name')
    .meta(
      form('Match columns by', 'Associer les colonnes par', {
        options: [option('name', 'Name', 'Nom'), option('position', 'Position', 'Position')],
        advanced: true,
      }),
    ),
  rows: z
    .enum(['all', 'distinct', 'counted'])
    .default('all')
    .meta(
      form('Rows that are equal', 'Lignes identiques', {
        options: [
          option('all', 'Keep all of the left', 'Garder toutes celles de gauche'),
          option('distinct', 'Keep one', 'N’en garder qu’une'),
          option(
            'counted',
            'One right row answers for one left row',
            'Une ligne de droite répond pour une ligne de gauche',
          ),
        ],
      }),
    ),
} as const

export interface SetOperation {
  readonly columns: readonly string[]
  readonly by: 'name' | 'position'
  readonly rows: 'all' | 'distinct' | 'counted'
}

const LEFT = identifier('left')
const RIGHT = identifier('right')

/**
 * The rows of the left that the right has (`keep: common`), or has not. NULL equals NULL.
 * @throws LogiDataError `column.not-found`, `union.column-count`, `union.types`, `set.columns`
 */
export function setOperation(
  config: SetOperation,
  inputs: ReadonlyMap<string, InputRelation>,
  keep: 'common' | 'other',
  nodeId: string,
): Sql {
  const left = requireInput(inputs, 'left')
  const right = requireInput(inputs, 'right')
  const pairs = comparedColumns(config, left, right)
  const values = (which: 'left' | 'right', side: Sql): Sql[] =>
    pairs.map((pair) => comparedValue(sql`${side}.${identifier(pair[which].name)}`, pair[which], pair.type, nodeId))
  const names = joinSql(left.columns.map((column) => identifier(column.name)))
  const leftValues = values('left', LEFT)
  const rightValues = values('right', RIGHT)
  if (config.rows === 'counted') return counted(left, right, leftValues, rightValues, names, keep)
  const on = joinSql(
    leftValues.map((value, index) => sql`${value} IS NOT DISTINCT FROM ${rightValues[index] ?? value}`),
    ' AND ',
  )
  const join = sql`${raw(keep === 'common' ? 'SEMI' : 'ANTI')} JOIN ${right.name} AS ${RIGHT} ON ${on}`
  const rows = sql`SELECT ${LEFT}.* FROM ${left.name} AS ${LEFT} ${join}`
  if (config.rows === 'all') return rows
  if (config.columns.length === 0) return sql`SELECT DISTINCT ${LEFT}.* FROM ${left.name} AS ${LEFT} ${join}`
  const partition = joinSql(leftValues)
  return sql`${rows} QUALIFY row_number() OVER (PARTITION BY ${partition} ORDER BY ${names}) = 1`
}

/** The first left rows of a value, by all columns, meet as many right rows as there are. */
function counted(
  left: InputRelation,
  right: InputRelation,
  leftValues: readonly Sql[],
  rightValues: readonly Sql[],
  names: Sql,
  keep: 'common' | 'other',
): Sql {
  const keys = rightValues.map((value, index) => sql`${value} AS ${identifier(`k${index}`)}`)
  const groups = sql`(SELECT ${joinSql(keys)}, count(*) AS n FROM ${right.name} AS ${RIGHT} GROUP BY ALL)`
  const on = joinSql(
    leftValues.map((value, index) => sql`${value} IS NOT DISTINCT FROM ${RIGHT}.${identifier(`k${index}`)}`),
    ' AND ',
  )
  const place = sql`row_number() OVER (PARTITION BY ${joinSql(leftValues)} ORDER BY ${names})`
  const test = raw(keep === 'common' ? '<=' : '>')
  return sql`SELECT ${LEFT}.* FROM ${left.name} AS ${LEFT} LEFT JOIN ${groups} AS ${RIGHT} ON ${on} QUALIFY ${place} ${test} coalesce(${RIGHT}.n, 0)`
}

interface Pair {
  readonly left: Column
  readonly right: Column
  readonly type: SqlType
}

function comparedColumns(config: SetOperation, left: InputRelation, right: InputRelation): Pair[] {
  const chosen = config.columns.map((name, index) => requireColumn(left.columns, name, ['columns', index]))
  const compared = chosen.length > 0 ? chosen : left.columns
  const byPosition = config.by === 'position' && chosen.length === 0
  if (byPosition && left.columns.length !== right.columns.length)
    throw userError(
      'union.column-count',
      `“left” has ${left.columns.length} columns and “right” has ${right.columns.length}.`,
      { field: ['by'], hint: 'Choose the same columns on both sides, or match them by name.' },
    )
  if (!byPosition && chosen.length === 0) {
    const extra = right.columns.find((column) => !left.columns.some((other) => sameName(other.name, column.name)))
    if (extra)
      throw userError('set.columns', `“left” has no column “${extra.name}”, which “right” has.`, {
        field: ['columns'],
        hint: 'Choose which columns to compare.',
      })
  }
  return compared.map((column, index) => {
    const found = byPosition ? right.columns[index] : right.columns.find((other) => sameName(other.name, column.name))
    if (!found)
      throw userError('set.columns', `“right” has no column “${column.name}”.`, {
        field: ['columns'],
        hint: 'Choose which columns to compare, or rename one first.',
      })
    const type = commonType(columnType(column.type), columnType(found.type))
    if (!type)
      throw userError(
        'union.types',
        `“${column.name}” is ${column.type} on the left and ${found.type} on the right: they have no common type.`,
        { field: ['columns'], hint: 'Cast one of them with Select columns first.' },
      )
    return { left: column, right: found, type }
  })
}

/** The value as the type in which both are compared; what that type would round stops the run. */
function comparedValue(value: Sql, column: Column, type: SqlType, nodeId: string): Sql {
  const from = columnType(column.type)
  if (formatType(from) === formatType(type)) return value
  if (isWidening(from, type)) return sql`CAST(${value} AS ${typeSql(type)})`
  const cast = exactCast(value, from, type)
  const error = failure(
    'cast.failed',
    ['columns'],
    [
      'The value ',
      sql`CAST(${value} AS VARCHAR)`,
      ` of “${column.name}” does not fit ${formatType(type)} without loss.`,
    ],
    'Cast the column with Select columns first.',
    nodeId,
  )
  return sql`CASE WHEN ${value} IS NOT NULL AND ${cast} IS NULL THEN ${error} ELSE ${cast} END`
}
