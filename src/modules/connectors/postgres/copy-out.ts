import { Readable } from 'node:stream'
import type { Connection, Submittable } from 'pg'

const COPY_DATA = 0x64
/** CopyOutResponse, ParseComplete, BindComplete, NoticeResponse, ParameterStatus, NotificationResponse. */
const PASSED_OVER = new Set([0x48, 0x31, 0x32, 0x4e, 0x53, 0x41])
const HEADER = 5

/**
 * The text of a `COPY … TO STDOUT`. It ends once the server has said that all of it was sent, and fails with what the server says instead.
 *
 * The server sends a message per row. `pg-copy-streams` makes objects of each; this takes the heads of the messages out of what the socket gave,
 * in place.
 */
export class CopyOut extends Readable implements Submittable {
  /** As the server counted them; known at the end. */
  rows = 0n
  readonly #text: string
  #connection: Connection | undefined
  #parser: ((chunk: Buffer) => void) | undefined
  /** Of a message, less than its head. */
  #head: Buffer | undefined
  /** Bytes of the current message that are still to come. */
  #left = 0
  #isData = false
  #done = false

  constructor(text: string) {
    super({ highWaterMark: 512 * 1024 })
    this.#text = text
  }

  submit(connection: Connection): void {
    this.#connection = connection
    // By the extended protocol a text with a second statement is an error.
    const more = undefined as never
    connection.parse({ text: this.#text, name: '', types: [] }, more)
    connection.bind({ portal: '', statement: '', values: [] }, more)
    connection.execute({ portal: '', rows: '' }, more)
    connection.sync()
    const [parser] = connection.stream.listeners('data')
    this.#parser = parser as (chunk: Buffer) => void
    connection.stream.off('data', this.#parser).on('data', this.#take)
  }

  override _read(): void {
    if (!this.#done) this.#connection?.stream.resume()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What the server still sends is for nobody.
    if (!this.#done) this.#connection?.stream.destroy()
    done(error)
  }

  readonly #take = (given: Buffer): void => {
    const chunk = this.#head ? Buffer.concat([this.#head, given]) : given
    this.#head = undefined
    const length = chunk.length
    let kept = 0
    let at = 0
    while (at < length) {
      if (this.#left > 0) {
        const size = Math.min(this.#left, length - at)
        if (this.#isData) {
          if (kept !== at) chunk.copyWithin(kept, at, at + size)
          kept += size
        }
        at += size
        this.#left -= size
        continue
      }
      if (length - at < HEADER) {
        this.#head = Buffer.from(chunk.subarray(at))
        break
      }
      const kind = chunk[at] ?? 0
      this.#isData = kind === COPY_DATA
      if (!this.#isData && !PASSED_OVER.has(kind)) {
        this.#handBack(Buffer.from(chunk.subarray(at)))
        break
      }
      this.#left = chunk.readUInt32BE(at + 1) - 4
      at += HEADER
    }
    if (kept > 0 && !this.push(chunk.subarray(0, kept)) && !this.#done) this.#connection?.stream.pause()
  }

  /** The rest is the driver's: the end, or an error. */
  #handBack(rest: Buffer): void {
    const stream = this.#connection?.stream
    const parser = this.#parser
    if (!stream || !parser) return
    this.#done = true
    stream.off('data', this.#take).on('data', parser)
    // After what was kept of this chunk.
    queueMicrotask(() => {
      stream.resume()
      parser(rest)
    })
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.rows = BigInt(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
  }

  handleReadyForQuery(): void {
    this.push(null)
  }

  handleError(error: Error): void {
    this.#done = true
    this.destroy(error)
  }
}
