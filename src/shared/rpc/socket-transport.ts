import { dataOf, type Transport, TransportEvents } from './transport.ts'

/** What a browser's `WebSocket` and that of the package `ws` have in common. */
export interface SocketLike {
  readonly readyState: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'message' | 'close' | 'error', listener: (event: object) => void): void
}

const CONNECTING = 0
const OPEN = 1
const UNSUPPORTED_DATA = 1003

/** JSON text over a WebSocket. What is sent while it connects goes out once it is open. */
export function socketTransport(socket: SocketLike): Transport {
  const events = new TransportEvents()
  let waiting: string[] = []

  socket.addEventListener('open', () => {
    for (const text of waiting) socket.send(text)
    waiting = []
  })
  socket.addEventListener('message', (event) => {
    const data = dataOf(event)
    const frame = typeof data === 'string' ? parseJson(data) : undefined
    if (frame === undefined) socket.close(UNSUPPORTED_DATA, 'frames are JSON text')
    else events.message(frame)
  })
  // `close` always follows `error`; without a listener `ws` would throw it.
  socket.addEventListener('error', () => {})
  socket.addEventListener('close', () => events.end())

  return {
    send(frame) {
      if (events.closed) return
      const text = JSON.stringify(frame)
      if (socket.readyState === CONNECTING) waiting.push(text)
      else if (socket.readyState === OPEN) socket.send(text)
    },
    onMessage: (callback) => events.onMessage(callback),
    onClose: (callback) => events.onClose(callback),
    close() {
      socket.close()
      events.end()
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
