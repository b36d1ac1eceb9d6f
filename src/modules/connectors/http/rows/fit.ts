import { ExactNumber } from '../../../kit/files/json/shape.ts'
import { columnType, integerType, type SqlType } from '../../../kit/types.ts'

const DAY = /^\d{4}-\d{2}-\d{2}$/
const CLOCK = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,6})?)?'
const LOCAL = new RegExp(`^\\d{4}-\\d{2}-\\d{2}[ T]${CLOCK}$`)
const ZONED = new RegExp(`^\\d{4}-\\d{2}-\\d{2}[ T]${CLOCK}(Z|[-+]\\d{2}(:?\\d{2})?)$`)
const isDay = (text: string): boolean =>
  DAY.test(text.slice(0, 10)) && new Date(`${text.slice(0, 10)}T00:00:00Z`).toJSON()?.slice(0, 10) === text.slice(0, 10)

/**
 * Why a value of an answer is not exactly one of a type: DuckDB would round it, cut it, leave out what is new, or refuse all rows.
 * @param type of the values that the sample had, or the one that somebody chose
 * @returns undefined where it is one
 */
export function unfit(value: unknown, type: SqlType, place = ''): string | undefined {
  if (value === null || value === undefined) return undefined
  const at = place === '' ? '' : ` at ${place.replace(/^\./, '')}`
  if (type.kind === 'list') {
    if (!Array.isArray(value)) return `${shown(value)}${at} is no list`
    for (const item of value) {
      const reason = unfit(item, type.item, `${place}[]`)
      if (reason !== undefined) return reason
    }
    return undefined
  }
  if (type.kind === 'struct') {
    if (!isObject(value)) return `${shown(value)}${at} is no object`
    for (const [name, inner] of Object.entries(value)) {
      const field =
        type.fields.find((one) => one.name === name) ??
        type.fields.find((one) => one.name.toLowerCase() === name.toLowerCase())
      if (!field) {
        if (inner !== null) return `there is a field ${`${place}.${name}`.replace(/^\./, '')} that is not in the type`
        continue
      }
      const reason = unfit(inner, field.type, `${place}.${name}`)
      if (reason !== undefined) return reason
    }
    return undefined
  }
  if (type.kind === 'map') {
    if (!isObject(value)) return `${shown(value)}${at} is no object`
    for (const inner of Object.values(value)) {
      const reason = unfit(inner, type.value, `${place}{}`)
      if (reason !== undefined) return reason
    }
    return undefined
  }
  const text = textOf(value)
  if (type.kind === 'scalar' && (type.name === 'VARCHAR' || type.name === 'JSON')) return undefined
  if (text === undefined) return `${shown(value)}${at} is ${Array.isArray(value) ? 'a list' : 'an object'}`
  return fits(text, typeof value, value instanceof ExactNumber, type)
    ? undefined
    : `${shown(value)}${at} is not exactly one`
}

function fits(text: string, given: string, exact: boolean, type: SqlType): boolean {
  const range = integerType(type)
  if (range) {
    if (given === 'boolean' || !/^[-+]?\d+$/.test(text)) return false
    const number = BigInt(text.replace(/^\+/, ''))
    const values = 2n ** BigInt(range.bits - (range.signed ? 1 : 0))
    return number < values && number >= (range.signed ? -values : 0n)
  }
  if (type.kind === 'decimal') {
    const parts = /^[-+]?(\d*)(?:\.(\d*))?$/.exec(text)
    if (given === 'boolean' || !parts || (!parts[1] && !parts[2])) return false
    const whole = (parts[1] ?? '').replace(/^0+/, '')
    return whole.length <= type.width - type.scale && (parts[2] ?? '').replace(/0+$/, '').length <= type.scale
  }
  if (type.kind !== 'scalar') return true
  switch (type.name) {
    case 'BOOLEAN':
      return (
        given === 'boolean' ||
        (given === 'string' && /^(true|false|t|f|yes|no|y|n|1|0|oui|non|vrai|faux|o|v)$/i.test(text))
      )
    case 'DOUBLE':
    case 'FLOAT':
      return given !== 'boolean' && !exact && text !== '' && Number.isFinite(Number(text))
    case 'DATE':
      return given === 'string' && DAY.test(text) && isDay(text)
    case 'TIMESTAMP':
      return given === 'string' && (LOCAL.test(text) || DAY.test(text)) && isDay(text)
    case 'TIMESTAMP WITH TIME ZONE':
      return given === 'string' && ZONED.test(text) && isDay(text)
    default:
      return true
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)

/** @returns undefined for lists and objects */
export function textOf(value: unknown): string | undefined {
  if (value instanceof ExactNumber) return value.source
  return typeof value === 'object' ? undefined : String(value).trim()
}

const shown = (value: unknown): string => {
  const text =
    textOf(value) ?? JSON.stringify(value, (_key, inner) => (inner instanceof ExactNumber ? inner.source : inner))
  return `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”`
}

export const typeOf = (type: string): SqlType => columnType(type)
