import * as bson from '../bson/elements.ts'
import { longAsNumber } from '../bson/scalar-text.ts'

/** What one value is, as far as a column's type depends on it. */
export type Kind =
  | 'bool'
  | 'whole'
  | 'double'
  | 'decimal'
  | 'string'
  | 'objectId'
  | 'date'
  | 'uuid'
  | 'blob'
  | 'struct'
  | 'list'
  | 'other'

/** What was seen of a field in the documents of a sample. */
export class Seen {
  /** In the order in which they came. */
  readonly kinds = new Map<Kind, number>()
  readonly fields = new Map<string, Seen>()
  item: Seen | undefined
  /** A whole number beyond what a double holds. */
  bigWhole = false

  field(name: string): Seen {
    const known = this.fields.get(name)
    if (known) return known
    const seen = new Seen()
    this.fields.set(name, seen)
    return seen
  }

  /** Takes in the fields of a document. @throws LogiDataError */
  document(buffer: Buffer, at: number, end: number, depth = 0): void {
    if (depth > bson.MOST_DEPTH) throw bson.broken()
    bson.eachElement(buffer, at, end, (type, from, to, value, stop) => {
      this.field(buffer.toString('utf8', from, to)).value(buffer, type, value, stop, depth)
    })
  }

  value(buffer: Buffer, type: number, at: number, end: number, depth: number): void {
    const kind = this.#kindOf(buffer, type, at, end)
    if (kind === undefined) return
    this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + 1)
    if (kind === 'struct') this.document(buffer, at, end, depth + 1)
    if (kind !== 'list') return
    if (depth > bson.MOST_DEPTH) throw bson.broken()
    const item = this.item ?? new Seen()
    this.item = item
    bson.eachElement(buffer, at, end, (each, _from, _to, value, stop) => {
      item.value(buffer, each, value, stop, depth + 1)
    })
  }

  #kindOf(buffer: Buffer, type: number, at: number, end: number): Kind | undefined {
    switch (type) {
      case bson.NULL:
      case bson.UNDEFINED:
        return undefined
      case bson.BOOLEAN:
        return 'bool'
      case bson.INT:
        return 'whole'
      case bson.LONG:
        if (longAsNumber(buffer, at) === undefined) this.bigWhole = true
        return 'whole'
      case bson.DOUBLE:
        return 'double'
      case bson.DECIMAL:
        return 'decimal'
      case bson.STRING:
        return 'string'
      case bson.OBJECT_ID:
        return 'objectId'
      case bson.DATE:
        return 'date'
      case bson.DOCUMENT:
        return 'struct'
      case bson.ARRAY:
        return 'list'
      case bson.BINARY:
        if (buffer[at + 4] === 4 && end - at === 21) return 'uuid'
        return buffer[at + 4] === 0 ? 'blob' : 'other'
      default:
        return 'other'
    }
  }
}
