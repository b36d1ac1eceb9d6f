import { isUtf8 } from 'node:buffer'
import {
  type Data,
  DataType,
  type Date_,
  DateUnit,
  type Decimal,
  type Dictionary,
  type Field,
  type FixedSizeBinary,
  type FixedSizeList,
  type Int,
  type Interval,
  IntervalUnit,
  type Precision,
  TimeUnit,
  Vector,
} from 'apache-arrow'
import { identifier } from '../../sql.ts'
import { clockText, dayText, instantText } from './instants.ts'

/** How values of an Arrow type become DuckDB's. Both get the index of a value that is not null. */
export interface ArrowReader {
  /** DuckDB's type. */
  readonly type: string
  /** The value as a text that DuckDB casts to the type exactly. */
  readonly text: (data: Data, index: number) => string
  /** What a column of this type is staged as, where that is not a text. */
  readonly direct?: (data: Data, index: number) => number | bigint | boolean | Uint8Array
  /** A value that is there, and yet NULL: in a dictionary, or of the type null. */
  readonly isNull?: (data: Data, index: number) => boolean
}

/** An Arrow type that DuckDB does not hold. */
export class UnfitArrowType extends Error {}
/** A value that the type does not hold exactly, or a file that contradicts itself. */
export class UnfitArrowValue extends Error {}

const DIGITS = {
  [TimeUnit.SECOND]: 0,
  [TimeUnit.MILLISECOND]: 3,
  [TimeUnit.MICROSECOND]: 6,
  [TimeUnit.NANOSECOND]: 9,
} as const

/** @throws UnfitArrowType */
export function readerOf(field: Field): ArrowReader {
  const { type } = field
  if (DataType.isDictionary(type)) return dictionaryReader(field, type)
  if (DataType.isNull(type)) return { type: 'INTEGER', text: () => 'NULL', direct: () => 0, isNull: () => true }
  if (DataType.isBool(type)) return ofDirect('BOOLEAN', bit)
  if (DataType.isInt(type)) return integerReader(type)
  if (DataType.isFloat(type)) {
    if (type.precision === (0 as Precision)) return ofDirect('FLOAT', (data, index) => half(numberAt(data, index)))
    return ofDirect(type.precision === (1 as Precision) ? 'FLOAT' : 'DOUBLE', numberAt)
  }
  if (DataType.isDecimal(type)) return decimalReader(type)
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    const json = field.metadata.get('ARROW:extension:name') === 'arrow.json'
    return { type: json ? 'JSON' : 'VARCHAR', text: (data, index) => utf8(bytesAt(data, index)) }
  }
  if (DataType.isBinary(type) || DataType.isLargeBinary(type)) return blobReader(bytesAt)
  if (DataType.isUtf8View(type)) return { type: 'VARCHAR', text: (data, index) => String(viewed(data, index)) }
  if (DataType.isBinaryView(type)) return blobReader((data, index) => viewed(data, index) as Uint8Array)
  if (DataType.isFixedSizeBinary(type)) return fixedBinaryReader(field, type)
  if (DataType.isDate(type)) return dateReader(type)
  if (DataType.isTime(type)) {
    const digits = DIGITS[type.unit]
    return {
      type: digits === 9 ? 'TIME_NS' : 'TIME',
      text: (data, index) => timeText(int64At(data, index), digits),
    }
  }
  if (DataType.isTimestamp(type)) {
    const digits = DIGITS[type.unit]
    if (type.timezone)
      return {
        type: 'TIMESTAMP WITH TIME ZONE',
        text: (data, index) => `${instantText(micros(int64At(data, index), digits), 6)}+00`,
      }
    return {
      type: digits === 9 ? 'TIMESTAMP_NS' : 'TIMESTAMP',
      text: (data, index) => instantText(int64At(data, index), digits),
    }
  }
  if (DataType.isDuration(type)) {
    const digits = DIGITS[type.unit]
    return { type: 'INTERVAL', text: (data, index) => `${micros(int64At(data, index), digits)} microseconds` }
  }
  if (DataType.isInterval(type)) return { type: 'INTERVAL', text: intervalText(type) }
  return nestedReader(field)
}

const ofDirect = (type: string, direct: (data: Data, index: number) => number | bigint | boolean): ArrowReader => ({
  type,
  text: (data, index) => {
    const value = direct(data, index)
    return Object.is(value, -0) ? '-0' : String(value)
  },
  direct,
})

function bit(data: Data, index: number): boolean {
  const at = data.offset + index
  return ((numberAt(data, at >> 3) >> (at & 7)) & 1) === 1
}

function numberAt(data: Data, index: number): number {
  const value: unknown = data.values[index]
  if (typeof value !== 'number') throw new UnfitArrowValue('the file ends before its values do')
  return value
}

function int64At(data: Data, index: number): bigint {
  const { values } = data
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) {
    const value = values[index]
    if (value === undefined) throw new UnfitArrowValue('the file ends before its values do')
    return value
  }
  // Times of 32 bits, and days in milliseconds, which the library keeps in halves.
  if (values.length < data.length * 2 || DataType.isTime(data.type)) return BigInt(numberAt(data, index))
  return (BigInt(numberAt(data, index * 2 + 1)) << 32n) | BigInt(numberAt(data, index * 2) >>> 0)
}

const INTEGERS: Readonly<Record<number, string>> = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' }

function integerReader({ bitWidth, isSigned }: Int): ArrowReader {
  const name = INTEGERS[bitWidth] ?? 'BIGINT'
  if (!isSigned)
    return {
      type: `U${name}`,
      text: (data, index) => String(bitWidth === 64 ? int64At(data, index) : numberAt(data, index)),
    }
  return ofDirect(name, bitWidth === 64 ? int64At : numberAt)
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15))
}

function decimalReader({ precision, scale, bitWidth }: Decimal): ArrowReader {
  if (precision > 38 || scale < 0 || scale > precision)
    throw new UnfitArrowType(`a decimal of ${precision} digits, ${scale} of them behind the point`)
  const words = bitWidth / 32
  const limit = 10n ** BigInt(precision)
  const text = (data: Data, index: number) => {
    let value = 0n
    for (let word = words - 1; word >= 0; word--)
      value = (value << 32n) | BigInt(numberAt(data, index * words + word) >>> 0)
    value = BigInt.asIntN(bitWidth, value)
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    if (value >= limit || value <= -limit)
      throw new UnfitArrowValue(`a decimal has more digits than the ${precision} that its type promises`)
    const point = digits.length - scale
    return `${value < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? `.${digits.slice(point)}` : ''}`
  }
  return { type: `DECIMAL(${precision},${scale})`, text }
}

function span(data: Data, index: number): [number, number] {
  const from = Number(data.valueOffsets[index])
  const to = Number(data.valueOffsets[index + 1])
  if (!(from >= 0 && to >= from)) throw new UnfitArrowValue('the positions of its values make no sense')
  return [from, to]
}

function bytesAt(data: Data, index: number): Uint8Array {
  const [from, to] = span(data, index)
  const values = data.values as Uint8Array
  if (to > values.length) throw new UnfitArrowValue('the file ends before its values do')
  return values.subarray(from, to)
}

function utf8(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new UnfitArrowValue('a text is not UTF-8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

const vectors = new WeakMap<Data, Vector>()
function viewed(data: Data, index: number): unknown {
  const vector = vectors.get(data) ?? new Vector([data])
  vectors.set(data, vector)
  return vector.get(index)
}

const escaped = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex').replace(/../g, String.raw`\x$&`)

const blobReader = (bytes: (data: Data, index: number) => Uint8Array): ArrowReader => ({
  type: 'BLOB',
  text: (data, index) => escaped(bytes(data, index)),
  direct: bytes,
})

function fixedBinaryReader(field: Field, { byteWidth }: FixedSizeBinary): ArrowReader {
  const bytes = (data: Data, index: number) => {
    const found = (data.values as Uint8Array).subarray(index * byteWidth, (index + 1) * byteWidth)
    if (found.length < byteWidth) throw new UnfitArrowValue('the file ends before its values do')
    return found
  }
  if (field.metadata.get('ARROW:extension:name') !== 'arrow.uuid' || byteWidth !== 16) return blobReader(bytes)
  const text = (data: Data, index: number) =>
    Buffer.from(bytes(data, index))
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
  return { type: 'UUID', text }
}

function dateReader({ unit }: Date_): ArrowReader {
  if (unit === DateUnit.DAY) return { type: 'DATE', text: (data, index) => dayText(BigInt(numberAt(data, index))) }
  const text = (data: Data, index: number) => {
    const milliseconds = int64At(data, index)
    if (milliseconds % 86_400_000n !== 0n) throw new UnfitArrowValue('a date of 64 bits is no whole day')
    return dayText(milliseconds / 86_400_000n)
  }
  return { type: 'DATE', text }
}

function timeText(value: bigint, digits: number): string {
  if (value < 0n || value > 86_400n * 10n ** BigInt(digits)) throw new UnfitArrowValue('a time is outside of the day')
  return clockText(value, digits)
}

function micros(value: bigint, digits: number): bigint {
  if (digits <= 6) return value * 10n ** BigInt(6 - digits)
  if (value % 1000n !== 0n) throw new UnfitArrowValue('a time has nanoseconds, which its type in DuckDB does not hold')
  return value / 1000n
}

function intervalText({ unit }: Interval): ArrowReader['text'] {
  if (unit === IntervalUnit.YEAR_MONTH) return (data, index) => `${numberAt(data, index)} months`
  if (unit === IntervalUnit.DAY_TIME)
    return (data, index) => `${numberAt(data, index * 2)} days ${numberAt(data, index * 2 + 1)} milliseconds`
  return (data, index) => {
    const [months, days, low, high] = [0, 1, 2, 3].map((part) => numberAt(data, index * 4 + part))
    const nanoseconds = (BigInt(high ?? 0) << 32n) | BigInt((low ?? 0) >>> 0)
    return `${months} months ${days} days ${micros(nanoseconds, 9)} microseconds`
  }
}

function dictionaryReader(field: Field, type: Dictionary): ArrowReader {
  const inner = readerOf(field.clone({ type: type.dictionary }))
  const places = new WeakMap<Vector, (readonly [Data, number] | undefined)[]>()
  const place = (data: Data, index: number): readonly [Data, number] | undefined => {
    const { dictionary } = data
    if (!dictionary) throw new UnfitArrowValue('a dictionary is missing')
    let known = places.get(dictionary)
    if (!known) {
      known = dictionary.data.flatMap((chunk) =>
        Array.from({ length: chunk.length }, (_, at) => (chunk.getValid(at) ? ([chunk, at] as const) : undefined)),
      )
      places.set(dictionary, known)
    }
    const key = Number(data.values[index])
    if (!(key >= 0 && key < known.length)) throw new UnfitArrowValue('a value is not in its dictionary')
    return known[key]
  }
  const present = (data: Data, index: number): readonly [Data, number] => {
    const found = place(data, index)
    if (!found) throw new UnfitArrowValue('a value is NULL')
    return found
  }
  const { direct } = inner
  return {
    type: inner.type,
    text: (data, index) => inner.text(...present(data, index)),
    isNull: (data, index) => place(data, index) === undefined,
    ...(direct ? { direct: (data: Data, index: number) => direct(...present(data, index)) } : {}),
  }
}

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`

const itemText = ({ text, isNull }: ArrowReader, data: Data | undefined, index: number, isNested: boolean): string => {
  if (!data || index >= data.length) throw new UnfitArrowValue('the file ends before its values do')
  if (!data.getValid(index) || isNull?.(data, index)) return 'NULL'
  return isNested ? text(data, index) : quoted(text(data, index))
}

const isNested = ({ type }: ArrowReader): boolean => type.endsWith(']') || /^(STRUCT|MAP)\(/.test(type)

/** Of JSON in a list DuckDB's cast would read the list as JSON too: its text is kept as VARCHAR. */
const insideReader = (field: Field): ArrowReader => {
  const reader = readerOf(field)
  return reader.type === 'JSON' ? { ...reader, type: 'VARCHAR' } : reader
}

/** In DuckDB's own notation, which its cast reads. */
function nestedReader(field: Field): ArrowReader {
  const { type } = field
  if (DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)) {
    const [child] = type.children
    if (!child) throw new UnfitArrowType(String(type))
    const item = insideReader(child)
    const size = DataType.isFixedSizeList(type) ? (type as FixedSizeList).listSize : undefined
    if (size === 0) throw new UnfitArrowType('a list of no items')
    const [nested, bounds] = [
      isNested(item),
      (data: Data, index: number) => (size === undefined ? span(data, index) : [index * size, (index + 1) * size]),
    ]
    const text = (data: Data, index: number) => {
      const [from = 0, to = 0] = bounds(data, index)
      const items: string[] = []
      for (let at = from; at < to; at++) items.push(itemText(item, data.children[0], at, nested))
      return `[${items.join(', ')}]`
    }
    return { type: `${item.type}[${size ?? ''}]`, text }
  }
  if (DataType.isStruct(type)) {
    if (type.children.length === 0) throw new UnfitArrowType('a struct without fields')
    const seen = new Set(type.children.map(({ name }) => name.toLowerCase()))
    if (seen.size < type.children.length || seen.has(''))
      throw new UnfitArrowType('a struct with two fields of one name')
    const fields = type.children.map((child) => {
      const reader = insideReader(child)
      return { key: quoted(child.name), name: child.name, reader, nested: isNested(reader) }
    })
    const text = (data: Data, index: number) =>
      `{${fields.map(({ key, reader, nested }, at) => `${key}: ${itemText(reader, data.children[at], index, nested)}`).join(', ')}}`
    return {
      type: `STRUCT(${fields.map(({ name, reader }) => `${identifier(name).text} ${reader.type}`).join(', ')})`,
      text,
    }
  }
  if (DataType.isMap(type)) {
    const [key, value] = (type.children[0]?.type.children ?? []).map((child: Field) => insideReader(child))
    if (!key || !value) throw new UnfitArrowType(String(type))
    const [nestedKey, nestedValue] = [isNested(key), isNested(value)]
    const text = (data: Data, index: number) => {
      const [from, to] = span(data, index)
      const [keys, values] = data.children[0]?.children ?? []
      const entries: string[] = []
      for (let at = from; at < to; at++)
        entries.push(`${itemText(key, keys, at, nestedKey)}=${itemText(value, values, at, nestedValue)}`)
      return `{${entries.join(', ')}}`
    }
    return { type: `MAP(${key.type}, ${value.type})`, text }
  }
  throw new UnfitArrowType(String(type))
}

/**
 * A damaged file may promise more values than it has: this is told before they are looked at.
 * @throws UnfitArrowValue
 */
export function checkLengths(data: Data, least: number): void {
  const { type, length } = data
  const short = (held: number | undefined, needed: number) => {
    if ((held ?? 0) < needed) throw new UnfitArrowValue('the file ends before its values do')
  }
  short(length, least)
  if (length === 0 || DataType.isNull(type)) return
  if (data.nullBitmap && data.nullBitmap.length > 0) short(data.nullBitmap.length * 8, length)
  if (data.valueOffsets) short(data.valueOffsets.length, length + 1)
  else if (DataType.isBool(type)) short((data.values as Uint8Array).length * 8, length)
  else if (DataType.isFixedSizeBinary(type)) short((data.values as Uint8Array).length, length * type.byteWidth)
  else if (data.values) short((data.values as Uint8Array).length, length)
  const size = DataType.isFixedSizeList(type) ? (type as FixedSizeList).listSize : 1
  const fixed = DataType.isStruct(type) || DataType.isFixedSizeList(type)
  for (const child of data.children) checkLengths(child, fixed ? length * size : 0)
}
