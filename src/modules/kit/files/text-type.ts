import { userError } from '../../../shared/errors.ts'
import { parseType } from '../types.ts'

/**
 * A text is read as one value: a list or a struct in a cell has no notation that everybody shares.
 * @param column as people know it
 * @throws LogiDataError `type.nested`, `type.unknown`
 */
export function requireTextType(column: string, type: string, field: readonly (string | number)[]): void {
  const { kind } = parseType(type)
  if (!['list', 'struct', 'map', 'union'].includes(kind)) return
  throw userError('type.nested', `Column ${column} is text in the file, and no text is read as ${type}.`, {
    hint: 'Read it as JSON, or as VARCHAR, and take it apart in a later step (“Flatten JSON”, “Split column”).',
    field: [...field],
  })
}
