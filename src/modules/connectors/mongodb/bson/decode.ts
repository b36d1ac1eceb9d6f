import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  DBRef,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'mongodb'
import * as bson from './elements.ts'
import { asObjects, type Doc } from './parse-json.ts'

/** A document as the values that write the same bytes again: fields in their order, whatever their names. @throws LogiDataError */
export function decodeDocument(buffer: Buffer, at = 0, limit = buffer.length): Doc {
  const found: Doc = new Map()
  bson.eachElement(buffer, at, limit, (type, from, to, value, end) => {
    found.set(buffer.toString('utf8', from, to), decode(buffer, type, value, end))
  })
  return found
}

function decode(buffer: Buffer, type: number, at: number, end: number): unknown {
  switch (type) {
    case bson.DOCUMENT:
      return decodeDocument(buffer, at, end)
    case bson.ARRAY:
      return [...decodeDocument(buffer, at, end).values()]
    case bson.STRING:
      return buffer.toString('utf8', at + 4, end - 1)
    case bson.NULL:
      return null
    case bson.UNDEFINED:
      return undefined
    case bson.BOOLEAN:
      return buffer[at] !== 0
    case bson.INT:
      return new Int32(buffer.readInt32LE(at))
    case bson.LONG:
      return Long.fromBigInt(buffer.readBigInt64LE(at))
    case bson.DOUBLE:
      return new Double(buffer.readDoubleLE(at))
    case bson.DECIMAL:
      return new Decimal128(copy(buffer, at, end))
    case bson.OBJECT_ID:
      return new ObjectId(copy(buffer, at, end))
    case bson.DATE:
      return new Date(Number(buffer.readBigInt64LE(at)))
    case bson.BINARY: {
      const subtype = buffer[at + 4] ?? 0
      return new Binary(copy(buffer, subtype === 2 ? at + 9 : at + 5, end), subtype)
    }
    case bson.REGEX: {
      const middle = bson.nameEnd(buffer, at, end)
      return new BSONRegExp(buffer.toString('utf8', at, middle), buffer.toString('utf8', middle + 1, end - 1))
    }
    case bson.TIMESTAMP:
      return new Timestamp(Long.fromBigInt(buffer.readBigInt64LE(at)))
    case bson.SYMBOL:
      return new BSONSymbol(buffer.toString('utf8', at + 4, end - 1))
    case bson.CODE:
      return new Code(buffer.toString('utf8', at + 4, end - 1))
    case bson.CODE_WITH_SCOPE: {
      const code = bson.valueEnd(buffer, bson.CODE, at + 4, end)
      return new Code(buffer.toString('utf8', at + 8, code - 1), asObjects(decodeDocument(buffer, code, end)) as object)
    }
    case bson.DB_POINTER:
      return new DBRef(buffer.toString('utf8', at + 4, end - 13), new ObjectId(copy(buffer, end - 12, end)))
    case bson.MIN_KEY:
      return new MinKey()
    case bson.MAX_KEY:
      return new MaxKey()
    default:
      throw bson.broken()
  }
}

const copy = (buffer: Buffer, at: number, end: number): Uint8Array => Uint8Array.prototype.slice.call(buffer, at, end)
