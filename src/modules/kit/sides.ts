import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { FormMeta } from '../../shared/modules/descriptor.ts'
import { commonType } from './common-type.ts'
import type { InputRelation } from './contract.ts'
import type { FieldPath } from './fields.ts'
import { form, option, text } from './form.ts'
import { nameKey, requireColumn, sameName } from './inputs.ts'
import { identifier, joinSql, raw, type Sql, sql } from './sql.ts'
import { columnType } from './types.ts'

/** What steps with a left and a right input share: pairs of key columns, and how the right side's columns come out. */

export const LEFT = identifier('left')
export const RIGHT = identifier('right')
export const of = (side: Sql, column: { readonly name: string }): Sql => sql`${side}.${identifier(column.name)}`

export const keyPairSchema = z.strictObject({
  left: z.string().meta(form('Left', 'Gauche', { control: 'column', port: 'left' })),
  right: z.string().meta(form('Right', 'Droite', { control: 'column', port: 'right' })),
})

export interface KeyPair {
  readonly left: Column
  readonly right: Column
}

type Visible = Pick<FormMeta, 'visibleWhen'>

/** The fields by which people say which columns of the right come, and under which names. */
export const rightColumnFields = (visible: Visible = {}) =>
  ({
    right_columns: z
      .array(z.string())
      .optional()
      .meta(
        form('Columns from the right', 'Colonnes de droite', {
          control: 'columns',
          port: 'right',
          advanced: true,
          help: text('Without any: all of them.', 'Sans rien : toutes.'),
          ...visible,
        }),
      ),
    prefix: z
      .string()
      .default('')
      .meta(form('Prefix of right columns', 'Préfixe des colonnes de droite', { advanced: true, ...visible })),
    suffix: z
      .string()
      .default('_right')
      .meta(form('Suffix of right columns', 'Suffixe des colonnes de droite', { advanced: true, ...visible })),
    rename: z
      .enum(['taken', 'all'])
      .default('taken')
      .meta(
        form('Prefix and suffix are for', 'Le préfixe et le suffixe concernent', {
          advanced: true,
          options: [
            option('taken', 'Names that the left has too', 'Les noms que la gauche a aussi'),
            option('all', 'All right columns', 'Toutes les colonnes de droite'),
          ],
          ...visible,
        }),
      ),
  }) as const

export interface RightColumns {
  readonly right_columns?: readonly string[] | undefined
  readonly prefix: string
  readonly suffix: string
  readonly rename: 'taken' | 'all'
}

/**
 * The pairs as columns. @throws LogiDataError `column.not-found`, `join.types` when two columns can never be equal
 */
export function resolveKeys(
  keys: readonly z.output<typeof keyPairSchema>[],
  left: InputRelation,
  right: InputRelation,
  field: FieldPath = ['keys'],
): KeyPair[] {
  return keys.map((key, index) => resolvePair(key, left, right, [...field, index]))
}

export function resolvePair(
  key: z.output<typeof keyPairSchema>,
  left: InputRelation,
  right: InputRelation,
  field: FieldPath,
): KeyPair {
  const pair = {
    left: requireColumn(left.columns, key.left, [...field, 'left']),
    right: requireColumn(right.columns, key.right, [...field, 'right']),
  }
  if (!commonType(columnType(pair.left.type), columnType(pair.right.type)))
    throw userError(
      'join.types',
      `The keys cannot be equal: “${pair.left.name}” is ${pair.left.type} and “${pair.right.name}” is ${pair.right.type}.`,
      { field: [...field], hint: 'Cast one of them with Select columns first.' },
    )
  return pair
}

/** One test per pair; a key that is NULL equals nothing unless `nullEqual`. */
export function equalKeys(keys: readonly KeyPair[], nullEqual = false, left: Sql = LEFT, right: Sql = RIGHT): Sql[] {
  const equals = raw(nullEqual ? ' IS NOT DISTINCT FROM ' : ' = ')
  return keys.map((key) => sql`${of(left, key.left)}${equals}${of(right, key.right)}`)
}

export interface NamedColumn {
  readonly column: Column
  readonly name: string
}

/**
 * The right side's columns that come out, with names that no other column has. A key of one name on both sides is the left's.
 * @param also other new names that are taken, whatever the columns are called
 * @throws LogiDataError `column.not-found`, `join.no-affix` when a name is taken and there is nothing to tell it apart by
 */
export function nameRightColumns(
  config: RightColumns,
  keys: readonly KeyPair[],
  left: InputRelation,
  right: InputRelation,
  also: readonly string[] = [],
): NamedColumn[] {
  const merged = keys.filter((key) => sameName(key.left.name, key.right.name))
  const chosen = config.right_columns?.map((name, index) =>
    requireColumn(right.columns, name, ['right_columns', index]),
  )
  const wanted = [...new Set(chosen ?? right.columns)].filter((column) => !merged.some((key) => key.right === column))
  const taken = new Set([...left.columns.map((column) => column.name), ...also].map(nameKey))
  // A name that nobody has to change is settled before any suffix can take it.
  const free = config.rename === 'all' ? [] : wanted.filter((column) => !taken.has(nameKey(column.name)))
  for (const column of free) taken.add(nameKey(column.name))
  return wanted.map((column) => {
    if (free.includes(column)) return { column, name: column.name }
    let name = `${config.prefix}${column.name}${config.suffix}`
    while (taken.has(nameKey(name))) {
      if (config.prefix === '' && config.suffix === '')
        throw userError('join.no-affix', `Both sides have a column “${column.name}”.`, {
          field: ['suffix'],
          hint: 'Give a prefix or a suffix for the right one.',
        })
      name = `${config.prefix}${name}${config.suffix}`
    }
    taken.add(nameKey(name))
    return { column, name }
  })
}

/** `t.a AS a, t.b AS b` for all columns of a side. */
export const allOf = (side: Sql, input: InputRelation): Sql =>
  joinSql(input.columns.map((column) => sql`${of(side, column)} AS ${identifier(column.name)}`))
