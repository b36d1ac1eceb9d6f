import type { Column } from '../../shared/engine/types.ts'
import type { Parameters } from './expression.ts'
import type { FieldPath } from './fields.ts'
import { requireColumn, sameName } from './inputs.ts'
import { orderBy, type SortKey } from './sort-keys.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'

/** The columns that a group is made by. @throws LogiDataError `column.not-found` */
export function groupColumns(names: readonly string[], columns: readonly Column[], field: FieldPath): Column[] {
  return names.map((name, index) => requireColumn(columns, name, [...field, index]))
}

/** `PARTITION BY …`, or nothing. */
export function partitionBy(groups: readonly Column[]): Sql {
  return groups.length > 0 ? sql`PARTITION BY ${joinSql(groups.map(({ name }) => identifier(name)))}` : raw('')
}

/**
 * What follows ORDER BY: the keys, and after them every column that is neither a group nor a key, so that rows with equal keys have one
 * order whatever order they arrive in. Rows that are equal in everything are interchangeable.
 */
export function totalOrder(
  keys: readonly SortKey[],
  columns: readonly Column[],
  parameters: Parameters,
  field: FieldPath,
  groups: readonly Column[] = [],
): Sql {
  const told = [...groups.map(({ name }) => name), ...keys.flatMap(({ column }) => (column ? [column] : []))]
  const rest = columns.filter(({ name }) => !told.some((other) => sameName(other, name)))
  return joinSql([
    orderBy(keys, columns, parameters, field),
    ...rest.map(({ name }) => sql`${identifier(name)} ASC NULLS LAST`),
  ])
}

/** `(PARTITION BY … ORDER BY … frame)`, without what is absent. */
export function windowSql(parts: readonly (Sql | undefined)[]): Sql {
  return sql`(${joinSql(
    parts.filter((part) => part !== undefined && part.text !== '').map((part) => part ?? raw('')),
    ' ',
  )})`
}
