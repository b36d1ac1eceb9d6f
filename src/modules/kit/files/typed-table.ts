import { z } from 'zod'
import { columnTypeSchema } from './column-type.ts'
import { formMeta, text } from './form.ts'

/** A small table in a config: columns with types, and rows of texts that must read exactly as them. */
export const typedTableFields = {
  columns: z
    .array(
      z.strictObject({
        name: z
          .string()
          .min(1, 'name the column')
          .meta(formMeta('Name', 'Nom', { control: 'text' })),
        type: columnTypeSchema.default('VARCHAR').meta(formMeta('Type', 'Type', { control: 'type' })),
      }),
    )
    .min(1, 'a table has at least one column')
    .meta(formMeta('Columns', 'Colonnes', { control: 'list' })),
  rows: z
    .array(z.array(z.string().nullable()))
    .default([])
    .meta(
      formMeta('Rows', 'Lignes', {
        control: 'grid',
        help: text(
          'Values are text in DuckDB’s own notation; an empty cell is NULL.',
          'Les valeurs sont du texte ; une cellule vide vaut NULL.',
        ),
      }),
    ),
} as const

export interface TypedTable {
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  readonly rows: readonly (readonly (string | null)[])[]
}

/** For `superRefine`: as many values as columns in every row, and no two columns of one name. */
export function checkTypedTable(given: TypedTable, context: z.RefinementCtx): void {
  given.rows.forEach((row, index) => {
    if (row.length === given.columns.length) return
    context.addIssue({
      code: 'custom',
      path: ['rows', index],
      message: `row ${index + 1} has ${row.length} values, and there are ${given.columns.length} columns`,
    })
  })
  const seen = new Set<string>()
  given.columns.forEach((column, index) => {
    const key = column.name.toLowerCase()
    if (seen.has(key)) {
      context.addIssue({
        code: 'custom',
        path: ['columns', index, 'name'],
        message: `there are two columns ${column.name}`,
      })
    }
    seen.add(key)
  })
}
