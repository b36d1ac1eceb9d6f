import { dataOf, type Transport, TransportEvents } from './transport.ts'

/** What the `MessagePort` of Node, of browsers and of Electron's renderer have in common. */
export interface PortLike {
  postMessage(message: unknown): void
  start(): void
  close(): void
  addEventListener(type: 'message' | 'close', listener: (event: object) => void): void
}

/** A message port between threads or windows. Not every browser says when the other end is gone; Node does. */
export function portTransport(port: PortLike): Transport {
  const events = new TransportEvents()
  port.addEventListener('message', (event) => events.message(dataOf(event)))
  port.addEventListener('close', () => events.end())
  port.start()
  return {
    send(frame) {
      if (!events.closed) port.postMessage(frame)
    },
    onMessage: (callback) => events.onMessage(callback),
    onClose: (callback) => events.onClose(callback),
    close() {
      port.close()
      events.end()
    },
  }
}
