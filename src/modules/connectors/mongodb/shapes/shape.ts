import { formatType, type SqlType } from '../../../kit/types.ts'

/** What a value of a document becomes. Survives JSON. */
export type Shape =
  | {
      readonly kind: 'leaf'
      /** DuckDB's name. */
      readonly type: string
      /** Takes whatever there is, as text or by a conversion that somebody chose. Else only what loses nothing and is of its kind. */
      readonly any?: boolean
      /** Of a VARCHAR that does not take all: the one type of BSON that it takes. */
      readonly only?: number
    }
  | { readonly kind: 'struct'; readonly fields: readonly ShapeField[] }
  | { readonly kind: 'list'; readonly item: Shape }

export interface ShapeField {
  /** As the document has it. */
  readonly name: string
  readonly shape: Shape
}

/** A field at the top of the documents, and the column that it becomes. */
export interface ShapeColumn extends ShapeField {
  readonly column: string
}

export const JSON_LEAF: Shape = { kind: 'leaf', type: 'JSON' }
export const ANY_TEXT: Shape = { kind: 'leaf', type: 'VARCHAR', any: true }

/** As DuckDB sees it. */
export function sqlTypeOf(shape: Shape): SqlType {
  if (shape.kind === 'list') return { kind: 'list', item: sqlTypeOf(shape.item) }
  if (shape.kind === 'struct')
    return { kind: 'struct', fields: shape.fields.map((field) => ({ name: field.name, type: sqlTypeOf(field.shape) })) }
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(shape.type)
  if (decimal) return { kind: 'decimal', width: Number(decimal[1]), scale: Number(decimal[2]) }
  return { kind: 'scalar', name: shape.type }
}

/** As DuckDB writes it. */
export const duckType = (shape: Shape): string => formatType(sqlTypeOf(shape))
