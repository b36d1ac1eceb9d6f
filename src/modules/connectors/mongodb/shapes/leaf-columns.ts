import { isUtf8 } from 'node:buffer'
import { BitBuffer, type ByteBuffer, WordBuffer } from '../../kit/parquet/column-buffer.ts'
import type { AnyBuffer } from '../../kit/parquet/parquet-file.ts'
import { JSON_TYPE, type ParquetType, parquetType } from '../../kit/parquet/parquet-types.ts'
import * as bson from '../bson/elements.ts'
import { DAY_MS, decimalText, longAsNumber } from '../bson/scalar-text.ts'
import { TextOut } from '../bson/text-out.ts'
import { isHeld, leafWriter, QUOTE, RANGES, UUID_TEXT, wholeText } from './leaves.ts'
import { notUtf8 } from './problems.ts'
import { duckType, type Shape } from './shape.ts'

/**
 * Puts a value into the buffer of its column.
 * @returns whether the type holds the value exactly; if not, nothing was put
 */
export type LeafPut = (document: Buffer, type: number, at: number, end: number) => boolean

type Leaf = Extract<Shape, { kind: 'leaf' }>

/** As what a column lies in a file; undefined: it is not written by columns. */
export function fileTypeOf(shape: Shape): ParquetType | undefined {
  if (shape.kind !== 'leaf') return undefined
  return shape.type === 'JSON' ? JSON_TYPE : parquetType(duckType(shape))
}

/** @param buffer as `fileTypeOf` the shape wants it */
export function leafPut(leaf: Leaf, buffer: AnyBuffer, canonical: boolean): LeafPut {
  const { type, any = false, only = bson.STRING } = leaf
  if (buffer instanceof BitBuffer)
    return (document, given, at) => {
      if (given !== bson.BOOLEAN) return false
      buffer.put(document[at] !== 0)
      return true
    }
  if (buffer instanceof WordBuffer) return wordPut(type, any, buffer, canonical)
  if (type === 'UUID') return uuidPut(any, buffer)
  if (type === 'BLOB')
    return (document, given, at, end) => {
      if (given !== bson.BINARY || (!any && document[at + 4] !== 0)) return false
      buffer.put(document, document[at + 4] === 2 && end - at >= 9 ? at + 9 : at + 5, end)
      return true
    }
  const other = textPut(leaf, buffer, canonical)
  if (type !== 'VARCHAR' || (!any && only !== bson.STRING)) return other
  return (document, given, at, end) => {
    if (given !== bson.STRING) return any && other(document, given, at, end)
    putText(buffer, document, at + 4, end - 1)
    return true
  }
}

function wordPut(type: string, any: boolean, buffer: WordBuffer, canonical: boolean): LeafPut {
  const range = RANGES[type]
  if (range) return wholePut(type, range, any, buffer)
  switch (type) {
    case 'DOUBLE':
      return doublePut(any, buffer)
    case 'FLOAT':
      return floatPut(any, buffer)
    case 'DATE':
      return datePut((value) => {
        if (value % DAY_MS !== 0) return false
        buffer.put(value / DAY_MS)
        return true
      })
    case 'TIMESTAMP':
    case 'TIMESTAMP WITH TIME ZONE':
      return datePut((value) => {
        const micros = value * 1000
        if (Number.isSafeInteger(micros)) buffer.putInteger(micros)
        else buffer.putBigInt(BigInt(value) * 1000n)
        return true
      })
    default:
      return decimalPut(type, any, buffer, canonical)
  }
}

function wholePut(name: string, [least, most]: readonly [bigint, bigint], any: boolean, buffer: WordBuffer): LeafPut {
  const [low, high] = [Number(least), Number(most)]
  const wide = name.endsWith('BIGINT')
  return (document, type, at) => {
    if (type === bson.INT) {
      const value = bson.int32(document, at)
      if (value < low || value > high) return false
      if (wide) buffer.putTwo(value, value >> 31)
      else buffer.put(value)
      return true
    }
    if (type === bson.LONG && name === 'BIGINT') {
      buffer.putTwo(bson.int32(document, at), bson.int32(document, at + 4))
      return true
    }
    const text = wholeText(document, type, at, any)
    if (text === undefined) return false
    const value = BigInt(text)
    if (value < least || value > most) return false
    if (wide) buffer.putBigInt(value)
    else buffer.put(Number(value))
    return true
  }
}

/** A number that is not a double; undefined where a double does not hold it. */
function asDouble(document: Buffer, type: number, at: number, any: boolean): number | undefined {
  if (type === bson.INT) return bson.int32(document, at)
  if (type === bson.LONG) return longAsNumber(document, at)
  // Whoever chose DOUBLE for a decimal chose its rounding.
  return type === bson.DECIMAL && any ? Number(decimalText(document, at)) : undefined
}

function doublePut(any: boolean, buffer: WordBuffer): LeafPut {
  const value = new Float64Array(1)
  const words = new Uint32Array(value.buffer)
  return (document, type, at) => {
    if (type === bson.DOUBLE) {
      buffer.putTwo(bson.int32(document, at), bson.int32(document, at + 4))
      return true
    }
    const number = asDouble(document, type, at, any)
    if (number === undefined) return false
    value[0] = number
    buffer.putTwo(words[0] as number, words[1] as number)
    return true
  }
}

function floatPut(any: boolean, buffer: WordBuffer): LeafPut {
  const value = new Float32Array(1)
  const words = new Uint32Array(value.buffer)
  return (document, type, at) => {
    const number = type === bson.DOUBLE ? document.readDoubleLE(at) : asDouble(document, type, at, any)
    if (number === undefined || !Object.is(Math.fround(number), number)) return false
    value[0] = number
    buffer.put(words[0] as number)
    return true
  }
}

const datePut =
  (put: (milliseconds: number) => boolean): LeafPut =>
  (document, type, at) => {
    if (type !== bson.DATE) return false
    const value = longAsNumber(document, at)
    return isHeld(value) && put(value)
  }

function decimalPut(type: string, any: boolean, buffer: WordBuffer, canonical: boolean): LeafPut {
  const write = leafWriter(type, any, undefined, canonical)
  const out = new TextOut()
  const narrow = parquetType(type)?.width === 4
  return (document, given, at, end) => {
    out.at = 0
    if (!write(out, document, given, at, end, false)) return false
    const digits = out.buffer.toString('latin1', 0, out.at).replace('.', '')
    if (narrow) buffer.put(Number(digits))
    else buffer.putBigInt(BigInt(digits))
    return true
  }
}

function uuidPut(any: boolean, buffer: ByteBuffer): LeafPut {
  return (document, type, at, end) => {
    if (type === bson.BINARY && document[at + 4] === 4 && end - at === 21) {
      buffer.put(document, at + 5, end)
      return true
    }
    if (!any || type !== bson.STRING) return false
    const text = document.toString('latin1', at + 4, end - 1)
    if (!UUID_TEXT.test(text)) return false
    buffer.put(Buffer.from(text.replaceAll('-', ''), 'hex'), 0, 16)
    return true
  }
}

/** What is written as for a line of text, without its quotes. */
function textPut({ type, any = false, only }: Leaf, buffer: ByteBuffer, canonical: boolean): LeafPut {
  const write = leafWriter(type, any, only, canonical)
  const out = new TextOut()
  return (document, given, at, end) => {
    out.at = 0
    if (!write(out, document, given, at, end, false)) return false
    const isQuoted = out.at > 1 && out.buffer[0] === QUOTE
    if (isQuoted) out.at = unquoted(out.buffer, out.at)
    putText(buffer, out.buffer, isQuoted ? 1 : 0, out.at)
    return true
  }
}

/** @returns where the text ends that begins after the first quote, and in which each is there once now */
function unquoted(bytes: Buffer, end: number): number {
  let to = 1
  for (let from = 1; from < end - 1; from++) {
    const byte = bytes[from] as number
    bytes[to++] = byte
    if (byte === QUOTE) from++
  }
  return to
}

function putText(buffer: ByteBuffer, from: Buffer, start: number, end: number): void {
  let bits = 0
  for (let index = start; index < end; index++) bits |= from[index] as number
  if (bits > 127 && !isUtf8(from.subarray(start, end))) throw notUtf8()
  buffer.put(from, start, end)
}
