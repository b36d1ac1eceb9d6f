import type { MessagePortMain } from 'electron'
import { portTransport } from '../../shared/rpc/port-transport.ts'
import type { Transport } from '../../shared/rpc/transport.ts'

/** Electron's end of a message channel in the main process: an event emitter, where the web's port is an event target. */
export function mainPortTransport(port: MessagePortMain): Transport {
  return portTransport({
    postMessage: (message) => port.postMessage(message),
    start: () => port.start(),
    close: () => port.close(),
    addEventListener(type, listener) {
      if (type === 'message') port.on('message', listener)
      else port.on('close', () => listener({}))
    },
  })
}
