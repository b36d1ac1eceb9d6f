import { userError } from '../../../../shared/errors.ts'

/** The types of BSON, by their bytes (bsonspec.org, version 1.1). */
export const DOUBLE = 1
export const STRING = 2
export const DOCUMENT = 3
export const ARRAY = 4
export const BINARY = 5
export const UNDEFINED = 6
export const OBJECT_ID = 7
export const BOOLEAN = 8
export const DATE = 9
export const NULL = 10
export const REGEX = 11
export const DB_POINTER = 12
export const CODE = 13
export const SYMBOL = 14
export const CODE_WITH_SCOPE = 15
export const INT = 16
export const TIMESTAMP = 17
export const LONG = 18
export const DECIMAL = 19
export const MIN_KEY = 255
export const MAX_KEY = 127

/** As `$type` of the server names them. */
const NAMES: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  3: 'object',
  4: 'array',
  5: 'binData',
  6: 'undefined',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  10: 'null',
  11: 'regex',
  12: 'dbPointer',
  13: 'javascript',
  14: 'symbol',
  15: 'javascriptWithScope',
  16: 'int',
  17: 'timestamp',
  18: 'long',
  19: 'decimal',
  127: 'maxKey',
  255: 'minKey',
}
export const typeName = (type: number): string => NAMES[type] ?? `type ${type}`

/** Deeper than the server allows (100), and far from the end of the stack. */
export const MOST_DEPTH = 200

export const broken = () =>
  userError('source.invalid', 'The server sent a document that is not valid BSON.', {
    hint: 'Is it really MongoDB that answers? Repair the collection (validate).',
  })

/** Where the zero at the end of a name is. @throws LogiDataError */
export function nameEnd(buffer: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) if (buffer[at] === 0) return at
  throw broken()
}

/** A 32-bit number without the checks of `readInt32LE`, which are most of what it costs; what is beyond the end counts as zero. */
export const int32 = (buffer: Buffer, at: number): number =>
  (buffer[at] as number) |
  ((buffer[at + 1] as number) << 8) |
  ((buffer[at + 2] as number) << 16) |
  ((buffer[at + 3] as number) << 24)

/** The length of a part that says it itself. @param more bytes that follow it @throws LogiDataError where it does not lie within the document */
function length(buffer: Buffer, at: number, least: number, end: number, more = 0): number {
  if (at + 4 > end) throw broken()
  const bytes = int32(buffer, at)
  if (bytes < least || bytes + more > end - at) throw broken()
  return bytes
}

/** Where a value ends. @throws LogiDataError where that is not within the document */
export function valueEnd(buffer: Buffer, type: number, at: number, end: number): number {
  const to = at + sizeOf(buffer, type, at, end)
  if (to > end) throw broken()
  return to
}

function sizeOf(buffer: Buffer, type: number, at: number, end: number): number {
  switch (type) {
    case INT:
      return 4
    case DOUBLE:
    case DATE:
    case LONG:
    case TIMESTAMP:
      return 8
    case STRING:
    case SYMBOL:
    case CODE: {
      const bytes = length(buffer, at, 1, end, 4)
      if (buffer[at + 3 + bytes] !== 0) throw broken()
      return 4 + bytes
    }
    case OBJECT_ID:
      return 12
    case NULL:
    case UNDEFINED:
    case MIN_KEY:
    case MAX_KEY:
      return 0
    case BOOLEAN:
      return 1
    case DOCUMENT:
    case ARRAY:
      return length(buffer, at, 5, end)
    case BINARY:
      return 5 + length(buffer, at, 0, end, 5)
    case DECIMAL:
      return 16
    case REGEX:
      return nameEnd(buffer, nameEnd(buffer, at, end) + 1, end) + 1 - at
    case DB_POINTER:
      return 16 + length(buffer, at, 1, end, 16)
    case CODE_WITH_SCOPE:
      return length(buffer, at, 14, end)
    default:
      throw broken()
  }
}

/** What an element is given to. @param from of its name, which ends before `to` @param at of its value, which ends before `end` */
export type Visit = (type: number, from: number, to: number, at: number, end: number) => void

/** Gives the elements of the document that begins at `start`. @returns where it ends @throws LogiDataError */
export function eachElement(buffer: Buffer, start: number, limit: number, visit: Visit): number {
  const end = start + length(buffer, start, 5, limit)
  if (buffer[end - 1] !== 0) throw broken()
  let at = start + 4
  for (;;) {
    const type = buffer[at] as number
    if (type === 0) break
    const to = nameEnd(buffer, at + 1, end)
    const stop = valueEnd(buffer, type, to + 1, end - 1)
    visit(type, at + 1, to, to + 1, stop)
    at = stop
  }
  if (at !== end - 1) throw broken()
  return end
}
