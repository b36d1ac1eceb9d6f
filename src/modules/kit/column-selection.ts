import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { didYouMean } from './did-you-mean.ts'
import type { FieldPath } from './fields.ts'
import { form, option, showWhen, text } from './form.ts'
import { nameKey, requireColumn } from './inputs.ts'
import { columnType, integerType, isFloat, isScalar } from './types.ts'

/** Kinds of columns, for what applies to all texts or all numbers. */
export const columnKindSchema = z.enum(['text', 'number', 'date', 'boolean'])
export type ColumnKind = z.infer<typeof columnKindSchema>

/**
 * The three fields by which a step says which columns it is about: by name, by a pattern of names, by kind of type. Spread
 * them into a `z.strictObject`. A column that any of them means is selected, in the order of the input.
 */
export const columnSelectionFields = {
  columns: z
    .array(z.string())
    .default([])
    .meta(form('Columns', 'Colonnes', { control: 'columns', port: 'in' })),
  pattern: z
    .string()
    .optional()
    .meta(
      form('Or columns whose name matches', 'Ou les colonnes dont le nom suit un motif', {
        advanced: true,
        placeholder: '^amount_',
        help: text(
          'A regular expression: ^amount_ means names that begin so. Upper and lower case are the same.',
          'Une expression régulière : ^amount_ veut dire les noms qui commencent ainsi, en majuscules ou minuscules.',
        ),
      }),
    ),
  kinds: z
    .array(columnKindSchema)
    .default([])
    .meta(
      form('Or all columns of a kind', 'Ou toutes les colonnes d’un genre', {
        control: 'choices',
        advanced: true,
        options: [
          option('text', 'Text', 'Texte'),
          option('number', 'Numbers', 'Nombres'),
          option('date', 'Dates and times', 'Dates et heures'),
          option('boolean', 'True or false', 'Vrai ou faux'),
        ],
      }),
    ),
} as const

/** The same three fields, shown only while `field` of their group has one of these values. */
export const columnSelectionWhen = (field: string, values: readonly (string | boolean)[]) =>
  ({
    columns: showWhen(columnSelectionFields.columns, field, values),
    pattern: showWhen(columnSelectionFields.pattern, field, values),
    kinds: showWhen(columnSelectionFields.kinds, field, values),
  }) as const

export interface ColumnSelection {
  readonly columns: readonly string[]
  readonly pattern?: string | undefined
  readonly kinds: readonly ColumnKind[]
}

/**
 * The columns that a selection means, in the order of the input.
 * @param field where the selection's fields are in the config; `[]` at the top
 * @throws LogiDataError `column.not-found`, `pattern.invalid`; `column.none` when nothing was named or nothing matches
 */
export function selectColumns(selection: ColumnSelection, columns: readonly Column[], field: FieldPath = []): Column[] {
  const chosen = new Set(
    selection.columns.map((name, index) => requireColumn(columns, name, [...field, 'columns', index]).name),
  )
  const pattern = selection.pattern === undefined ? undefined : compilePattern(selection.pattern, [...field, 'pattern'])
  const selected = columns.filter(
    (column) =>
      chosen.has(column.name) ||
      pattern?.test(column.name) === true ||
      selection.kinds.some((kind) => kindOf(column) === kind),
  )
  if (selected.length > 0) return selected
  if (pattern)
    throw userError('column.none', `No column has a name that matches “${selection.pattern}”.`, {
      field: [...field, 'pattern'],
      ...didYouMean(
        nameKey(selection.pattern ?? ''),
        columns.map((column) => column.name),
      ),
    })
  throw userError('column.none', 'Choose the columns.', {
    field: [...field, 'columns'],
    hint:
      selection.kinds.length > 0
        ? 'The input has no column of this kind.'
        : 'By name, by a pattern of names, or by kind.',
  })
}

function compilePattern(pattern: string, field: FieldPath): RegExp {
  try {
    return new RegExp(pattern, 'iu')
  } catch (thrown) {
    throw userError('pattern.invalid', `“${pattern}” is not a regular expression.`, {
      field: [...field],
      hint: 'Letters and digits stand for themselves; write a dot as \\. and a bracket as \\(.',
      cause: thrown,
    })
  }
}

export function kindOf(column: Column): ColumnKind | undefined {
  const type = columnType(column.type)
  if (isScalar(type, 'VARCHAR')) return 'text'
  if (isScalar(type, 'BOOLEAN')) return 'boolean'
  if (integerType(type) || type.kind === 'decimal' || isFloat(type) || isScalar(type, 'BIGNUM')) return 'number'
  return type.kind === 'scalar' && /^(DATE|TIME)/.test(type.name) ? 'date' : undefined
}
