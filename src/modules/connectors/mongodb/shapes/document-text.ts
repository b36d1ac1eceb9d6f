import { isUtf8 } from 'node:buffer'
import * as bson from '../bson/elements.ts'
import { extendedJson } from '../bson/extended-json.ts'
import { TextOut } from '../bson/text-out.ts'
import { type LeafWriter, leafWriter, QUOTE } from './leaves.ts'
import { Names } from './names.ts'
import { failureOf, idOf, Misfit, misfitOf, notUtf8, otherField, thereTwice } from './problems.ts'
import { duckType, type Shape, type ShapeColumn } from './shape.ts'

export interface TextPolicy {
  readonly on_misfit: 'fail' | 'reject' | 'null'
  /** Fields that the columns do not have. `keep`: a column of JSON after the others. */
  readonly other_fields: 'fail' | 'ignore' | 'keep'
  /** A column with the names of those that a document does not have, after the others. */
  readonly list_missing: boolean
  readonly json: 'relaxed' | 'canonical'
}

export const DELIMITER = 0x1f
/** Stands for NULL: no line is empty, even where there is but one column. */
const NO_VALUE = 0x1d
/** Longer lines go a way of their own, since DuckDB reads ahead by the longest line that there may be. */
export const LONG_LINE = 2_000_000

type Node =
  | { readonly kind: 'leaf'; readonly write: LeafWriter; readonly type: string }
  | { readonly kind: 'list'; readonly item: Node }
  | {
      readonly kind: 'struct'
      readonly fields: readonly { readonly json: Buffer; readonly node: Node; readonly name: string }[]
      readonly names: Names
      /** Of the document in which a field was last met. */
      readonly met: Float64Array
    }

/** A document that was sent to the rejects: _id, field, reason, all of it as Extended JSON. */
export type RejectedDocument = readonly [string, string, string, string]

/** Documents as lines of text, from bytes to bytes. */
export class DocumentText {
  readonly out = new TextOut()
  rejected: RejectedDocument[] = []
  /** Lines that are too long for the others. */
  long: Buffer[] = []
  rows = 0
  readonly #columns: readonly ShapeColumn[]
  readonly #nodes: readonly Node[]
  readonly #names: Names
  readonly #policy: TextPolicy
  readonly #canonical: boolean
  readonly #types: Uint8Array
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #path: string[] = []
  readonly #others = new TextOut()
  #documents = 0

  constructor(columns: readonly ShapeColumn[], policy: TextPolicy) {
    this.#columns = columns
    this.#policy = policy
    this.#canonical = policy.json === 'canonical'
    this.#nodes = columns.map(({ shape }) => this.#node(shape))
    this.#names = new Names(columns.map(({ name }) => name))
    this.#types = new Uint8Array(columns.length)
    this.#starts = new Int32Array(columns.length)
    this.#ends = new Int32Array(columns.length)
  }

  #node(shape: Shape): Node {
    if (shape.kind === 'list') return { kind: 'list', item: this.#node(shape.item) }
    if (shape.kind === 'leaf') {
      const { type, any = false, only } = shape
      return { kind: 'leaf', type: duckType(shape), write: leafWriter(type, any, only, this.#canonical) }
    }
    return {
      kind: 'struct',
      fields: shape.fields.map(({ name, shape: each }) => ({
        name,
        json: Buffer.from(`${JSON.stringify(name)}:`),
        node: this.#node(each),
      })),
      names: new Names(shape.fields.map(({ name }) => name)),
      met: new Float64Array(shape.fields.length),
    }
  }

  /** Adds a line, or a reject. @throws LogiDataError */
  add(document: Buffer): void {
    const { out } = this
    const from = out.at
    this.#documents++
    try {
      this.#line(document)
      if (!isUtf8(out.buffer.subarray(from, out.at))) throw notUtf8()
    } catch (thrown) {
      if (!(thrown instanceof Misfit)) throw thrown
      out.at = from
      if (this.#policy.on_misfit !== 'reject') throw failureOf(document, thrown)
      this.rejected.push([idOf(document), thrown.path, thrown.message, everything(document)])
      return
    }
    this.rows++
    if (out.at - from <= LONG_LINE) return
    this.long.push(Buffer.from(out.buffer.subarray(from, out.at)))
    out.at = from
  }

  /** Takes what was written since the last time. */
  take(): Buffer {
    const text = this.out.buffer.subarray(0, this.out.at)
    this.out.buffer = Buffer.allocUnsafe(320 * 1024)
    this.out.at = 0
    return text
  }

  #line(document: Buffer): void {
    const types = this.#types.fill(0)
    this.#path.length = 0
    this.#others.at = 0
    let next = 0
    bson.eachElement(document, 0, document.length, (type, from, to, at, end) => {
      const index = this.#names.find(document, from, to, next)
      if (index < 0) {
        this.#other(document, type, from, to, at, end)
        return
      }
      next = index + 1
      if (types[index] !== 0) throw thereTwice(this.#columns[index]?.name ?? '')
      types[index] = type
      this.#starts[index] = at
      this.#ends[index] = end
    })
    const { out } = this
    for (let index = 0; index < this.#nodes.length; index++) {
      out.room(2)
      if (index > 0) out.put(DELIMITER)
      const type = types[index] as number
      if (type === 0 || type === bson.NULL || type === bson.UNDEFINED) out.put(NO_VALUE)
      else this.#cell(index, document, type)
    }
    this.#afterColumns(types)
    out.room(1)
    out.put(0x0a)
  }

  #cell(index: number, document: Buffer, type: number): void {
    const { out } = this
    const node = this.#nodes[index] as Node
    const at = this.#starts[index] as number
    const end = this.#ends[index] as number
    const from = out.at
    this.#path.length = 0
    this.#path.push(this.#columns[index]?.name ?? '')
    if (node.kind === 'leaf') {
      if (node.write(out, document, type, at, end, false)) return
      out.at = from
      if (this.#policy.on_misfit !== 'null') throw this.#misfit(document, type, at, end, node.type)
      out.put(NO_VALUE)
      return
    }
    try {
      out.room(1)
      out.put(QUOTE)
      this.#nested(node, document, type, at, end)
      out.room(1)
      out.put(QUOTE)
    } catch (thrown) {
      out.at = from
      if (!(thrown instanceof Misfit) || this.#policy.on_misfit !== 'null') throw thrown
      out.put(NO_VALUE)
    }
  }

  #nested(node: Node, document: Buffer, type: number, at: number, end: number): void {
    const { out } = this
    if (type === bson.NULL || type === bson.UNDEFINED) {
      out.ascii('null')
      return
    }
    if (node.kind === 'leaf') {
      const from = out.at
      if (node.write(out, document, type, at, end, true)) return
      out.at = from
      if (this.#policy.on_misfit !== 'null') throw this.#misfit(document, type, at, end, node.type)
      out.ascii('null')
      return
    }
    if (type !== (node.kind === 'list' ? bson.ARRAY : bson.DOCUMENT)) {
      if (this.#policy.on_misfit === 'null') {
        out.ascii('null')
        return
      }
      throw this.#misfit(document, type, at, end, node.kind === 'list' ? 'list' : 'document')
    }
    if (node.kind === 'list') this.#list(node.item, document, at, end)
    else this.#struct(node, document, at, end)
  }

  #list(item: Node, document: Buffer, at: number, end: number): void {
    const { out } = this
    out.room(1)
    out.put(0x5b)
    let first = true
    bson.eachElement(document, at, end, (type, _from, _to, value, stop) => {
      out.room(1)
      if (!first) out.put(0x2c)
      first = false
      this.#nested(item, document, type, value, stop)
    })
    out.room(1)
    out.put(0x5d)
  }

  #struct({ fields, names, met }: Extract<Node, { kind: 'struct' }>, document: Buffer, at: number, end: number): void {
    const { out } = this
    // A number of its own for each document in each list, so that nothing has to be cleared.
    const mark = ++this.#marks
    let next = 0
    let first = true
    const key = (json: Buffer) => {
      out.room(2)
      out.put(first ? 0x7b : 0x2c)
      first = false
      out.bytes(json, 0, json.length)
    }
    bson.eachElement(document, at, end, (type, from, to, value, stop) => {
      const index = names.find(document, from, to, next)
      if (index < 0) {
        this.#other(document, type, from, to, value, stop)
        return
      }
      next = index + 1
      const { json, node, name } = fields[index] as (typeof fields)[number]
      this.#path.push(name)
      if (met[index] === mark) throw thereTwice(this.#path.join('.'))
      met[index] = mark
      key(json)
      this.#nested(node, document, type, value, stop)
      this.#path.pop()
    })
    for (let index = 0; index < fields.length; index++) {
      if (met[index] === mark) continue
      key((fields[index] as (typeof fields)[number]).json)
      out.ascii('null')
    }
    out.room(1)
    out.put(0x7d)
  }
  #marks = 0

  /** A field that no column has. */
  #other(document: Buffer, type: number, from: number, to: number, at: number, end: number): void {
    const { other_fields } = this.#policy
    if (other_fields === 'ignore') return
    const name = document.toString('utf8', from, to)
    const path = [...this.#path, name].join('.')
    if (other_fields === 'fail') throw otherField(document, path)
    const others = this.#others
    others.room(1)
    others.put(others.at === 0 ? 0x7b : 0x2c)
    const bytes = Buffer.from(path)
    others.json(bytes, 0, bytes.length)
    others.ascii(':')
    extendedJson(others, document, type, at, end, this.#canonical)
  }

  #afterColumns(types: Uint8Array): void {
    const { out } = this
    if (this.#policy.other_fields === 'keep') {
      out.room(1)
      if (this.#nodes.length > 0) out.put(DELIMITER)
      if (this.#others.at > 0) {
        this.#others.ascii('}')
        out.quoted(this.#others.buffer, 0, this.#others.at, QUOTE)
      } else {
        out.room(1)
        out.put(NO_VALUE)
      }
    }
    if (!this.#policy.list_missing) return
    const names = this.#columns.filter((_, index) => types[index] === 0).map(({ column }) => column)
    const text = Buffer.from(JSON.stringify(names))
    out.room(1)
    out.put(DELIMITER)
    out.quoted(text, 0, text.length, QUOTE)
  }

  #misfit(document: Buffer, type: number, at: number, end: number, wanted: string): Misfit {
    return misfitOf(this.#path.join('.'), document, type, at, end, wanted)
  }

  /** How many documents were given. */
  get documents(): number {
    return this.#documents
  }
}

function everything(document: Buffer): string {
  const out = new TextOut()
  extendedJson(out, document, bson.DOCUMENT, 0, document.length, true)
  return out.buffer.toString('utf8', 0, out.at)
}
