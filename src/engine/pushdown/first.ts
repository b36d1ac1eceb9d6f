import { nameKey } from '../../modules/kit/inputs.ts'
import type { PlainKey, PushedKey, PushedKind } from '../../modules/kit/pushdown.ts'
import type { SourceColumn } from './condition.ts'

/** Texts have other orders in each source. */
const ORDERED: ReadonlySet<PushedKind | undefined> = new Set([
  'integer',
  'decimal',
  'date',
  'timestamp',
  'instant',
  'boolean',
])

/** Keys of an order, as columns of the source; undefined where it may put them in another order. */
export function pushedFirst(
  keys: readonly PlainKey[],
  columns: readonly SourceColumn[],
): readonly PushedKey[] | undefined {
  const found = keys.flatMap(({ column: name, descending, nullsFirst }): PushedKey[] => {
    const column = columns.find((one) => nameKey(one.name) === nameKey(name))
    return column?.at === undefined || !ORDERED.has(column.kind) ? [] : [{ column: column.at, descending, nullsFirst }]
  })
  return found.length === keys.length ? found : undefined
}
