import { type Predicate, predicateText } from '../../modules/kit/pushdown.ts'
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
