import { type Predicate, type PushedFirst, predicateText } from '../../modules/kit/pushdown.ts'
import type { Text } from '../../shared/modules/descriptor.ts'

const LONGEST = 160

/** What a source is asked for, in words; each part that must be true by itself. */
export function whereWords(where: Predicate, columns: readonly { readonly name: string }[]): Text[] {
  const column = (index: number) => columns[index]?.name ?? ''
  if (where.is === 'and') return where.of.flatMap((part) => whereWords(part, columns))
  const written = predicateText(where, {
    column,
    compare: (index, by, { kind, text }) =>
      `${column(index)} ${by} ${kind === 'integer' || kind === 'decimal' || kind === 'boolean' ? text : `'${text.replaceAll("'", "''")}'`}`,
  })
  // A single comparison needs no parentheses.
  const bare = where.is === 'compare' || where.is === 'null' ? written.slice(1, -1) : written
  const shown = bare.length > LONGEST ? `${bare.slice(0, LONGEST - 1)}…` : bare
  return [{ en: `Only rows where ${shown}`, fr: `Seulement les lignes où ${shown}` }]
}

type Named = readonly { readonly name: string }[]

/** The first rows that a source is asked for, in words. */
export function firstWords({ rows, by }: PushedFirst, columns: Named): Text {
  const [en, fr] = ['en', 'fr'].map((language) => rows.toLocaleString(language)) as [string, string]
  if (by.length === 0)
    return {
      en: `Only ${en} rows: the first that it gives`,
      fr: `Seulement ${fr} lignes : les premières qu’elle donne`,
    }
  const keys = (descending: string) =>
    by.map((key) => `${columns[key.column]?.name ?? ''}${key.descending ? ` ${descending}` : ''}`).join(', ')
  return {
    en: `Only the first ${en} rows by ${keys('descending')}, and those equal to the last`,
    fr: `Seulement les ${fr} premières lignes par ${keys('décroissant')}, et celles égales à la dernière`,
  }
}

/** The columns whose values a source is asked for, in words. */
export function columnsWords(needed: readonly number[], columns: Named): Text {
  const names = needed.map((index) => columns[index]?.name ?? '').join(', ')
  const shown = names.length > LONGEST ? `${names.slice(0, LONGEST - 1)}…` : names
  if (needed.length === 0)
    return { en: 'Only how many rows there are, no column', fr: 'Seulement le nombre de lignes, aucune colonne' }
  return {
    en: `Only ${needed.length} of ${columns.length} columns: ${shown}`,
    fr: `Seulement ${needed.length} colonnes sur ${columns.length} : ${shown}`,
  }
}
