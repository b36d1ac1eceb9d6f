import { Binary, Decimal128, Double, Int32, Long, ObjectId } from 'mongodb'
import {
  type Doc,
  exactDecimal,
  extendedDeep,
  JsonProblem,
  parseJson,
} from '../../connectors/mongodb/bson/parse-json.ts'
import { fixed } from '../../connectors/mongodb/shapes/leaves.ts'
import { columnType, type SqlType } from '../../kit/types.ts'
import type { MongodbLoadConfig } from './descriptor.ts'

/** Why a value cannot be written exactly. */
export class Unfit extends Error {}

/** Makes a value of BSON of a cell (see `Cell`). @throws Unfit */
export type ToBson = (cell: string) => unknown

type Choices = Pick<MongodbLoadConfig, 'object_ids' | 'decimals' | 'json_texts' | 'microseconds' | 'json'>

/** @throws LogiDataError for a type that has no place in a document */
export function toBson(name: string, type: string, choices: Choices): ToBson {
  const convert = converter(name, columnType(type), choices)
  return (cell) => {
    try {
      return convert(cell)
    } catch (thrown) {
      throw thrown instanceof JsonProblem ? new Unfit(thrown.message) : thrown
    }
  }
}

function converter(name: string, type: SqlType, choices: Choices): ToBson {
  const isText = type.kind === 'scalar' && (type.name === 'VARCHAR' || type.name === 'JSON')
  if (choices.object_ids.includes(name)) return objectId
  if (choices.decimals.includes(name)) return decimal
  if (choices.json_texts.includes(name) && isText) return (cell) => parseJson(cell, choices.json === 'extended')
  if (type.kind === 'list' || type.kind === 'struct' || type.kind === 'map' || type.kind === 'union')
    return (cell) => nested(parseJson(cell, false), type, choices)
  return (cell) => scalar(cell, type, choices)
}

const objectId: ToBson = (cell) => {
  if (!/^[0-9a-f]{24}$/i.test(cell))
    throw new Unfit(`“${cell.slice(0, 60)}” is not an ObjectId: 24 digits of 0-9 and a-f.`)
  return new ObjectId(cell)
}

const decimal: ToBson = (cell) => {
  if (/^-?nan$/i.test(cell)) return Decimal128.fromString('NaN')
  if (/^-?inf(?:inity)?$/i.test(cell)) return Decimal128.fromString(cell.startsWith('-') ? '-Infinity' : 'Infinity')
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(cell))
    throw new Unfit(`“${cell.slice(0, 60)}” is not a number.`)
  return exactDecimal(cell)
}

const SMALL = new Set(['TINYINT', 'SMALLINT', 'INTEGER', 'UTINYINT', 'USMALLINT'])
const LARGE = new Set(['UBIGINT', 'HUGEINT', 'UHUGEINT', 'BIGNUM'])

function scalar(cell: string, type: SqlType, choices: Choices): unknown {
  if (type.kind === 'decimal') return exactDecimal(cell)
  if (type.kind !== 'scalar') return cell
  const { name } = type
  if (SMALL.has(name)) return new Int32(Number(cell))
  if (name === 'BIGINT' || name === 'UINTEGER') return Long.fromBigInt(BigInt(cell))
  if (LARGE.has(name)) return exactDecimal(cell)
  switch (name) {
    case 'BOOLEAN':
      return cell === 'true'
    case 'DOUBLE':
      return new Double(doubleOf(cell))
    case 'FLOAT':
      return new Double(Math.fround(doubleOf(cell)))
    case 'BLOB':
      return new Binary(Buffer.from(cell.slice(2), 'hex'))
    case 'UUID':
      return uuid(cell)
    case 'JSON':
      return choices.json === 'text' ? cell : parseJson(cell, choices.json === 'extended')
    case 'DATE':
    case 'TIMESTAMP':
    case 'TIMESTAMP_S':
    case 'TIMESTAMP_MS':
    case 'TIMESTAMP_NS':
    case 'TIMESTAMP WITH TIME ZONE':
      return instant(cell, choices.microseconds)
    default:
      return cell
  }
}

const uuid = (text: string): Binary => new Binary(Buffer.from(text.replaceAll('-', ''), 'hex'), 4)

function doubleOf(cell: string): number {
  if (/^-?nan$/i.test(cell)) return Number.NaN
  if (/^-?inf(?:inity)?$/i.test(cell)) return cell.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return Number(cell)
}

const INSTANT =
  /^(\d+)-(\d\d)-(\d\d)( \(BC\))?(?: (\d\d):(\d\d):(\d\d)(?:\.(\d+))?)?(?:([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?)?$/

/** Of a date or a time stamp as DuckDB writes it; without a zone it is UTC. */
function instant(cell: string, microseconds: Choices['microseconds']): Date {
  const found = INSTANT.exec(cell)
  if (!found) throw new Unfit(`${cell} is no point in time.`)
  const [
    ,
    year = '',
    month = '',
    day = '',
    before,
    hour = '0',
    minute = '0',
    second = '0',
    fraction = '',
    sign,
    ...zone
  ] = found
  if (/[^0]/.test(fraction.slice(3)) && microseconds === 'fail')
    throw new Unfit(`${cell} is finer than the millisecond at which dates of MongoDB end.`)
  const value = new Date(0)
  value.setUTCFullYear(before === undefined ? Number(year) : 1 - Number(year), Number(month) - 1, Number(day))
  value.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')))
  const [hours = '0', minutes = '0', seconds = '0'] = zone
  const offset = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000
  const utc = new Date(value.getTime() - (sign === '-' ? -offset : offset))
  if (Number.isNaN(utc.getTime()))
    throw new Unfit(`${cell} is beyond the dates that can be written (271821 BC to 275760).`)
  return utc
}

/** A value within a list or a document, as JSON tells it. */
function nested(value: unknown, type: SqlType, choices: Choices): unknown {
  if (value === null) return null
  switch (type.kind) {
    case 'list':
      return Array.isArray(value) ? value.map((each) => nested(each, type.item, choices)) : value
    case 'struct':
    case 'union': {
      const types = new Map(type.fields.map((field) => [field.name, field.type]))
      return eachOf(value, (each, key) => {
        const of = types.get(key)
        return of ? nested(each, of, choices) : each
      })
    }
    case 'map':
      return eachOf(value, (each) => nested(each, type.value, choices))
    case 'decimal':
      return exactDecimal(fixed(String(value), type.scale) ?? String(value))
    case 'enum':
      return value
    case 'scalar':
      if (type.name === 'JSON') return nestedJson(value, choices)
      if (type.name === 'BLOB') return new Binary(blobOf(String(value)))
      return typeof value === 'boolean' ? value : scalar(textOf(value), type, choices)
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : String(value))

const eachOf = (value: unknown, change: (each: unknown, key: string) => unknown): unknown =>
  value instanceof Map ? new Map([...(value as Doc)].map(([key, each]) => [key, change(each, key)])) : value

function nestedJson(value: unknown, { json }: Choices): unknown {
  if (json === 'extended') return extendedDeep(value)
  if (json === 'plain') return value
  throw new Unfit('JSON within a document or a list cannot be written as text: choose another way for JSON.')
}

/** Of the text that DuckDB writes of bytes: `A\x00`. */
function blobOf(text: string): Buffer {
  return Buffer.concat(
    [...text.matchAll(/\\x([0-9A-Fa-f]{2})|([\s\S])/g)].map(([, hex, letter]) =>
      hex === undefined ? Buffer.from(letter ?? '') : Buffer.from(hex, 'hex'),
    ),
  )
}
