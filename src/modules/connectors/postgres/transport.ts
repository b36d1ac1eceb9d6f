import type { Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls'
import { cancelledError, operationalError } from '../../../shared/errors.ts'
import { addressOf, lostError, networkError, type Remote, timeoutError } from '../kit/errors.ts'
import { openRoute, type Tunnel } from '../kit/tunnel.ts'

/** How to reach a server; `tls` undefined: in the clear. */
export interface Route {
  readonly remote: Remote
  readonly tls: ConnectionOptions | undefined
  readonly tunnel?: Tunnel | undefined
  readonly timeoutMs: number
}

const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const YES = 0x53
const NO = 0x4e

/** A connection on which PostgreSQL's protocol can begin, encrypted where that is asked for. @throws LogiDataError `connection.…` */
export async function openTransport(route: Route, signal: AbortSignal): Promise<Socket> {
  const started = performance.now()
  const socket = await openRoute(route.remote, route.tunnel, route.timeoutMs, signal)
  socket.setNoDelay(true).setKeepAlive(true, 30_000)
  if (!route.tls) return socket
  const left = Math.max(1, route.timeoutMs - (performance.now() - started))
  return secure(socket, { ...route, tls: route.tls, timeoutMs: left }, signal)
}

/** Asks a server for TLS, and goes on with that or not at all. @param socket destroyed where it fails */
export function secure(
  socket: Socket,
  { remote, tls, timeoutMs }: Route & { readonly tls: ConnectionOptions },
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    let secured: TLSSocket | undefined
    const timer = setTimeout(() => fail(timeoutError(remote, undefined)), timeoutMs)
    const abort = () => fail(cancelledError())
    const closed = () => fail(lostError(remote))
    const settle = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', abort)
      for (const one of [socket, secured]) one?.off('error', fail).off('close', closed).on('error', ignore)
    }
    const fail = (error: Error) => {
      settle()
      secured?.destroy()
      socket.destroy()
      reject(networkError(error, remote) ?? operationalError('connection.tls', `TLS with ${addressOf(remote)} failed.`))
    }
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) {
      abort()
      return
    }
    socket.on('error', fail).on('close', closed)
    socket.once('data', (answer) => {
      socket.pause()
      // More than one byte would be text that somebody put before what is encrypted.
      if (answer.length === 1 && answer[0] === YES) {
        secured = connectTls({ ...tls, socket, host: remote.host })
        secured.on('error', fail).on('close', closed)
        secured.once('secureConnect', () => {
          settle()
          if (secured) resolve(secured)
        })
      } else fail(refusal(answer, remote))
    })
    socket.write(SSL_REQUEST)
  })
}

const refusal = (answer: Buffer, remote: Remote): Error =>
  answer.length === 1 && answer[0] === NO
    ? operationalError('connection.tls', `${addressOf(remote)} does not speak TLS.`, {
        hint: 'Turn TLS on at the server. Turn it off here only for a server on this computer.',
      })
    : operationalError('connection.tls', `What answers at ${addressOf(remote)} is not PostgreSQL.`, {
        hint: 'Check the port.',
      })

const ignore = () => undefined

/** Ends what a session of a server is doing; the session stays. @throws LogiDataError `connection.…` */
export async function cancelSession(route: Route, session: { pid: number; key: number }): Promise<void> {
  const socket = await openTransport(route, new AbortController().signal)
  const message = Buffer.alloc(16)
  message.writeInt32BE(16, 0)
  message.writeInt32BE(80877102, 4)
  message.writeInt32BE(session.pid, 8)
  message.writeInt32BE(session.key, 12)
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.destroy(), route.timeoutMs)
    // The server closes it when the signal was sent.
    socket.resume().once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.write(message)
  })
}
