import { closeSync, openSync, writevSync } from 'node:fs'
import { constants, zstdCompressSync } from 'node:zlib'
import { BitBuffer, ByteBuffer, type ColumnBuffer, WordBuffer } from './column-buffer.ts'
import { type ParquetType, PHYSICAL, schemaElement } from './parquet-types.ts'
import { i32, i64, list, struct, type ThriftFields, type ThriftValue, text, thriftBytes } from './thrift.ts'

const MAGIC = Buffer.from('PAR1')
const ROWS = 30_720
/** Of one column: a page and its parts are counted in 32 bits, and everything of a group waits in memory. */
const BYTES = 32 * 2 ** 20
const ZSTD = 6
/** The least that is worth it: these files are read once or twice. */
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A column's: of one bit, of words, or of bytes, as its physical type is. */
export type AnyBuffer = BitBuffer | WordBuffer | ByteBuffer

/**
 * A Parquet file with columns `c0`, `c1`, …, written by columns as rows come off a wire, without a value of JavaScript for each: values are
 * put into the buffers of the columns, and `endRow` says that each has one more. Writes are synchronous: the thread pool may be held by
 * queries that wait for this.
 * @see https://parquet.apache.org/docs/file-format/
 */
export class ParquetFile {
  /** One for each column. */
  readonly buffers: readonly AnyBuffer[]
  rows = 0
  readonly #types: readonly ParquetType[]
  readonly #file: number
  readonly #groups: ThriftValue[] = []
  readonly #lastOf: ColumnBuffer | undefined
  #at = 0
  #closed = false

  /** @param path where no file is yet @param types of the columns */
  constructor(path: string, types: readonly ParquetType[]) {
    this.#types = types
    this.buffers = types.map(columnBuffer)
    this.#lastOf = this.buffers.at(-1)
    this.#file = openSync(path, 'wx', 0o600)
    this.#write([MAGIC])
  }

  /** To be called after each row. */
  endRow(): void {
    this.rows++
    const { rows = 0 } = this.#lastOf ?? {}
    // Sizes are looked at now and then: a single row cannot hold as much as is left above the limit.
    if (rows >= ROWS || ((rows & 63) === 0 && this.#isLarge())) this.endGroup()
  }

  /** Ends the file. */
  finish(): void {
    this.endGroup()
    const root: ThriftFields = { 4: text('root'), 5: i32(this.#types.length) }
    const foot = thriftBytes({
      1: i32(1),
      2: list([root, ...this.#types.map((type, index) => schemaElement(nameOf(index), type))].map(struct)),
      3: i64(this.rows),
      4: list(this.#groups),
      6: text('LogiData Studio'),
    })
    const length = Buffer.alloc(4)
    length.writeUInt32LE(foot.length)
    this.#write([foot, length, MAGIC])
    this.close()
  }

  /** Always to be called; what was written of a file that did not come to its end is no Parquet file. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#file)
  }

  #isLarge(): boolean {
    return this.buffers.some(({ size }) => size > BYTES)
  }

  /** Writes what waits in memory. A caller that knows how much that is may do so before the file would. */
  endGroup(): void {
    const { rows = 0 } = this.#lastOf ?? {}
    if (rows === 0) return
    const started = this.#at
    const chunks = this.#types.map(({ physical }, index) => {
      const buffer = this.buffers[index]
      if (buffer?.rows !== rows) throw new TypeError(`column ${index} has ${buffer?.rows} of ${rows} rows`)
      return this.#endColumn(nameOf(index), PHYSICAL[physical], buffer)
    })
    this.#groups.push(struct({ 1: list(chunks), 2: i64(this.#at - started), 3: i64(rows) }))
  }

  #endColumn(name: string, physical: number, buffer: ColumnBuffer): ThriftValue {
    const plain = buffer.page()
    const data = zstdCompressSync(plain, FAST)
    const head = thriftBytes({
      1: i32(0),
      2: i32(plain.length),
      3: i32(data.length),
      5: struct({ 1: i32(buffer.rows), 2: i32(0), 3: i32(3), 4: i32(3) }),
    })
    const offset = this.#at
    this.#write([head, data])
    const { rows } = buffer
    buffer.clear()
    return struct({
      2: i64(offset),
      3: struct({
        1: i32(physical),
        2: list([i32(0), i32(3)]),
        3: list([text(name)]),
        4: i32(ZSTD),
        5: i64(rows),
        6: i64(head.length + plain.length),
        7: i64(head.length + data.length),
        9: i64(offset),
      }),
    })
  }

  #write(parts: readonly Uint8Array[]): void {
    let rest = parts.filter((part) => part.length > 0)
    while (rest.length > 0) {
      let written = writevSync(this.#file, rest)
      this.#at += written
      while (rest[0] && written >= rest[0].length) {
        written -= rest[0].length
        rest = rest.slice(1)
      }
      if (rest[0] && written > 0) rest = [rest[0].subarray(written), ...rest.slice(1)]
    }
  }
}

const nameOf = (index: number): string => `c${index}`

/** Where the values of a column wait for their page. */
function columnBuffer({ physical, width }: ParquetType): AnyBuffer {
  if (physical === 'boolean') return new BitBuffer(ROWS)
  if (physical === 'bytes') return new ByteBuffer(ROWS)
  if (physical === 'fixed') return new ByteBuffer(ROWS, false)
  return new WordBuffer(ROWS, width === 8 ? 2 : 1)
}
