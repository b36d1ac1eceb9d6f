import type { Column } from '../../shared/engine/types.ts'
import { nameKey } from './inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'

/** DuckDB looks each replaced column up among all others: from here on naming every column is planned sooner. */
export const MANY_REPLACED = 16

/**
 * The list after SELECT that keeps the columns in their places and gives some other values.
 * @param columns all that are there
 * @param except other columns that are there, which do not leave
 * @param without those of `columns` that do not leave
 */
export function replaceColumns(
  columns: readonly Column[],
  replaced: readonly { readonly name: string; readonly value: Sql }[],
  except: readonly Sql[] = [],
  without: readonly Sql[] = [],
): Sql {
  if (replaced.length < MANY_REPLACED) {
    const gone = [...without, ...except]
    const exclude = gone.length > 0 ? sql` EXCLUDE (${joinSql(gone)})` : raw('')
    const list = joinSql(replaced.map(({ name, value }) => sql`${value} AS ${identifier(name)}`))
    return sql`*${exclude}${replaced.length > 0 ? sql` REPLACE (${list})` : raw('')}`
  }
  const values = new Map(replaced.map(({ name, value }) => [nameKey(name), value]))
  const dropped = new Set(without.map(({ text }) => nameKey(text)))
  const kept = columns.filter(({ name }) => !dropped.has(nameKey(identifier(name).text)))
  return joinSql(
    kept.map(({ name }) => {
      const value = values.get(nameKey(name))
      return value ? sql`${value} AS ${identifier(name)}` : identifier(name)
    }),
  )
}
