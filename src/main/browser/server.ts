import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { operationalError } from '../../shared/errors.ts'
import { type AppContract, appContract } from '../../shared/rpc/app-contract.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { type ServeOptions, serve } from '../../shared/rpc/host.ts'
import { socketTransport } from '../../shared/rpc/socket-transport.ts'
import { LINK_USED, NO_SESSION, NOT_BUILT } from './pages.ts'
import { isOwnHost, isOwnOrigin } from './request-origin.ts'
import { BrowserSession } from './session.ts'
import { serveFile } from './static-files.ts'

/** Only this computer can reach it. */
const ADDRESS = '127.0.0.1'
/** A pipeline of thousands of nodes is a few megabytes. */
const LARGEST_MESSAGE = 64 * 1024 * 1024

export interface BrowserServerOptions {
  readonly handlers: Handlers<AppContract>
  /** The built window: `dist/renderer`. */
  readonly rendererFolder: string
  /** 0 or absent: any free one. */
  readonly port?: number
  /** A used link was opened again, by somebody without a session: here is one that works. */
  readonly onNewLink?: (url: string) => void
  readonly rpc?: ServeOptions
}

export interface BrowserServer {
  readonly port: number
  /** With the one-time token. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves the studio to browsers of this computer.
 * @throws LogiDataError `port.taken`
 */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const http = createServer()
  const port = await listen(http, options.port ?? 0)
  const session = new BrowserSession(port)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE, clientTracking: true })
  const link = () => `http://${ADDRESS}:${port}/?token=${session.token()}`

  http.on('request', (request, response) => {
    void answer(request, response).catch(() => response.destroy())
  })
  http.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const { host, origin, cookie } = request.headers
    if (!isOwnOrigin(origin, host, port)) return refuse(socket, '403 Forbidden')
    if (!session.admits(cookie)) return refuse(socket, '401 Unauthorized')
    if (pathOf(request).pathname !== '/rpc') return refuse(socket, '404 Not Found')
    sockets.handleUpgrade(request, socket, head, (client) => {
      serve(appContract, options.handlers, socketTransport(client), options.rpc)
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    setSecurityHeaders(response, port)
    if (!isOwnHost(request.headers.host, port)) return sendText(response, 421, 'This is not the host of this server.')
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      return sendText(response, 405, 'Only GET and HEAD are allowed.')
    }
    const { pathname, searchParams } = pathOf(request)
    const admitted = session.admits(request.headers.cookie)
    const token = searchParams.get('token')
    if (token !== null) return exchangeToken(token, admitted, response)
    if (!admitted) return sendPage(response, 401, NO_SESSION)
    const isPage = pathname === '/'
    if (await serveFile(options.rendererFolder, isPage ? '/index.html' : pathname, request, response)) return
    if (isPage) sendPage(response, 503, NOT_BUILT)
    else sendText(response, 404, 'Not found.')
  }

  /** The redirect takes the token out of the address bar, the history and the page's own sight. */
  function exchangeToken(token: string, admitted: boolean, response: ServerResponse): void {
    const cookie = admitted ? undefined : session.exchange(token)
    if (cookie !== undefined) response.setHeader('Set-Cookie', cookie)
    if (cookie !== undefined || admitted) {
      response.writeHead(303, { Location: '/', 'Cache-Control': 'no-store' }).end()
      return
    }
    options.onNewLink?.(link())
    sendPage(response, 401, LINK_USED)
  }

  return {
    port,
    url: link(),
    async close() {
      for (const client of sockets.clients) client.terminate()
      sockets.close()
      http.close()
      http.closeAllConnections()
      await once(http, 'close')
    },
  }
}

async function listen(http: Server, port: number): Promise<number> {
  try {
    http.listen(port, ADDRESS)
    await once(http, 'listening')
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code === 'EADDRINUSE')
      throw operationalError('port.taken', `Port ${port} is in use by another program.`, {
        hint: 'Choose another with --port N, or leave it out to get a free one.',
      })
    if (code === 'EACCES') throw operationalError('port.refused', `The system does not allow port ${port}.`)
    throw thrown
  }
  return (http.address() as AddressInfo).port
}

function setSecurityHeaders(response: ServerResponse, port: number): void {
  const policy = [
    `default-src 'none'`,
    `script-src 'self'`,
    // Monaco and Blueprint set styles on elements; scripts have no such excuse.
    `style-src 'self' 'unsafe-inline'`,
    `font-src 'self' data:`,
    `img-src 'self' data: blob:`,
    `connect-src 'self' ws://${ADDRESS}:${port} ws://localhost:${port}`,
    `worker-src 'self' blob:`,
    `manifest-src 'self'`,
    `base-uri 'none'`,
    `form-action 'none'`,
    `frame-ancestors 'none'`,
  ]
  response.setHeader('Content-Security-Policy', policy.join('; '))
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('X-Frame-Options', 'DENY')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin')
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
}

/** A request may name anything as its path; what is no path is the empty one. */
function pathOf(request: IncomingMessage): { pathname: string; searchParams: URLSearchParams } {
  // Not `new URL`: it would resolve `..` before it could be refused.
  const [pathname = '/', search = ''] = (request.url ?? '/').split('?', 2)
  return { pathname, searchParams: new URLSearchParams(search) }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function sendPage(response: ServerResponse, status: number, html: string): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' }).end(html)
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(text)
}
