import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { exactCast, isWidening } from './casts.ts'
import { commonType } from './common-type.ts'
import { failure } from './failure.ts'
import type { FieldPath } from './fields.ts'
import { identifier, type Sql, sql } from './sql.ts'
import { columnType, formatType, isScalar, type SqlType, typeSql } from './types.ts'

/** How columns of different types become one: their common type or an error, or texts. */
export type Reconciliation = 'exact' | 'text'

/**
 * The type that holds the values of all these columns.
 * @throws LogiDataError `types.differ`, naming two columns that have no type in common
 */
export function reconciledType(columns: readonly Column[], how: Reconciliation, field: FieldPath): SqlType {
  const [first, ...others] = columns
  if (!first) throw new TypeError('nothing to reconcile')
  let type = columnType(first.type)
  if (how === 'text') {
    const same = others.every((column) => column.type === first.type)
    return same ? type : { kind: 'scalar', name: 'VARCHAR' }
  }
  let last = first
  for (const column of others) {
    const common = commonType(type, columnType(column.type))
    if (!common)
      throw userError(
        'types.differ',
        `“${last.name}” (${last.type}) and “${column.name}” (${column.type}) have no type in common.`,
        { field: [...field], hint: 'Cast one of them in a Select before, or choose to make all of them texts.' },
      )
    if (formatType(common) !== formatType(type)) last = column
    type = common
  }
  return type
}

/** A column's value as `type`; one that would lose something ends the query and is named. */
export function valueAs(column: Column, type: SqlType, nodeId: string, field: FieldPath): Sql {
  const own = columnType(column.type)
  const value = identifier(column.name)
  if (formatType(own) === formatType(type)) return value
  if (isScalar(type, 'VARCHAR') || isScalar(own, '"NULL"') || isWidening(own, type))
    return sql`CAST(${value} AS ${typeSql(type)})`
  const cast = exactCast(value, own, type)
  const error = failure(
    'cast.failed',
    field,
    [
      '“',
      sql`left(CAST(${value} AS VARCHAR), 80)`,
      `” of the column “${column.name}” does not fit ${formatType(type)} without loss.`,
    ],
    'Cast the columns to one type in a Select before, or choose to make all of them texts.',
    nodeId,
  )
  return sql`CASE WHEN ${value} IS NOT NULL AND ${cast} IS NULL THEN ${error} ELSE ${cast} END`
}
