import { exactCast } from './casts.ts'
import { atField, type FieldPath } from './fields.ts'
import { type Sql, sql } from './sql.ts'
import { formatType, isScalar, parseType, type SqlType } from './types.ts'

const TEXT: SqlType = { kind: 'scalar', name: 'VARCHAR' }

export interface CastText {
  /** NULL where the text does not fit. */
  readonly value: Sql
  /** Absent when every text fits. */
  readonly failed?: Sql
  readonly type: SqlType
}

/** A piece of text that a step found, as the type that a person chose. Blank ones are NULL, unless the type is text. @param text used several times */
export function castText(text: Sql, type: string | undefined, field: FieldPath): CastText {
  if (type === undefined) return { value: text, type: TEXT }
  const to = atField(field, () => parseType(type))
  if (isScalar(to, 'VARCHAR')) return { value: text, type: to }
  const value = exactCast(text, TEXT, to)
  return { value, failed: sql`coalesce(trim(${text}), '') <> '' AND ${value} IS NULL`, type: to }
}

export const doesNotFit = (to: SqlType): string => `has a part that does not fit ${formatType(to)}`
