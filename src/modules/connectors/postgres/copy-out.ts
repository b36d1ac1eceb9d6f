import type { Connection, Submittable } from 'pg'

const COPY_DATA = 0x64
/** CopyOutResponse, ParseComplete, BindComplete, NoticeResponse, ParameterStatus, NotificationResponse. */
const PASSED_OVER = new Set([0x48, 0x31, 0x32, 0x4e, 0x53, 0x41])
const HEADER = 5

export interface CopyTaker {
  /** What a message of the server holds: a row, from `start` to `end`. Valid until it returns. What it throws ends the reading. */
  take(bytes: Buffer, start: number, end: number): void
  /** Of so many bytes one will be gathered. May throw. */
  expect?(bytes: number): void
}

/**
 * What a `COPY … TO STDOUT` gives, in the order of its rows. `done` comes once the server has said that all of it was sent, and fails with
 * what the server says instead.
 *
 * The server sends a message per row. `pg-copy-streams` makes objects of each; this looks at them where the socket has put them.
 */
export class CopyOut implements Submittable {
  /** Rows, as the server counted them. */
  readonly done: Promise<bigint>
  /** It ended because of what the taker threw. */
  refused = false
  readonly #text: string
  readonly #taker: CopyTaker
  readonly #resolve: (rows: bigint) => void
  readonly #reject: (thrown: unknown) => void
  #connection: Connection | undefined
  #parser: ((chunk: Buffer) => void) | undefined
  #rows = 0n
  /** Of a message, less than its head. */
  #head: Buffer | undefined
  /** A message that comes in parts, and how much of it is there. */
  #message: Buffer | undefined
  #filled = 0

  constructor(text: string, taker: CopyTaker) {
    this.#text = text
    this.#taker = taker
    const { promise, resolve, reject } = Promise.withResolvers<bigint>()
    this.done = promise
    this.#resolve = resolve
    this.#reject = reject
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
    connection.stream.off('data', this.#parser).on('data', this.#hear)
  }

  readonly #hear = (given: Buffer): void => {
    try {
      this.#read(given)
      // Its memory is wanted back at once: V8 would look through all of its own for every 64 MB of such buffers.
      const { buffer } = given
      if (buffer instanceof ArrayBuffer && given.length === buffer.byteLength) buffer.transfer(0)
    } catch (thrown) {
      this.refused = true
      // What the server still sends is for nobody.
      this.#reject(thrown)
      this.#connection?.stream.off('data', this.#hear).destroy()
    }
  }

  #read(given: Buffer): void {
    let chunk = given
    let at = 0
    if (this.#message) {
      at = given.copy(this.#message, this.#filled)
      this.#filled += at
      if (this.#filled < this.#message.length) return
      const message = this.#message
      this.#message = undefined
      if (message[0] === COPY_DATA) this.#taker.take(message, HEADER, message.length)
    } else if (this.#head) {
      chunk = Buffer.concat([this.#head, given])
      this.#head = undefined
    }
    const { length } = chunk
    while (at < length) {
      if (length - at < HEADER) {
        this.#head = Buffer.from(chunk.subarray(at))
        return
      }
      const kind = chunk[at] ?? 0
      if (kind !== COPY_DATA && !PASSED_OVER.has(kind)) {
        this.#handBack(Buffer.from(chunk.subarray(at)))
        return
      }
      const size = chunk.readUInt32BE(at + 1) + 1
      if (size > length - at) {
        this.#taker.expect?.(size)
        this.#message = Buffer.allocUnsafe(size)
        this.#filled = chunk.copy(this.#message, 0, at)
        return
      }
      if (kind === COPY_DATA) this.#taker.take(chunk, at + HEADER, at + size)
      at += size
    }
  }

  /** The rest is the driver's: the end, or an error. */
  #handBack(rest: Buffer): void {
    const stream = this.#connection?.stream
    const parser = this.#parser
    if (!stream || !parser) return
    stream.off('data', this.#hear).on('data', parser)
    parser(rest)
  }

  handleCommandComplete({ text }: { text: string }): void {
    this.#rows = BigInt(/^COPY (\d+)/.exec(text)?.[1] ?? 0)
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#rows)
  }

  handleError(error: Error): void {
    this.#reject(error)
  }
}
