import { ParquetFile } from '../../kit/parquet/parquet-file.ts'
import * as bson from '../bson/elements.ts'
import type { TextPolicy } from './document-text.ts'
import { fileTypeOf, type LeafPut, leafPut } from './leaf-columns.ts'
import { Names } from './names.ts'
import { failureOf, Misfit, misfitOf, otherField, thereTwice } from './problems.ts'
import { duckType, type ShapeColumn } from './shape.ts'

/** Of documents that wait in the buffers of a file. */
const GROUP_BYTES = 32 * 2 ** 20

/**
 * Whether documents can be put into columns as they come: values that are no documents or arrays, and nothing that takes a whole document back
 * or gathers what is left of it.
 */
export const areByColumns = (
  columns: readonly ShapeColumn[],
  { on_misfit, other_fields, list_missing }: TextPolicy,
): boolean =>
  columns.length > 0 &&
  on_misfit !== 'reject' &&
  other_fields !== 'keep' &&
  !list_missing &&
  columns.every(({ shape }) => fileTypeOf(shape) !== undefined)

/** Documents as a Parquet file with the columns `c0`, `c1`, …, from bytes to bytes. */
export class DocumentColumns {
  documents = 0
  readonly #columns: readonly ShapeColumn[]
  readonly #policy: TextPolicy
  readonly #file: ParquetFile
  readonly #puts: readonly LeafPut[]
  readonly #names: Names
  /** Of the document in which a field was last met. */
  readonly #met: Float64Array
  #document: Buffer = Buffer.alloc(0)
  #next = 0
  #found = 0
  #waiting = 0

  /** @param path where no file is yet @param columns for which `areByColumns` */
  constructor(path: string, columns: readonly ShapeColumn[], policy: TextPolicy) {
    this.#columns = columns
    this.#policy = policy
    this.#names = new Names(columns.map(({ name }) => name))
    this.#met = new Float64Array(columns.length)
    const types = columns.map(({ shape }) => fileTypeOf(shape)).filter((type) => type !== undefined)
    this.#file = new ParquetFile(path, types)
    this.#puts = columns.map(({ shape }, index) => {
      const buffer = this.#file.buffers[index]
      if (shape.kind !== 'leaf' || !buffer) throw new TypeError('a column that is not written by columns')
      return leafPut(shape, buffer, policy.json === 'canonical')
    })
  }

  /** @throws LogiDataError, after which the file is none */
  add(document: Buffer): void {
    this.documents++
    this.#document = document
    this.#next = 0
    this.#found = 0
    try {
      bson.eachElement(document, 0, document.length, this.#visit)
    } catch (thrown) {
      throw thrown instanceof Misfit ? failureOf(document, thrown) : thrown
    }
    if (this.#found < this.#columns.length) this.#skipMissing()
    this.#waiting += document.length
    this.#file.endRow()
    if (this.#waiting < GROUP_BYTES) return
    this.#waiting = 0
    this.#file.endGroup()
  }

  /** Ends the file. @returns its rows */
  finish(): bigint {
    this.#file.finish()
    return BigInt(this.#file.rows)
  }

  /** Always to be called. */
  close(): void {
    this.#file.close()
  }

  readonly #visit: bson.Visit = (type, from, to, at, end) => {
    const document = this.#document
    const index = this.#names.find(document, from, to, this.#next)
    if (index < 0) {
      if (this.#policy.other_fields === 'ignore') return
      throw otherField(document, document.toString('utf8', from, to))
    }
    this.#next = index + 1
    if (this.#met[index] === this.documents) throw thereTwice(this.#columns[index]?.name ?? '')
    this.#met[index] = this.documents
    this.#found++
    if (type === bson.NULL || type === bson.UNDEFINED) this.#file.buffers[index]?.skip()
    else if (!(this.#puts[index] as LeafPut)(document, type, at, end)) this.#misfit(index, type, at, end)
  }

  #misfit(index: number, type: number, at: number, end: number): void {
    const { name, shape } = this.#columns[index] as ShapeColumn
    if (this.#policy.on_misfit !== 'null') throw misfitOf(name, this.#document, type, at, end, duckType(shape))
    this.#file.buffers[index]?.skip()
  }

  #skipMissing(): void {
    for (let index = 0; index < this.#columns.length; index++)
      if (this.#met[index] !== this.documents) this.#file.buffers[index]?.skip()
  }
}
