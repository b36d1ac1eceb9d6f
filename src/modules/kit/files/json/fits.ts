import { columnType, integerType, type SqlType } from '../../types.ts'
import { KINDS, type Shape } from './shape.ts'

const { BOOLEAN, INTEGER, FRACTION, TEXT, DATE, TIMESTAMP, INSTANT, LIST, STRUCT, FLOATING } = KINDS
const TEXTS = TEXT | DATE | TIMESTAMP | INSTANT
const NUMBERS = INTEGER | FRACTION | FLOATING | KINDS.EXACT

/**
 * What DuckDB would change without a word, were these values read as a type: it makes 1.7 the integer 2, 1.239 the
 * DECIMAL(9,2) 1.24, a time of day nothing where a DATE is asked for, and 5 the BOOLEAN true. What it refuses itself is its own to tell.
 */
export function misfit(shape: Shape, type: string): string | undefined {
  return inside(shape, columnType(type), '')
}

function inside(shape: Shape, type: SqlType, place: string): string | undefined {
  const { kinds } = shape
  const at = place === '' ? '' : ` at ${place}`
  const has = (kind: number) => (kinds & kind) !== 0
  if (type.kind === 'list') return has(LIST) && shape.items ? inside(shape.items, type.item, `${place}[]`) : undefined
  if (type.kind === 'map' || type.kind === 'struct') {
    for (const [name, field] of shape.fields ?? []) {
      const wanted =
        type.kind === 'map'
          ? type.value
          : type.fields.find((other) => other.name.toLowerCase() === name.toLowerCase())?.type
      // A field that is not in the type was left out by whoever wrote it.
      const reason = wanted && inside(field, wanted, `${place}.${name}`)
      if (reason !== undefined) return reason
    }
    return undefined
  }
  if (integerType(type)) {
    if (has(FRACTION)) return `some values${at} have decimals`
    if (has(TEXTS | BOOLEAN)) return `some values${at} are no numbers`
  }
  if (type.kind === 'decimal') {
    if (has(FLOATING)) return `some values${at} have an exponent`
    if (shape.scale > type.scale) return `some values${at} have ${shape.scale} decimals`
    if (has(TEXTS | BOOLEAN)) return `some values${at} are no numbers`
  }
  if (type.kind !== 'scalar') return undefined
  if (type.name === 'BOOLEAN' && has(NUMBERS | TEXTS)) return `some values${at} are neither true nor false`
  if (type.name === 'DATE' && has(TIMESTAMP | INSTANT)) return `some values${at} have a time of day`
  if (/^TIMESTAMP(_|$)/.test(type.name) && has(INSTANT)) return `some values${at} have an offset from UTC`
  if (type.name === 'TIMESTAMP WITH TIME ZONE' && has(DATE | TIMESTAMP))
    return `some values${at} have no offset from UTC`
  return !/^(VARCHAR|JSON)$/.test(type.name) && has(LIST | STRUCT) ? `some values${at} are lists or objects` : undefined
}
