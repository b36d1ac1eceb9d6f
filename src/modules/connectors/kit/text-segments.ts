import { createWriteStream, type WriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { cancelledError } from '../../../shared/errors.ts'
import type { TextPipe } from './text-pipe-request.ts'

const SEGMENT_BYTES = 64 * 2 ** 20
const LINE_FEED = 0x0a

/**
 * As `textPipe`, by files of about `segmentBytes` each, cut between records: one is written while the one before is read. For systems
 * without named pipes.
 */
export async function fillSegments(request: TextPipe, segmentBytes = SEGMENT_BYTES): Promise<bigint> {
  const ending = new AbortController()
  const both = AbortSignal.any([request.signal, ending.signal])
  const segments = new Segments(request, segmentBytes)
  try {
    await request.fill(segments, both)
    if (!segments.writableEnded) segments.end()
    await finished(segments)
    return segments.rows
  } catch (thrown) {
    if (request.signal.aborted) throw cancelledError()
    throw segments.failure ?? thrown
  } finally {
    ending.abort()
    segments.destroy()
    await segments.left()
  }
}

class Segments extends Writable {
  rows = 0n
  failure: Error | undefined
  readonly #request: TextPipe
  readonly #bytes: number
  readonly #quote: number | undefined
  #file: { readonly path: string; readonly stream: WriteStream; bytes: number } | undefined
  #reading: Promise<void> = Promise.resolve()
  #inQuotes = false

  constructor(request: TextPipe, bytes: number) {
    super({ decodeStrings: true, highWaterMark: 256 * 1024 })
    this.on('error', () => undefined)
    this.#request = request
    this.#bytes = bytes
    this.#quote = request.quote?.charCodeAt(0)
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#take(chunk).then(() => done(), done)
  }

  override _final(done: (error?: Error | null) => void): void {
    // A text without records is a SELECT without rows.
    this.#open()
    this.#cut()
      .then(() => this.#reading)
      .then(() => {
        if (this.failure) throw this.failure
      })
      .then(() => done(), done)
  }

  /** Waits for what still runs and removes what is left. */
  async left(): Promise<void> {
    await this.#reading
    const file = this.#file
    if (!file) return
    // One that was cut off already, and then not read since the reading before had failed, says so no more.
    if (!file.stream.closed)
      await new Promise<void>((resolve) => {
        file.stream.once('close', () => resolve()).destroy()
      })
    await rm(file.path, { force: true })
  }

  async #take(chunk: Buffer): Promise<void> {
    if (this.failure) throw this.failure
    const file = this.#open()
    const full = file.bytes + chunk.length >= this.#bytes
    const end = full ? this.#lastRecord(chunk) : -1
    if (end < 0) {
      this.#inQuotes = this.#after(chunk, this.#inQuotes)
      return this.#put(chunk)
    }
    await this.#put(chunk.subarray(0, end))
    await this.#cut()
    this.#inQuotes = false
    const rest = chunk.subarray(end)
    if (rest.length > 0) await this.#take(rest)
  }

  #open() {
    if (!this.#file) {
      const path = this.#request.sink.temporary(this.#request.ending)
      this.#file = { path, stream: createWriteStream(path, { mode: 0o600 }), bytes: 0 }
    }
    return this.#file
  }

  async #put(chunk: Buffer): Promise<void> {
    const file = this.#open()
    file.bytes += chunk.length
    await new Promise<void>((resolve, reject) => {
      file.stream.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }

  /** Hands the file over to be read, once the one before was. */
  async #cut(): Promise<void> {
    const file = this.#file
    if (!file) return
    file.stream.end()
    await finished(file.stream)
    await this.#reading
    if (this.failure) throw this.failure
    this.#file = undefined
    const { sink, select } = this.#request
    this.#reading = sink
      .copy(select(file.path))
      .then(
        (rows) => {
          this.rows += rows
        },
        (thrown: unknown) => {
          this.failure = thrown instanceof Error ? thrown : new Error(String(thrown))
        },
      )
      .then(() => rm(file.path, { force: true }))
  }

  /** Just after the last line break of a chunk that ends a record, or -1. */
  #lastRecord(chunk: Buffer): number {
    if (this.#quote === undefined) return chunk.lastIndexOf(LINE_FEED) + 1 || -1
    let last = -1
    let inQuotes = this.#inQuotes
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] === this.#quote) inQuotes = !inQuotes
      else if (!inQuotes && chunk[at] === LINE_FEED) last = at + 1
    }
    return last
  }

  /** A quote within quotes is doubled, so that only their number counts. */
  #after(chunk: Buffer, inQuotes: boolean): boolean {
    if (this.#quote === undefined) return false
    let inside = inQuotes
    for (let at = chunk.indexOf(this.#quote); at >= 0; at = chunk.indexOf(this.#quote, at + 1)) inside = !inside
    return inside
  }
}
