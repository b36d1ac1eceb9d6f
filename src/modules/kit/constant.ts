import { userError } from '../../shared/errors.ts'
import type { FieldPath } from './fields.ts'
import { literal, type Sql, sql } from './sql.ts'
import { formatType, integerType, isFloat, isScalar, type SqlType, typeSql } from './types.ts'

/** A constant as a person writes it in a config. */
export type Plain = string | number | boolean

const DATE = /^\d{4,6}-(\d{2})-(\d{2})$/
const TIME = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?`

/**
 * A constant of a type as SQL. What cannot be of that type is refused here, in words, and not later by DuckDB.
 * @throws LogiDataError `value.invalid`
 */
export function constantOf(value: Plain, type: SqlType, field: FieldPath): Sql {
  const text = String(value)
  if (isScalar(type, 'VARCHAR')) return literal(text)
  if (!isOfType(text.trim(), type))
    throw userError('value.invalid', `“${text}” is not a value of the type ${formatType(type)}.`, {
      field: [...field],
      hint: hintFor(type),
    })
  return sql`CAST(${text.trim()} AS ${typeSql(type)})`
}

function isOfType(text: string, type: SqlType): boolean {
  const integer = integerType(type)
  if (integer) {
    if (!/^[+-]?\d{1,40}$/.test(text)) return false
    const number = BigInt(text.replace('+', ''))
    const bits = BigInt(integer.signed ? integer.bits - 1 : integer.bits)
    return number < 2n ** bits && number >= (integer.signed ? -(2n ** bits) : 0n)
  }
  if (type.kind === 'decimal') {
    const digits = /^[+-]?0*(\d*)(?:\.(\d*?)0*)?$/.exec(text)
    return (
      digits !== null &&
      /\d/.test(text) &&
      (digits[1] ?? '').length <= type.width - type.scale &&
      (digits[2] ?? '').length <= type.scale
    )
  }
  if (isFloat(type)) return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^(nan|[+-]?inf(inity)?)$/i.test(text)
  if (isScalar(type, 'BOOLEAN')) return /^(true|false)$/i.test(text)
  if (isScalar(type, 'DATE')) return isDay(text)
  if (isScalar(type, 'TIME')) return new RegExp(`^${TIME}$`).test(text)
  if (type.kind === 'scalar' && type.name.startsWith('TIMESTAMP')) {
    const zone = type.name === 'TIMESTAMP WITH TIME ZONE' ? String.raw`( ?(Z|[+-]\d{2}(:?\d{2})?))?` : ''
    const parts = new RegExp(`^(\\S+?)([ T]${TIME}${zone})?$`).exec(text)
    return parts !== null && isDay(parts[1] ?? '')
  }
  if (type.kind === 'enum') return type.values.includes(text)
  if (isScalar(type, 'UUID')) return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)
  // Of what is left (intervals, times with a zone …) DuckDB is the judge; lists and structs are not written in one word.
  return type.kind === 'scalar'
}

function isDay(text: string): boolean {
  const parts = DATE.exec(text)
  if (!parts) return false
  const [month, day] = [Number(parts[1]), Number(parts[2])]
  const year = Number(text.slice(0, text.indexOf('-')))
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC((year % 400) + 2000, month, 0)).getUTCDate()
}

function hintFor(type: SqlType): string {
  if (isScalar(type, 'DATE')) return 'Write it as 2024-01-31.'
  if (isScalar(type, 'BOOLEAN')) return 'Write true or false.'
  if (type.kind === 'scalar' && type.name.startsWith('TIMESTAMP')) return 'Write it as 2024-01-31 13:45:00.'
  if (integerType(type)) return 'Write a whole number within the limits of the type.'
  if (type.kind === 'decimal') return `Write a number with at most ${type.scale} decimals, such as 12.5.`
  return 'Write a value of that type, or choose other columns.'
}
