import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'

/**
 * Appending needs the columns of what is there, in any order.
 * @throws LogiDataError `target.columns-differ`
 */
export function requireSameColumns(
  target: string,
  existing: readonly Column[],
  given: readonly Column[],
  compareTypes: boolean,
): void {
  const missing = existing.filter((column) => !given.some((other) => other.name === column.name))
  const added = given.filter((column) => !existing.some((other) => other.name === column.name))
  const changed = compareTypes
    ? existing.flatMap((column) => {
        const other = given.find((candidate) => candidate.name === column.name)
        return other && other.type !== column.type
          ? [`${column.name} is ${column.type} there and ${other.type} here`]
          : []
      })
    : []
  const differences = [
    ...(missing.length ? [`missing here: ${missing.map((column) => column.name).join(', ')}`] : []),
    ...(added.length ? [`missing there: ${added.map((column) => column.name).join(', ')}`] : []),
    ...changed,
  ]
  if (differences.length === 0) return
  throw userError('target.columns-differ', `The rows do not fit ${target}: ${differences.join('; ')}.`, {
    hint: 'Select, rename and cast columns before this step so that they match, or use the mode "overwrite".',
    field: ['mode'],
  })
}
