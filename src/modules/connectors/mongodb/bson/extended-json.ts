import * as bson from './elements.ts'
import { dateText, decimalText, doubleText, jsonDouble, longText, timeText } from './scalar-text.ts'
import type { TextOut } from './text-out.ts'

const ISO_FIRST = 0
const ISO_LAST = 253_402_300_799_999

/**
 * Writes a value as MongoDB Extended JSON 2, from bytes to bytes. Canonical keeps each type; relaxed writes numbers and dates of our times
 * as people do.
 */
export function extendedJson(
  out: TextOut,
  buffer: Buffer,
  type: number,
  at: number,
  end: number,
  canonical: boolean,
  depth = 0,
): void {
  if (depth > bson.MOST_DEPTH) throw bson.broken()
  switch (type) {
    case bson.DOCUMENT:
    case bson.ARRAY:
      container(out, buffer, type === bson.ARRAY, at, end, canonical, depth)
      return
    case bson.STRING:
      out.json(buffer, at + 4, end - 1)
      return
    case bson.NULL:
      out.ascii('null')
      return
    case bson.BOOLEAN:
      out.ascii(buffer[at] === 0 ? 'false' : 'true')
      return
    case bson.INT:
      if (canonical) {
        out.ascii(`{"$numberInt":"${bson.int32(buffer, at)}"}`)
        return
      }
      out.whole(bson.int32(buffer, at))
      return
    case bson.LONG:
      out.ascii(canonical ? `{"$numberLong":"${longText(buffer, at)}"}` : longText(buffer, at))
      return
    case bson.DOUBLE: {
      const value = buffer.readDoubleLE(at)
      if (canonical || !Number.isFinite(value))
        out.ascii(`{"$numberDouble":"${Number.isFinite(value) ? jsonDouble(value) : doubleText(value)}"}`)
      else out.ascii(jsonDouble(value))
      return
    }
    case bson.DECIMAL:
      out.ascii(`{"$numberDecimal":"${decimalText(buffer, at)}"}`)
      return
    case bson.OBJECT_ID:
      out.ascii('{"$oid":"')
      out.hex(buffer, at, end)
      out.ascii('"}')
      return
    case bson.DATE: {
      const value = Number(longText(buffer, at))
      if (!canonical && value >= ISO_FIRST && value <= ISO_LAST)
        out.ascii(`{"$date":"${dateText(value)}T${timeText(value)}Z"}`)
      else out.ascii(`{"$date":{"$numberLong":"${longText(buffer, at)}"}}`)
      return
    }
    case bson.BINARY: {
      const subtype = buffer[at + 4] as number
      // Of the old subtype 2 the bytes begin with their length once more.
      const from = subtype === 2 && end - at >= 9 ? at + 9 : at + 5
      out.ascii(
        `{"$binary":{"base64":"${buffer.toString('base64', from, end)}","subType":"${subtype.toString(16).padStart(2, '0')}"}}`,
      )
      return
    }
    case bson.REGEX: {
      const middle = bson.nameEnd(buffer, at, end)
      out.ascii('{"$regularExpression":{"pattern":')
      out.json(buffer, at, middle)
      out.ascii(',"options":')
      out.json(buffer, middle + 1, end - 1)
      out.ascii('}}')
      return
    }
    case bson.TIMESTAMP:
      out.ascii(`{"$timestamp":{"t":${bson.int32(buffer, at + 4) >>> 0},"i":${bson.int32(buffer, at) >>> 0}}}`)
      return
    case bson.UNDEFINED:
      out.ascii('{"$undefined":true}')
      return
    case bson.MIN_KEY:
      out.ascii('{"$minKey":1}')
      return
    case bson.MAX_KEY:
      out.ascii('{"$maxKey":1}')
      return
    case bson.SYMBOL:
    case bson.CODE:
      out.ascii(type === bson.CODE ? '{"$code":' : '{"$symbol":')
      out.json(buffer, at + 4, end - 1)
      out.ascii('}')
      return
    case bson.CODE_WITH_SCOPE: {
      const code = bson.valueEnd(buffer, bson.CODE, at + 4, end)
      out.ascii('{"$code":')
      out.json(buffer, at + 8, code - 1)
      out.ascii(',"$scope":')
      container(out, buffer, false, code, end, canonical, depth + 1)
      out.ascii('}')
      return
    }
    case bson.DB_POINTER: {
      out.ascii('{"$dbPointer":{"$ref":')
      out.json(buffer, at + 4, end - 13)
      out.ascii(',"$id":{"$oid":"')
      out.hex(buffer, end - 12, end)
      out.ascii('"}}}')
      return
    }
    default:
      throw bson.broken()
  }
}

function container(
  out: TextOut,
  buffer: Buffer,
  isArray: boolean,
  at: number,
  limit: number,
  canonical: boolean,
  depth: number,
): void {
  out.room(2)
  out.put(isArray ? 0x5b : 0x7b)
  let first = true
  bson.eachElement(buffer, at, limit, (type, from, to, value, end) => {
    out.room(2)
    if (!first) out.put(0x2c)
    first = false
    if (!isArray) {
      out.json(buffer, from, to)
      out.room(1)
      out.put(0x3a)
    }
    extendedJson(out, buffer, type, value, end, canonical, depth + 1)
  })
  out.room(1)
  out.put(isArray ? 0x5d : 0x7d)
}
