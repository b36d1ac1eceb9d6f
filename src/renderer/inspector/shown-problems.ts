import type { Problem } from '../../shared/engine/types.ts'
import type { FormField } from '../../shared/modules/descriptor.ts'
import type { JsonValue } from '../../shared/pipeline/document.ts'
import { type Config, isRecord, isVisible, pathKey } from './form-model.ts'

/** Every path of a form that shows the problems which name it. */
export function fieldPaths(fields: readonly FormField[], values: Config): ReadonlySet<string> {
  const paths = new Set<string>()
  const visit = (inner: readonly FormField[], at: Config, start: string) => {
    for (const field of inner) {
      if (!isVisible(field, inner, at)) continue
      const path = start === '' ? field.name : `${start}.${field.name}`
      paths.add(path)
      visitInside(field, at[field.name], path)
    }
  }
  const visitInside = (field: FormField, value: JsonValue | undefined, path: string) => {
    const inner = field.fields ?? []
    if (field.control === 'group') visit(inner, isRecord(value) ? value : {}, path)
    const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item] as const) : []
    const named = field.control === 'columnMap' && isRecord(value) ? Object.entries(value) : []
    for (const [key, item] of [...entries, ...named]) {
      paths.add(`${path}.${key}`)
      if (isRecord(item)) visit(inner, item, `${path}.${key}`)
    }
    // A grid's cells have their problems beneath the grid.
    if (field.control === 'grid' && Array.isArray(value)) {
      value.forEach((row, index) => {
        if (Array.isArray(row)) for (const column of row.keys()) paths.add(`${path}.${index}.${column}`)
      })
    }
  }
  visit(fields, values, '')
  return paths
}

/** Whether the form shows a problem at its field; all others stand above the form. */
export const isShownAtField = (problem: Problem, paths: ReadonlySet<string>): boolean =>
  problem.field !== undefined && problem.field.length > 0 && paths.has(pathKey(problem.field))
