import { socketTransport } from '../../shared/rpc/socket-transport.ts'
import type { Transport } from '../../shared/rpc/transport.ts'

/** Opens the WebSocket of the page's own host; the page's session (a cookie, or the token in its address) admits it. */
export function openSocket(): Promise<Transport> {
  const url = new URL('rpc', document.baseURI)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.search = window.location.search
  const socket = new WebSocket(url)
  const transport = socketTransport(socket)
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(transport), { once: true })
    socket.addEventListener('close', () => reject(new Error('The connection was refused.')), { once: true })
  })
}
