import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { FieldPath } from './fields.ts'
import { nameKey, sameName } from './inputs.ts'
import { replaceColumns } from './replace-columns.ts'
import { identifier, joinSql, type Sql, sql } from './sql.ts'

export interface AddedColumn {
  readonly name: string
  readonly value: Sql
  /** Where the name stands in the config. */
  readonly field: FieldPath
}

/**
 * The list after SELECT that keeps all columns and adds some, in one step: a name that a column already has replaces it in its place
 * (values see the old one), and new names come last.
 * @param except columns of helper queries, which do not leave
 * @throws LogiDataError `config.missing` for an empty name; `column.duplicate` when two added columns have one name
 */
export function withColumns(
  columns: readonly Column[],
  added: readonly AddedColumn[],
  except: readonly Sql[] = [],
): Sql {
  const seen = new Set<string>()
  for (const { name, field } of added) {
    if (!name.trim()) throw userError('config.missing', 'Name the column.', { field: [...field] })
    if (seen.has(nameKey(name)))
      throw userError('column.duplicate', `Two new columns are named “${name}”.`, {
        field: [...field],
        hint: 'Give each its own name.',
      })
    seen.add(nameKey(name))
  }
  const replaced: { name: string; value: Sql }[] = []
  const appended: Sql[] = []
  for (const { name, value } of added) {
    const existing = columns.find((column) => sameName(column.name, name))
    if (existing) replaced.push({ name: existing.name, value })
    else appended.push(sql`${value} AS ${identifier(name)}`)
  }
  return joinSql([replaceColumns(columns, replaced, except), ...appended])
}
