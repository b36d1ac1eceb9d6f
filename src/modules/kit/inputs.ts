import type { Column } from '../../shared/engine/types.ts'
import { userError } from '../../shared/errors.ts'
import type { InputRelation } from './contract.ts'
import { didYouMean } from './did-you-mean.ts'
import type { FieldPath } from './fields.ts'

/** The input at a port that must be connected. @throws LogiDataError `input.missing` */
export function requireInput(inputs: ReadonlyMap<string, InputRelation>, port: string): InputRelation {
  const input = inputs.get(port)
  if (!input)
    throw userError('input.missing', `Nothing is connected to the input “${port}”.`, { hint: 'Connect a node to it.' })
  checkDistinctNames(input.columns, `The input “${port}”`)
  return input
}

/** DuckDB's names ignore the case of letters, and so do ours. */
export const sameName = (a: string, b: string): boolean => nameKey(a) === nameKey(b)
/** What two names have in common that DuckDB takes for one: it folds ASCII letters only. */
export const nameKey = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())

/**
 * The column that `name` means. An exact match comes first.
 * @throws LogiDataError `column.not-found` with the nearest name; `config.missing` for none
 */
export function requireColumn(columns: readonly Column[], name: string, field: FieldPath): Column {
  const found = columns.find((column) => column.name === name) ?? columns.find((column) => sameName(column.name, name))
  if (found) return found
  if (name === '') throw userError('config.missing', 'Choose a column.', { field: [...field] })
  const names = columns.map((column) => column.name)
  throw userError('column.not-found', `There is no column “${name}”.`, {
    field: [...field],
    hint: didYouMean(name, names).hint ?? columnList(names),
  })
}

function columnList(names: readonly string[]): string {
  const shown = names
    .slice(0, 12)
    .map((name) => `“${name}”`)
    .join(', ')
  return names.length > 12 ? `The columns are ${shown} and ${names.length - 12} more.` : `The columns are ${shown}.`
}

/** @throws LogiDataError `column.duplicate` when two names differ in nothing but the case of letters */
export function checkDistinctNames(
  columns: readonly { readonly name: string }[],
  what: string,
  field?: FieldPath,
): void {
  const seen = new Map<string, string>()
  for (const { name } of columns) {
    const key = nameKey(name)
    const other = seen.get(key)
    if (other !== undefined) {
      const message =
        other === name
          ? `${what} has two columns named “${name}”.`
          : `${what} has the columns “${other}” and “${name}”, which differ only in the case of letters.`
      throw userError('column.duplicate', message, {
        hint: 'SQL takes such names for one: rename or drop one of them.',
        ...(field ? { field: [...field] } : {}),
      })
    }
    seen.set(key, name)
  }
}

/** A name near `wanted` that no column has. */
export function freeName(wanted: string, columns: readonly { readonly name: string }[]): string {
  let name = wanted
  while (columns.some((column) => sameName(column.name, name))) name = `_${name}`
  return name
}
