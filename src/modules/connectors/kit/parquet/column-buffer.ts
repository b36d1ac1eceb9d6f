import { varintBytes } from './thrift.ts'

/** Copying less than that a byte at a time costs less than a call. */
const SHORT = 48

/** The values of one column of a row group, as its page holds them. Each row is a value put, or `skip`. */
export abstract class ColumnBuffer {
  /** Rows, values or not. */
  rows = 0
  nulls = 0
  readonly #present: Uint8Array
  /** Bytes before the values, for what a page says of which are there: its length, the head of a run, a bit for each row. */
  protected readonly room: number

  /** @param capacity rows that fit */
  constructor(capacity: number) {
    const bits = (capacity + 7) >> 3
    this.#present = new Uint8Array(bits).fill(0xff)
    // Whole words, so that values can be words.
    this.room = (4 + 5 + bits + 7) & ~7
  }

  /** A row without a value. */
  skip(): void {
    const at = this.rows >> 3
    this.#present[at] = (this.#present[at] ?? 0) & ~(1 << (this.rows & 7))
    this.nulls++
    this.rows++
  }

  /** Bytes of the values so far. */
  abstract readonly size: number

  /** The room and the values. */
  protected abstract readonly bytes: Uint8Array

  /** What a page holds after its head. Valid until the next value is put. */
  page(): Uint8Array {
    // One run: all there, or a bit for each.
    const count = (this.rows + 7) >> 3
    const run = this.nulls === 0 ? [...varintBytes(this.rows * 2), 1] : varintBytes(count * 2 + 1)
    const bits = this.nulls === 0 ? 0 : count
    const start = this.room - 4 - run.length - bits
    const { bytes } = this
    new DataView(bytes.buffer, bytes.byteOffset).setUint32(start, run.length + bits, true)
    bytes.set(run, start + 4)
    bytes.set(this.#present.subarray(0, bits), start + 4 + run.length)
    return bytes.subarray(start, this.room + this.size)
  }

  clear(): void {
    if (this.nulls > 0) this.#present.fill(0xff)
    this.rows = 0
    this.nulls = 0
  }
}

export class BitBuffer extends ColumnBuffer {
  protected readonly bytes: Uint8Array
  readonly #bits: Uint8Array
  #length = 0

  constructor(capacity: number) {
    super(capacity)
    this.bytes = new Uint8Array(this.room + ((capacity + 7) >> 3))
    this.#bits = this.bytes.subarray(this.room)
  }

  put(value: boolean): void {
    const at = this.#length >> 3
    if (value) this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (this.#length & 7))
    this.#length++
    this.rows++
  }

  get size(): number {
    return (this.#length + 7) >> 3
  }

  override clear(): void {
    super.clear()
    this.#bits.fill(0)
    this.#length = 0
  }
}

/** Values of four or eight bytes, least significant first. */
export class WordBuffer extends ColumnBuffer {
  protected readonly bytes: Uint8Array
  readonly #words: Uint32Array
  #length = 0

  /** @param words of a value, 1 or 2 */
  constructor(capacity: number, words: 1 | 2) {
    super(capacity)
    this.bytes = new Uint8Array(this.room + capacity * words * 4)
    this.#words = new Uint32Array(this.bytes.buffer, this.room)
  }

  put(word: number): void {
    this.#words[this.#length++] = word
    this.rows++
  }

  putTwo(low: number, high: number): void {
    this.#words[this.#length] = low
    this.#words[this.#length + 1] = high
    this.#length += 2
    this.rows++
  }

  /** @param value a safe integer, as 64 bits */
  putInteger(value: number): void {
    this.putTwo(value, Math.floor(value / 2 ** 32))
  }

  /** @param value of 64 bits, signed or not */
  putBigInt(value: bigint): void {
    this.putTwo(Number(BigInt.asUintN(32, value)), Number(BigInt.asIntN(32, value >> 32n)))
  }

  get size(): number {
    return this.#length * 4
  }

  override clear(): void {
    super.clear()
    this.#length = 0
  }
}

/** Texts and bytes, each behind its length, or all of one length. */
export class ByteBuffer extends ColumnBuffer {
  protected bytes: Uint8Array
  /** Where the next value goes. */
  #at: number
  readonly #withLength: boolean

  constructor(capacity: number, withLength = true) {
    super(capacity)
    this.bytes = new Uint8Array(this.room + capacity * 16)
    this.#at = this.room
    this.#withLength = withLength
  }

  put(from: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.#at + length + 4 > this.bytes.length) this.#grow(length + 4)
    const { bytes } = this
    let at = this.#at
    if (this.#withLength) {
      bytes[at] = length
      bytes[at + 1] = length >>> 8
      bytes[at + 2] = length >>> 16
      bytes[at + 3] = length >>> 24
      at += 4
    }
    if (length < SHORT) for (let index = start; index < end; index++) bytes[at++] = from[index] as number
    else {
      bytes.set(from.subarray(start, end), at)
      at += length
    }
    this.#at = at
    this.rows++
  }

  get size(): number {
    return this.#at - this.room
  }

  override clear(): void {
    super.clear()
    this.#at = this.room
  }

  #grow(more: number): void {
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.#at + more))
    grown.set(this.bytes.subarray(0, this.#at))
    this.bytes = grown
  }
}
