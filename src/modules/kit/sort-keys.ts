import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { expression, type Parameters } from './expression.ts'
import { atField, type FieldPath } from './fields.ts'
import { form, option } from './form.ts'
import { requireColumn } from './inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'

export const sortKeySchema = z.strictObject({
  column: z
    .string()
    .optional()
    .meta(form('Column', 'Colonne', { control: 'column', port: 'in' })),
  expression: z
    .string()
    .optional()
    .meta(
      form('Or expression', 'Ou expression', {
        control: 'expression',
        port: 'in',
        advanced: true,
        help: {
          en: 'Sorts by what this gives instead of a column.',
          fr: 'Trie selon ce résultat plutôt que selon une colonne.',
        },
      }),
    ),
  direction: z
    .enum(['asc', 'desc'])
    .default('asc')
    .meta(
      form('Direction', 'Sens', {
        options: [option('asc', 'Smallest first', 'Croissant'), option('desc', 'Largest first', 'Décroissant')],
      }),
    ),
  nulls: z
    .enum(['last', 'first'])
    .default('last')
    .meta(
      form('Empty values', 'Valeurs vides', {
        advanced: true,
        options: [option('last', 'Last', 'À la fin'), option('first', 'First', 'Au début')],
      }),
    ),
  case_insensitive: z
    .boolean()
    .default(false)
    .meta(form('Ignore upper and lower case', 'Ignorer la casse', { advanced: true })),
  natural: z
    .boolean()
    .default(false)
    .meta(
      form('Natural order', 'Ordre naturel', {
        advanced: true,
        help: {
          en: 'Numbers inside texts count as numbers: file2 before file10.',
          fr: 'Les nombres dans les textes comptent comme des nombres : file2 avant file10.',
        },
      }),
    ),
})
export type SortKey = z.output<typeof sortKeySchema>

/** What follows ORDER BY, without a tie-break. @throws LogiDataError about one key */
export function orderBy(
  keys: readonly SortKey[],
  columns: readonly Column[],
  parameters: Parameters,
  field: FieldPath,
): Sql {
  return joinSql(keys.map((key, index) => orderTerm(key, columns, parameters, [...field, index])))
}

function orderTerm(key: SortKey, columns: readonly Column[], parameters: Parameters, field: FieldPath): Sql {
  const suffix = raw(` ${key.direction === 'asc' ? 'ASC' : 'DESC'} NULLS ${key.nulls === 'last' ? 'LAST' : 'FIRST'}`)
  const value = sortValue(key, columns, parameters, field)
  if (!key.case_insensitive && !key.natural) return sql`${value}${suffix}`
  const folded = key.case_insensitive ? sql`lower(CAST(${value} AS VARCHAR))` : sql`CAST(${value} AS VARCHAR)`
  const first = key.natural ? natural(folded) : folded
  // Texts that are equal but for the letter case keep one order.
  return sql`${first}${suffix}, ${value}${suffix}`
}

function sortValue(key: SortKey, columns: readonly Column[], parameters: Parameters, field: FieldPath): Sql {
  const text = key.expression?.trim()
  if (key.column && text)
    throw userError('sort.ambiguous', 'A sort key is a column or an expression, not both.', { field: [...field] })
  if (text) return atField([...field, 'expression'], () => expression(text, parameters))
  if (!key.column) throw userError('config.missing', 'Choose the column to sort by.', { field: [...field, 'column'] })
  return identifier(requireColumn(columns, key.column, [...field, 'column']).name)
}

/** Digits padded to 40 places, so that comparing texts compares the numbers in them. */
const natural = (value: Sql): Sql =>
  sql`array_to_string(list_transform(regexp_extract_all(${value}, '[0-9]+|[^0-9]+'), lambda part: CASE WHEN regexp_full_match(part, '[0-9]+') THEN lpad(ltrim(part, '0'), CAST(greatest(40, length(ltrim(part, '0'))) AS INTEGER), '0') ELSE part END), '')`

/** `amount ↓, name`: sort keys for people. */
export function describeKeys(keys: readonly SortKey[]): string {
  return keys.map((key) => `${key.column ?? key.expression ?? '…'}${key.direction === 'desc' ? ' ↓' : ''}`).join(', ')
}
