import { z } from 'zod'
import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import { didYouMean } from './did-you-mean.ts'
import { expression, type Parameters } from './expression.ts'
import { atField, type FieldPath } from './fields.ts'
import { form, option } from './form.ts'
import { requireColumn } from './inputs.ts'
import type { PlainKey } from './pushdown.ts'
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
  values: z
    .array(z.string())
    .default([])
    .meta(
      form('In the order of these values', 'Dans l’ordre de ces valeurs', {
        control: 'list',
        advanced: true,
        help: {
          en: 'Such as low, medium, high. Values that are not listed come after them, in their own order.',
          fr: 'Par exemple bas, moyen, haut. Les valeurs absentes viennent après, dans leur propre ordre.',
        },
      }),
    ),
  language: z
    .string()
    .optional()
    .meta(
      form('In the order of a language', 'Dans l’ordre d’une langue', {
        advanced: true,
        placeholder: 'fr',
        help: {
          en: 'fr, de, sv, …: letters with accents stand where that language has them. Otherwise texts go by their characters: Z before a, é after z.',
          fr: 'fr, de, sv… : les lettres accentuées sont là où cette langue les met. Sinon les textes suivent leurs caractères : Z avant a, é après z.',
        },
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

/** @returns undefined where a key is more than a column: an expression, listed values, a language */
export function plainKeys(keys: readonly SortKey[]): readonly PlainKey[] | undefined {
  const plain = keys.flatMap(({ column, direction, nulls, ...how }): PlainKey[] => {
    const isPlain =
      how.expression === undefined &&
      how.language === undefined &&
      how.values.length === 0 &&
      !how.case_insensitive &&
      !how.natural
    if (column === undefined || !isPlain) return []
    return [{ column, descending: direction === 'desc', nullsFirst: nulls === 'first' }]
  })
  return plain.length === keys.length && keys.length > 0 ? plain : undefined
}

function orderTerm(key: SortKey, columns: readonly Column[], parameters: Parameters, field: FieldPath): Sql {
  const suffix = raw(` ${key.direction === 'asc' ? 'ASC' : 'DESC'} NULLS ${key.nulls === 'last' ? 'LAST' : 'FIRST'}`)
  const value = sortValue(key, columns, parameters, field)
  const listed = key.values.length > 0 ? placeOf(value, key) : undefined
  if (!key.case_insensitive && !key.natural && !key.language)
    return listed ? sql`${listed}, ${value}${suffix}` : sql`${value}${suffix}`
  const folded = key.case_insensitive ? sql`lower(CAST(${value} AS VARCHAR))` : sql`CAST(${value} AS VARCHAR)`
  const plain = key.natural ? natural(folded) : folded
  const first = key.language ? sql`icu_sort_key(${plain}, ${languageOf(key.language, field)})` : plain
  // Texts that are equal but for the letter case keep one order.
  return sql`${listed ? sql`${listed}, ` : raw('')}${first}${suffix}, ${value}${suffix}`
}

/** Listed values by their place, then the others; the empty ones are where `nulls` puts them. */
function placeOf(value: Sql, key: SortKey): Sql {
  const list = joinSql(key.values.map((each) => sql`${each}`))
  const place = sql`coalesce(list_position([${list}], CAST(${value} AS VARCHAR)), ${key.values.length + 1})`
  const ofNull = key.nulls === 'last' ? key.values.length + 2 : 0
  const descending = sql`CASE WHEN ${value} IS NULL THEN ${key.nulls === 'last' ? 1 : -key.values.length - 2} ELSE -${place} END`
  return key.direction === 'asc' ? sql`CASE WHEN ${value} IS NULL THEN ${ofNull} ELSE ${place} END` : descending
}

/** @throws LogiDataError `sort.language` for what is no language's code */
function languageOf(language: string, field: FieldPath): string {
  const code = language.trim().toLowerCase().replaceAll('-', '_')
  if (LANGUAGES.has(code)) return code
  throw userError('sort.language', `“${language}” is no language whose order is known.`, {
    field: [...field, 'language'],
    ...didYouMean(code, LANGUAGES),
  })
}

/** Collations that DuckDB's icu has. */
const LANGUAGES = new Set(
  'af am ar ar_sa as az be bg bn bo br bs ca ceb chr cs cy da de de_at dsb dz ee el en en_us eo es et fa fa_af ff fi fil fo fr fr_ca fy ga gl gu ha haw he he_il hi hr hsb hu hy id id_id ig is it ja ka kk kl km kn ko kok ku ky lb lij lkt ln lo lt lv mk ml mn mr ms mt my nb nb_no ne nl nn nso om or pa pa_in pl ps pt ro ru sa se si sk sl smn sq sr sr_ba sr_me sr_rs st sv sw ta te th tk tn to tr ug uk ur uz vi wae wo xh yi yo yue yue_cn zh zh_cn zh_hk zh_mo zh_sg zh_tw zu'.split(
    ' ',
  ),
)

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
