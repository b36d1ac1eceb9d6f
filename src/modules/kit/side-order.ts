import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import type { FieldPath } from './fields.ts'
import { form, option } from './form.ts'
import { requireColumn } from './inputs.ts'
import { of } from './sides.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'

/** By which columns of one input of several a choice is made: which of several matches comes first. */
export const sideOrderSchema = (port: string) =>
  z.array(
    z.strictObject({
      column: z.string().meta(form('Column', 'Colonne', { control: 'column', port })),
      direction: z
        .enum(['asc', 'desc'])
        .default('asc')
        .meta(
          form('Direction', 'Sens', {
            options: [
              option('asc', 'Smallest first', 'La plus petite d’abord'),
              option('desc', 'Largest first', 'La plus grande d’abord'),
            ],
          }),
        ),
    }),
  )

export type SideOrder = z.output<ReturnType<typeof sideOrderSchema>>

/**
 * What follows ORDER BY: these columns, empty values last, and then all others, so that the choice never depends on chance.
 * @throws LogiDataError `column.not-found`
 */
export function sideOrder(
  order: SideOrder,
  columns: readonly Column[],
  field: FieldPath,
  side?: Sql,
  skip: readonly Column[] = [],
): Sql {
  const named = order.map((key, index) => ({
    column: requireColumn(columns, key.column, [...field, index, 'column']),
    direction: key.direction,
  }))
  const done = new Set([...skip, ...named.map(({ column }) => column)])
  const rest = columns.filter((column) => !done.has(column)).map((column) => ({ column, direction: 'asc' as const }))
  const all = [...named, ...rest]
  const value = (column: Column): Sql => (side ? of(side, column) : identifier(column.name))
  if (all.length === 0) return raw('1')
  return joinSql(
    all.map(({ column, direction }) => sql`${value(column)} ${raw(direction === 'asc' ? 'ASC' : 'DESC')} NULLS LAST`),
  )
}
