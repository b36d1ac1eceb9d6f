import { varintBytes } from './thrift.ts'

/** Copying less than that a byte at a time costs less than a call. */
const SHORT = 48

/** The values of one column of a row group, as its page holds them. Each row is a value put, or `skip`. */
export abstract class ColumnBuffer {
  /** Rows, values or not. */
  rows = 0
  nulls = 0
  readonly #present: Uint8Array

  /** @param capacity rows that fit */
  constructor(capacity: number) {
    this.#present = new Uint8Array((capacity + 7) >> 3).fill(0xff)
  }

  /** A row without a value. */
  skip(): void {
    const at = this.rows >> 3
    this.#present[at] = (this.#present[at] ?? 0) & ~(1 << (this.rows & 7))
    this.nulls++
    this.rows++
  }

  /** Bytes so far. */
  abstract readonly size: number

  /** The values one after the other. Valid until the next one is put. */
  protected abstract values(): Uint8Array

  /** What a page holds after its head: which rows have a value, and the values. */
  page(): readonly Uint8Array[] {
    // One run: all there, or a bit for each.
    const bytes = (this.rows + 7) >> 3
    const run = this.nulls === 0 ? [...varintBytes(this.rows * 2), 1] : varintBytes(bytes * 2 + 1)
    const bits = this.nulls === 0 ? new Uint8Array(0) : this.#present.subarray(0, bytes)
    const length = Buffer.alloc(4)
    length.writeUInt32LE(run.length + bits.length)
    return [length, Uint8Array.from(run), bits, this.values()]
  }

  clear(): void {
    if (this.nulls > 0) this.#present.fill(0xff)
    this.rows = 0
    this.nulls = 0
  }
}

export class BitBuffer extends ColumnBuffer {
  readonly #bits: Uint8Array
  #length = 0

  constructor(capacity: number) {
    super(capacity)
    this.#bits = new Uint8Array((capacity + 7) >> 3)
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

  protected values(): Uint8Array {
    return this.#bits.subarray(0, this.size)
  }

  override clear(): void {
    super.clear()
    this.#bits.fill(0)
    this.#length = 0
  }
}

/** Values of four or eight bytes, least significant first. */
export class WordBuffer extends ColumnBuffer {
  readonly #words: Uint32Array
  #length = 0

  /** @param words of a value, 1 or 2 */
  constructor(capacity: number, words: 1 | 2) {
    super(capacity)
    this.#words = new Uint32Array(capacity * words)
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

  protected values(): Uint8Array {
    return new Uint8Array(this.#words.buffer, 0, this.size)
  }

  override clear(): void {
    super.clear()
    this.#length = 0
  }
}

/** Texts and bytes, each behind its length, or all of one length. */
export class ByteBuffer extends ColumnBuffer {
  #bytes: Buffer
  #length = 0
  readonly #withLength: boolean

  constructor(capacity: number, withLength = true) {
    super(capacity)
    this.#bytes = Buffer.allocUnsafeSlow(capacity * 16)
    this.#withLength = withLength
  }

  put(from: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.#length + length + 4 > this.#bytes.length) this.#grow(length + 4)
    const bytes = this.#bytes
    let at = this.#length
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
    this.#length = at
    this.rows++
  }

  get size(): number {
    return this.#length
  }

  protected values(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  override clear(): void {
    super.clear()
    this.#length = 0
  }

  #grow(more: number): void {
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#length + more))
    this.#bytes.copy(grown, 0, 0, this.#length)
    this.#bytes = grown
  }
}
