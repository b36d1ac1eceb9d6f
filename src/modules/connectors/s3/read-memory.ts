import type { OnReadOpts, Socket } from 'node:net'

/** What one read of a socket takes at most. Node takes 64 KB, each into memory that it asks the system for, which costs more than all the rest. */
const READ_BYTES = 256 * 1024
/** Less is copied: the head of an answer may lie in several reads, and is looked at when its last one is there. */
const LEAST_BYTES = 64 * 1024

/** Two pieces of memory that a socket without TLS reads into by turns, while its reader uses at once what it takes from the stream. */
export class ReadMemory implements OnReadOpts {
  socket: Socket | undefined
  readonly #pieces = [Buffer.allocUnsafeSlow(READ_BYTES), Buffer.allocUnsafeSlow(READ_BYTES)] as const
  #turn: 0 | 1 = 0
  #last = 0

  /** Where the next read goes to. What came before the last one has gone by then, or keeps its memory. */
  readonly buffer = (): Uint8Array => {
    if (this.socket !== undefined && this.socket.readableLength > this.#last) return Buffer.allocUnsafeSlow(READ_BYTES)
    this.#turn = this.#turn === 0 ? 1 : 0
    return this.#pieces[this.#turn]
  }

  /** @returns whether the socket goes on reading */
  readonly callback = (length: number, bytes: Uint8Array): boolean => {
    const read = bytes.subarray(0, length)
    this.#last = length
    return this.socket?.push(length < LEAST_BYTES ? Buffer.from(read) : read) ?? false
  }
}
