import * as bson from '../bson/elements.ts'
import { extendedJson } from '../bson/extended-json.ts'
import { DAY_MS, dateText, decimalText, doubleText, longAsNumber, longText, timeText } from '../bson/scalar-text.ts'
import type { TextOut } from '../bson/text-out.ts'

/** Of texts in a field: a byte that hardly any text has, so that hardly any has to be doubled. JSON escapes it. */
export const QUOTE = 0x1e

/**
 * Writes a value. At the top it is a field of the line; nested it is JSON, where all but yes and no are strings, which lose nothing.
 * @returns whether the type holds the value exactly
 */
export type LeafWriter = (
  out: TextOut,
  buffer: Buffer,
  type: number,
  at: number,
  end: number,
  nested: boolean,
) => boolean

const token = (out: TextOut, text: string, nested: boolean): true => {
  out.ascii(nested ? `"${text}"` : text)
  return true
}

/** Of the types of whole numbers. */
export const RANGES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  TINYINT: [-128n, 127n],
  SMALLINT: [-32_768n, 32_767n],
  INTEGER: [-2_147_483_648n, 2_147_483_647n],
  BIGINT: [-9_223_372_036_854_775_808n, 9_223_372_036_854_775_807n],
  UTINYINT: [0n, 255n],
  USMALLINT: [0n, 65_535n],
  UINTEGER: [0n, 4_294_967_295n],
  UBIGINT: [0n, 18_446_744_073_709_551_615n],
}

/** @param any somebody chose the type, which then takes what can be converted exactly, not only its own kind */
export function leafWriter(type: string, any: boolean, only: number | undefined, canonical: boolean): LeafWriter {
  const range = RANGES[type]
  if (range) return whole(range, any)
  const decimal = /^DECIMAL\((\d+),(\d+)\)$/.exec(type)
  if (decimal) return decimals(Number(decimal[1]), Number(decimal[2]), any)
  switch (type) {
    case 'BOOLEAN':
      return (out, buffer, given, at) => {
        if (given !== bson.BOOLEAN) return false
        out.ascii(buffer[at] === 0 ? 'false' : 'true')
        return true
      }
    case 'DOUBLE':
    case 'FLOAT':
      return double(type === 'FLOAT', any)
    case 'DATE':
      return dates(
        (value) => (value % DAY_MS === 0 ? dateText(value) : undefined),
        () => undefined,
      )
    case 'TIMESTAMP':
      return dates((value) => `${dateText(value)} ${timeText(value)}`, micros)
    case 'TIMESTAMP WITH TIME ZONE':
      return dates((value) => `${dateText(value)} ${timeText(value)}+00`, micros)
    case 'UUID':
      return uuid(any)
    case 'BLOB':
      return (out, buffer, given, at, end, nested) => {
        if (given !== bson.BINARY || (!any && buffer[at + 4] !== 0)) return false
        const from = buffer[at + 4] === 2 && end - at >= 9 ? at + 9 : at + 5
        out.room(2)
        out.put(nested ? 0x22 : QUOTE)
        out.hex(buffer, from, end, nested ? '\\\\x' : '')
        out.room(1)
        out.put(nested ? 0x22 : QUOTE)
        return true
      }
    case 'JSON':
      return (out, buffer, given, at, end, nested) => {
        if (!nested) wrap(out, () => extendedJson(out, buffer, given, at, end, canonical))
        else extendedJson(out, buffer, given, at, end, canonical)
        return true
      }
    default:
      return any ? anyText(canonical) : onlyText(only ?? bson.STRING)
  }
}

function wrap(out: TextOut, write: () => void): void {
  out.room(1)
  out.put(QUOTE)
  write()
  out.room(1)
  out.put(QUOTE)
}

function whole([least, most]: readonly [bigint, bigint], any: boolean): LeafWriter {
  const small = least <= -2_147_483_648n && most >= 2_147_483_647n
  return (out, buffer, type, at, _end, nested) => {
    if (type === bson.INT && small && !nested) {
      out.whole(bson.int32(buffer, at))
      return true
    }
    const text = wholeText(buffer, type, at, any)
    if (text === undefined) return false
    const value = BigInt(text)
    return value >= least && value <= most && token(out, text, nested)
  }
}

/** @returns undefined for what is no whole number */
export function wholeText(buffer: Buffer, type: number, at: number, any: boolean): string | undefined {
  if (type === bson.INT) return String(bson.int32(buffer, at))
  if (type === bson.LONG) return longText(buffer, at)
  if (!any) return undefined
  if (type === bson.DOUBLE) {
    const value = buffer.readDoubleLE(at)
    return Number.isInteger(value) ? String(BigInt(value)) : undefined
  }
  if (type === bson.DECIMAL) return fixed(decimalText(buffer, at), 0)
  return undefined
}

function double(single: boolean, any: boolean): LeafWriter {
  return (out, buffer, type, at, _end, nested) => {
    let value: number | undefined
    if (type === bson.DOUBLE) value = buffer.readDoubleLE(at)
    else if (type === bson.INT) value = bson.int32(buffer, at)
    else if (type === bson.LONG) value = longAsNumber(buffer, at)
    // Whoever chose DOUBLE for a decimal chose its rounding.
    else if (type === bson.DECIMAL && any) value = Number(decimalText(buffer, at))
    if (value === undefined || (single && !Object.is(Math.fround(value), value))) return false
    return token(out, doubleText(value), nested)
  }
}

function decimals(width: number, scale: number, any: boolean): LeafWriter {
  return (out, buffer, type, at, _end, nested) => {
    let text: string
    if (type === bson.DECIMAL) text = decimalText(buffer, at)
    else if (type === bson.INT) text = String(bson.int32(buffer, at))
    else if (type === bson.LONG) text = longText(buffer, at)
    else if (type === bson.DOUBLE && any) text = String(buffer.readDoubleLE(at))
    else return false
    const plain = fixed(text, scale)
    if (plain === undefined || plain.replace(/^-?0*/, '').replace('.', '').length > width) return false
    return token(out, plain, nested)
  }
}

/**
 * A number as text with so many digits after its point.
 * @returns undefined where it has more, or is none @example fixed('1.5E+3', 2) is '1500.00'
 */
export function fixed(text: string, scale: number): string | undefined {
  const [, sign = '', before = '', after = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  if (before === '') return undefined
  const digits = (before + after).replace(/^0+/, '')
  if (digits === '') return scale === 0 ? '0' : `0.${'0'.repeat(scale)}`
  // Behind the last digit stand so many zeros, or so many digits after the point.
  const zeros = Number(exponent) - after.length + scale
  if (zeros > 80) return undefined
  const moved = zeros >= 0 ? digits + '0'.repeat(zeros) : digits.slice(0, zeros)
  if (zeros < 0 && /[^0]/.test(digits.slice(zeros))) return undefined
  const padded = moved.padStart(scale + 1, '0')
  return sign + (scale === 0 ? padded : `${padded.slice(0, -scale)}.${padded.slice(-scale)}`)
}

/** So far in both directions milliseconds are exact in JavaScript; DuckDB's years end a little later. */
export const isHeld = (value: number | undefined): value is number => value !== undefined && Number.isSafeInteger(value)
const micros = (value: number) => `${value}000`

function dates(
  text: (milliseconds: number) => string | undefined,
  short: (milliseconds: number) => string | undefined,
): LeafWriter {
  return (out, buffer, type, at, _end, nested) => {
    if (type !== bson.DATE) return false
    const value = longAsNumber(buffer, at)
    if (!isHeld(value)) return false
    const written = nested ? text(value) : (short(value) ?? text(value))
    return written !== undefined && token(out, written, nested)
  }
}

export const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

function uuid(any: boolean): LeafWriter {
  return (out, buffer, type, at, end, nested) => {
    if (type === bson.BINARY && buffer[at + 4] === 4 && end - at === 21) {
      out.room(38)
      if (nested) out.put(0x22)
      out.uuid(buffer, at + 5)
      if (nested) out.put(0x22)
      return true
    }
    if (!any || type !== bson.STRING) return false
    const text = buffer.toString('latin1', at + 4, end - 1)
    return UUID_TEXT.test(text) && token(out, text, nested)
  }
}

function plainText(out: TextOut, buffer: Buffer, at: number, end: number, nested: boolean): true {
  if (nested) out.json(buffer, at + 4, end - 1)
  else out.quoted(buffer, at + 4, end - 1, QUOTE)
  return true
}

function objectId(out: TextOut, buffer: Buffer, at: number, end: number, nested: boolean): true {
  out.room(26)
  if (nested) out.put(0x22)
  out.hex(buffer, at, end)
  if (nested) out.put(0x22)
  return true
}

function onlyText(only: number): LeafWriter {
  return (out, buffer, type, at, end, nested) => {
    if (type !== only) return false
    if (type === bson.STRING) return plainText(out, buffer, at, end, nested)
    if (type === bson.OBJECT_ID) return objectId(out, buffer, at, end, nested)
    return token(out, decimalText(buffer, at), nested)
  }
}

/** Scalars as people write them; what has no text of its own as Extended JSON. */
function anyText(canonical: boolean): LeafWriter {
  return (out, buffer, type, at, end, nested) => {
    switch (type) {
      case bson.STRING:
      case bson.SYMBOL:
        return plainText(out, buffer, at, end, nested)
      case bson.OBJECT_ID:
        return objectId(out, buffer, at, end, nested)
      case bson.BOOLEAN:
        return token(out, buffer[at] === 0 ? 'false' : 'true', nested)
      case bson.INT:
      case bson.LONG:
        return token(out, wholeText(buffer, type, at, false) ?? '', nested)
      case bson.DOUBLE:
        return token(out, doubleText(buffer.readDoubleLE(at)), nested)
      case bson.DECIMAL:
        return token(out, decimalText(buffer, at), nested)
      case bson.DATE: {
        const value = longAsNumber(buffer, at)
        if (isHeld(value)) return token(out, `${dateText(value)} ${timeText(value)}+00`, nested)
        break
      }
      case bson.BINARY:
        if (buffer[at + 4] === 4 && end - at === 21) return uuid(false)(out, buffer, type, at, end, nested)
    }
    const from = out.at
    extendedJson(out, buffer, type, at, end, canonical)
    const text = Buffer.from(out.buffer.subarray(from, out.at))
    out.at = from
    if (nested) out.json(text, 0, text.length)
    else out.quoted(text, 0, text.length, QUOTE)
    return true
  }
}
