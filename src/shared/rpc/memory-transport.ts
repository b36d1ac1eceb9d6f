import { type Transport, TransportEvents } from './transport.ts'

/** Two ends of one connection inside a process. Frames are copied and arrive later, as over any other wire. */
export function createTransportPair(): readonly [Transport, Transport] {
  const left = new TransportEvents()
  const right = new TransportEvents()
  return [memoryEnd(left, right), memoryEnd(right, left)]
}

function memoryEnd(own: TransportEvents, other: TransportEvents): Transport {
  return {
    send(frame) {
      if (own.closed) return
      const copy = structuredClone(frame)
      queueMicrotask(() => other.message(copy))
    },
    onMessage: (callback) => own.onMessage(callback),
    onClose: (callback) => own.onClose(callback),
    close() {
      if (!own.end()) return
      queueMicrotask(() => other.end())
    },
  }
}
