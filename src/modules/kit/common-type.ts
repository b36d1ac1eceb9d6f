import { integerDigits } from './casts.ts'
import { integerType, isFloat, isScalar, type SqlType } from './types.ts'

const scalar = (name: string): SqlType => ({ kind: 'scalar', name })
const TIMESTAMPS = ['DATE', 'TIMESTAMP_S', 'TIMESTAMP_MS', 'TIMESTAMP', 'TIMESTAMP_NS']

/**
 * The type that holds values of both, or nothing: numbers never become texts by themselves, nor texts dates. Where the common
 * type cannot hold every value (a BIGINT as DOUBLE, decimals beyond 38 digits), `exactCast` finds those that do not fit.
 */
export function commonType(a: SqlType, b: SqlType): SqlType | undefined {
  if (JSON.stringify(a) === JSON.stringify(b)) return a
  if (isScalar(a, '"NULL"')) return b
  if (isScalar(b, '"NULL"')) return a
  return commonNumber(a, b) ?? commonTime(a, b) ?? commonText(a, b) ?? commonNested(a, b)
}

function commonNumber(a: SqlType, b: SqlType): SqlType | undefined {
  const integers = [integerType(a), integerType(b)] as const
  const isNumber = (type: SqlType, integer: unknown) =>
    integer !== undefined || type.kind === 'decimal' || isFloat(type)
  if (!isNumber(a, integers[0]) || !isNumber(b, integers[1])) return undefined
  if (isFloat(a) || isFloat(b)) return scalar('DOUBLE')
  if (integers[0] && integers[1]) {
    const [x, y] = [integers[0], integers[1]]
    if (x.signed === y.signed) return x.bits >= y.bits ? a : b
    const [signed, unsigned] = x.signed ? [x, y] : [y, x]
    const bits = Math.min(128, Math.max(signed.bits, unsigned.bits * 2))
    return scalar(({ 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' } as Record<number, string>)[bits] ?? 'HUGEINT')
  }
  const [x, y] = [decimalShape(a), decimalShape(b)]
  const scale = Math.max(x.scale, y.scale)
  return { kind: 'decimal', width: Math.min(38, Math.max(x.digits, y.digits) + scale), scale }
}

/** Digits before and after the point. */
function decimalShape(type: SqlType): { digits: number; scale: number } {
  if (type.kind === 'decimal') return { digits: type.width - type.scale, scale: type.scale }
  const integer = integerType(type)
  return { digits: integer ? integerDigits(integer) : 38, scale: 0 }
}

/** A time without a zone and one with are not the same kind of time. */
function commonTime(a: SqlType, b: SqlType): SqlType | undefined {
  if (!isScalar(a, ...TIMESTAMPS) || !isScalar(b, ...TIMESTAMPS)) return undefined
  return isScalar(a, 'TIMESTAMP_NS') || isScalar(b, 'TIMESTAMP_NS') ? scalar('TIMESTAMP_NS') : scalar('TIMESTAMP')
}

function commonText(a: SqlType, b: SqlType): SqlType | undefined {
  const isText = (type: SqlType) => type.kind === 'enum' || isScalar(type, 'VARCHAR', 'JSON', 'UUID')
  return isText(a) && isText(b) ? scalar('VARCHAR') : undefined
}

function commonNested(a: SqlType, b: SqlType): SqlType | undefined {
  if (a.kind === 'list' && b.kind === 'list') {
    const item = commonType(a.item, b.item)
    if (!item) return undefined
    return a.size !== undefined && a.size === b.size ? { kind: 'list', item, size: a.size } : { kind: 'list', item }
  }
  if (a.kind === 'map' && b.kind === 'map') {
    const [key, value] = [commonType(a.key, b.key), commonType(a.value, b.value)]
    return key && value ? { kind: 'map', key, value } : undefined
  }
  if (a.kind !== 'struct' || b.kind !== 'struct' || a.fields.length !== b.fields.length) return undefined
  const fields = a.fields.map((field, index) => {
    const other = b.fields[index]
    const type = other?.name === field.name ? commonType(field.type, other.type) : undefined
    return type ? { name: field.name, type } : undefined
  })
  const complete = fields.filter((field) => field !== undefined)
  return complete.length === fields.length ? { kind: 'struct', fields: complete } : undefined
}
