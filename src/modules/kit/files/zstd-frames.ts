import { Readable } from 'node:stream'
import { createZstdDecompress } from 'node:zlib'

/**
 * Decompresses a zstd file of any number of frames, as appending makes and compressors of several threads write. Node's own stream (24) ends
 * after the first one and says nothing of the rest. Format: RFC 8878.
 * @throws the errors of Node's stream, for what is damaged or cut off
 */
export async function* readZstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const input = new Cursor(source)
  try {
    do {
      if (await skipped(input)) continue
      const unpack = createZstdDecompress()
      const frame = Readable.from(piecesOfFrame(input))
      frame.on('error', (error) => unpack.destroy(error))
      for await (const chunk of frame.pipe(unpack)) yield chunk as Buffer
    } while ((await input.peek(1)).length > 0)
  } finally {
    await input.close()
  }
}

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50

/** Frames for users, which are no data. */
async function skipped(input: Cursor): Promise<boolean> {
  const head = await input.peek(8)
  if (head.length < 8 || (head.readUInt32LE(0) & 0xfffffff0) >>> 0 !== SKIPPABLE) return false
  for await (const _ of input.take(8 + head.readUInt32LE(4)));
  return true
}

/** One frame; all that is left where it is none, for which the decompressor finds words. */
async function* piecesOfFrame(input: Cursor): AsyncGenerator<Buffer> {
  const head = await input.peek(5)
  if (head.length < 5 || head.readUInt32LE(0) !== MAGIC) {
    yield* input.take(Number.POSITIVE_INFINITY)
    return
  }
  const flags = head[4] ?? 0
  const isSingle = (flags & 0x20) !== 0
  const sizes = [isSingle ? 1 : 0, 2, 4, 8]
  const dictionaries = [0, 1, 2, 4]
  yield* input.take(5 + Number(!isSingle) + (dictionaries[flags & 3] ?? 0) + (sizes[flags >> 6] ?? 0))
  for (let last = false; !last; ) {
    const block = await input.peek(3)
    if (block.length < 3) return
    const header = block.readUIntLE(0, 3)
    last = (header & 1) === 1
    // A run of one byte has that byte only.
    const isRun = ((header >> 1) & 3) === 1
    yield* input.take(3 + (isRun ? 1 : header >> 3))
  }
  if (flags & 4) yield* input.take(4)
}

class Cursor {
  readonly #source: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  /** The next bytes, fewer where the file ends. */
  async peek(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      const { done, value } = await this.#source.next()
      if (done) break
      this.#held = this.#held.length === 0 ? value : Buffer.concat([this.#held, value])
    }
    return this.#held.subarray(0, length)
  }

  async *take(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      if ((await this.peek(1)).length === 0) return
      const piece = this.#held.subarray(0, Math.min(left, this.#held.length))
      this.#held = this.#held.subarray(piece.length)
      left -= piece.length
      yield piece
    }
  }

  async close(): Promise<void> {
    await this.#source.return?.()
  }
}
