import type { Duplex } from 'node:stream'
import { type Transport, TransportEvents } from '../../shared/rpc/transport.ts'

/** More is no frame of ours. */
const LARGEST_BYTES = 64 * 1024 * 1024
const LENGTH_BYTES = 4

/** Frames over a socket or pipe: the length in four bytes, then that many of JSON in UTF-8. */
export function streamTransport(stream: Duplex): Transport {
  const events = new TransportEvents()
  let chunks: Buffer[] = []
  let size = 0

  const read = (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size < LENGTH_BYTES) return
    let bytes = Buffer.concat(chunks)
    while (bytes.length >= LENGTH_BYTES) {
      const length = bytes.readUInt32BE(0)
      if (length > LARGEST_BYTES) return end()
      if (bytes.length < LENGTH_BYTES + length) break
      const frame = parse(bytes.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + length))
      if (frame === undefined) return end()
      bytes = bytes.subarray(LENGTH_BYTES + length)
      events.message(frame)
    }
    chunks = [bytes]
    size = bytes.length
  }
  const end = () => {
    stream.destroy()
    events.end()
  }
  stream.on('data', read)
  // `close` always follows.
  stream.on('error', () => {})
  stream.on('close', () => events.end())

  return {
    send(frame) {
      if (events.closed || !stream.writable) return
      const body = Buffer.from(JSON.stringify(frame))
      const length = Buffer.alloc(LENGTH_BYTES)
      length.writeUInt32BE(body.length)
      stream.write(Buffer.concat([length, body]))
    },
    onMessage: (callback) => events.onMessage(callback),
    onClose: (callback) => events.onClose(callback),
    close() {
      stream.end()
      events.end()
    },
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
