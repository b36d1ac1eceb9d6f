import type { Column } from '../../../shared/engine/types.ts'
import { userError } from '../../../shared/errors.ts'
import { isNestedType } from '../../kit/cells.ts'
import type { CellValue } from '../../kit/contract.ts'
import { atField, type FieldPath } from '../../kit/fields.ts'
import { floatOf } from '../../kit/pass-on.ts'
import { columnType, formatType, integerType, isFloat, isScalar, parseType, type SqlType } from '../../kit/types.ts'
import type { ValueKind } from './sandbox-protocol.ts'

/** How a column comes into JavaScript. */
export function kindOfColumn({ type }: Column, numbers: 'number' | 'text'): ValueKind {
  const parsed = columnType(type)
  if (isNestedType(type) || isScalar(parsed, 'JSON')) return 'json'
  if (isScalar(parsed, 'BOOLEAN')) return 'boolean'
  if (isFloat(parsed)) return 'number'
  return (integerType(parsed) || parsed.kind === 'decimal') && numbers === 'number' ? 'number' : 'text'
}

/** Whether a number is the same after a way through JavaScript. Of a FLOAT or DOUBLE it always is. */
export function isExactNumber(cell: string, { type }: Column): boolean {
  if (isFloat(columnType(type))) return true
  const digits = cell
    .replace(/^[-+]?0*/, '')
    .replace('.', '')
    .replace(/^0+/, '')
  return digits.length <= 15
}

/** Makes the value of a column from the text that the script gave; undefined where it is not exactly one. */
export type Reader = (text: string) => CellValue | undefined

/** @throws LogiDataError `type.unknown`; `script.type` for a type that a script cannot give */
export function readerOf(name: string, field: FieldPath): { readonly type: string; readonly read: Reader } {
  const type = atField(field, () => parseType(name))
  const read = reader(type)
  if (read) return { type: formatType(type), read }
  throw userError('script.type', `A script cannot give values of the type ${formatType(type)}.`, {
    field: [...field],
    hint: 'Give VARCHAR or JSON, and cast it in the next step.',
  })
}

const DAY = String.raw`\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])`
const CLOCK = String.raw`([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?`
const OFFSET = String.raw`(Z|[+-]\d{2}(:\d{2})?)`
const TEXTS: Readonly<Record<string, RegExp>> = {
  DATE: new RegExp(`^${DAY}([T ]00:00(:00(\\.0+)?)?Z?)?$`),
  TIME: new RegExp(`^${CLOCK}$`),
  TIMESTAMP: new RegExp(`^${DAY}([T ]${CLOCK}Z?)?$`),
  'TIMESTAMP WITH TIME ZONE': new RegExp(`^${DAY}[T ]${CLOCK}${OFFSET}$`),
  UUID: /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
}

function reader(type: SqlType): Reader | undefined {
  const integer = integerType(type)
  if (integer && integer.bits <= 64) return (text) => wholeOf(text, integer, type)
  if (type.kind === 'decimal') return (text) => decimalOf(text, type.width, type.scale)
  if (type.kind !== 'scalar') return undefined
  if (isFloat(type))
    return (text) => (/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$|^NaN$|^-?Infinity$/i.test(text) ? floatOf(text) : undefined)
  if (type.name === 'VARCHAR') return (text) => text
  if (type.name === 'JSON') return jsonOf
  if (type.name === 'BOOLEAN') return (text) => (text === 'true' ? true : text === 'false' ? false : undefined)
  const form = TEXTS[type.name]
  if (!form) return undefined
  return (text) => {
    if (!form.test(text) || !isDay(text)) return undefined
    return type.name === 'DATE' ? text.slice(0, 10) : type.name === 'TIMESTAMP' ? text.replace(/Z$/, '') : text
  }
}

/** `2024-02-30` has the form of a date. */
function isDay(text: string): boolean {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(text)?.[0]
  return day === undefined || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
}

function jsonOf(text: string): string | undefined {
  try {
    JSON.parse(text)
    return text
  } catch {
    // A plain text that was meant as one.
    return JSON.stringify(text)
  }
}

function wholeOf(
  text: string,
  { bits, signed }: { bits: number; signed: boolean },
  type: SqlType,
): CellValue | undefined {
  const plain = plainDecimal(text)
  if (!plain || plain.fraction !== '') return undefined
  const value = BigInt(plain.sign + plain.whole)
  const fits = signed ? BigInt.asIntN(bits, value) === value : BigInt.asUintN(bits, value) === value
  if (!fits) return undefined
  if (isScalar(type, 'BIGINT')) return value
  return isScalar(type, 'TINYINT', 'SMALLINT', 'INTEGER') ? Number(value) : String(value)
}

function decimalOf(text: string, width: number, scale: number): string | undefined {
  const plain = plainDecimal(text)
  if (!plain || plain.fraction.length > scale) return undefined
  const whole = plain.whole.replace(/^0+(?=\d)/, '')
  if (whole !== '0' && whole.length > width - scale) return undefined
  return `${plain.sign}${whole}${plain.fraction === '' ? '' : `.${plain.fraction}`}`
}

/** A number's digits, its exponent resolved and the zeros at its end gone. */
function plainDecimal(text: string): { sign: string; whole: string; fraction: string } | undefined {
  const match = /^([-+]?)(\d*)(?:\.(\d*))?(?:e([-+]?\d{1,3}))?$/i.exec(text.trim())
  if (!match || (!match[2] && !match[3])) return undefined
  const [, sign = '', before = '', after = '', exponent = '0'] = match
  const point = before.length + Number(exponent)
  const digits = before + after
  const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0')
  const fraction = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point)
  return { sign: sign === '-' ? '-' : '', whole, fraction: fraction.replace(/0+$/, '') }
}
