import { portTransport } from '../../shared/rpc/port-transport.ts'
import type { Transport } from '../../shared/rpc/transport.ts'

// Agreed with src/main/electron/channels.ts.
const PORT_MESSAGE = 'logidata:port'

/** Whether the studio runs in the desktop application, whose preload says so. */
export const isDesktop = (): boolean => 'logidataDesktop' in window

/** Asks the preload for a message port to the application. Nothing of Electron reaches the page. */
export function openDesktopPort(): Promise<Transport> {
  return new Promise((resolve) => {
    const receive = (event: MessageEvent) => {
      const [port] = event.ports
      if (event.source !== window || event.data !== PORT_MESSAGE || !port) return
      window.removeEventListener('message', receive)
      resolve(portTransport(port))
    }
    window.addEventListener('message', receive)
    window.postMessage(`${PORT_MESSAGE}?`, window.origin)
  })
}
