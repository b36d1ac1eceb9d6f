import { zstdCompressSync, zstdDecompressSync } from 'node:zlib'
import { CompressionType, compressionRegistry } from 'apache-arrow'

/** One buffer of a record batch; more than that is an attack or a mistake. */
const MOST = 2 ** 30

/** Teaches the library the two codecs of the format: it brings none itself. */
export function registerCodecs(): void {
  compressionRegistry.set(CompressionType.ZSTD, {
    encode: (data) => zstdCompressSync(data),
    decode: (data) => zstdDecompressSync(data, { maxOutputLength: MOST }),
  })
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame })
}

/**
 * An LZ4 frame, by lz4_Frame_format.md and lz4_Block_format.md of lz4/lz4. Checksums are passed over.
 * @throws RangeError
 */
export function decodeLz4Frame(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.getUint32(0, true) !== 0x184d2204) throw new RangeError('this is no LZ4 frame')
  const flags = view.getUint8(4)
  const [blockSums, sized, dictionary] = [flags & 16, flags & 8, flags & 1]
  if (flags >> 6 !== 1 || dictionary) throw new RangeError('this LZ4 frame is of a kind that is not read')
  const output = new Output(sized ? Number(view.getBigUint64(6, true)) : bytes.length * 4)
  let at = 7 + (sized ? 8 : 0)
  for (;;) {
    const size = view.getUint32(at, true)
    at += 4
    if (size === 0) return output.bytes()
    const length = size & 0x7fffffff
    if (at + length > bytes.length) throw new RangeError('this LZ4 frame is cut off')
    const block = bytes.subarray(at, at + length)
    if (size >>> 31) output.add(block)
    else decodeBlock(block, output)
    at += length + (blockSums ? 4 : 0)
  }
}

class Output {
  #bytes: Uint8Array
  #length = 0

  constructor(expected: number) {
    if (expected > MOST) throw new RangeError('this LZ4 frame is too large')
    this.#bytes = new Uint8Array(expected)
  }

  #room(more: number): void {
    const needed = this.#length + more
    if (needed > MOST) throw new RangeError('this LZ4 frame is too large')
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  add(bytes: Uint8Array): void {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** What is copied may reach into what the copying makes. */
  repeat(distance: number, count: number): void {
    if (distance < 1 || distance > this.#length) throw new RangeError('this LZ4 block refers to what is not there')
    this.#room(count)
    const bytes = this.#bytes
    let to = this.#length
    for (let from = to - distance, left = count; left > 0; left--) bytes[to++] = bytes[from++] ?? 0
    this.#length = to
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}

function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0
  const next = (): number => {
    const byte = block[at++]
    if (byte === undefined) throw new RangeError('this LZ4 block is cut off')
    return byte
  }
  const lengthOf = (start: number): number => {
    let length = start
    if (start !== 15) return length
    for (let more = 255; more === 255; ) {
      more = next()
      length += more
    }
    return length
  }
  while (at < block.length) {
    const token = next()
    const literals = lengthOf(token >> 4)
    if (at + literals > block.length) throw new RangeError('this LZ4 block is cut off')
    output.add(block.subarray(at, at + literals))
    at += literals
    // The last sequence has only literals.
    if (at >= block.length) return
    const distance = next() | (next() << 8)
    output.repeat(distance, lengthOf(token & 15) + 4)
  }
}
