import { mkdtemp, rm } from 'node:fs/promises'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LogiDataError } from '../../../shared/errors.ts'
import type { Remote } from './errors.ts'
import { openRoute, type Tunnel } from './tunnel.ts'

/** Where connections to a server begin that go through a tunnel; for drivers that open them by themselves. */
export interface TunnelPort {
  /** The path of a Unix socket that nobody else can open; on Windows an address of the loopback. */
  readonly address: string
  /** Why the last connection did not get through, which the driver cannot know. */
  readonly failure: LogiDataError | undefined
  /** Ends all connections. */
  close(): Promise<void>
}

/** Each connection gets a tunnel of its own. @see openRoute */
export async function openTunnelPort(remote: Remote, tunnel: Tunnel, timeoutMs: number): Promise<TunnelPort> {
  const ending = new AbortController()
  const sockets = new Set<Socket>()
  let failure: LogiDataError | undefined

  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    openRoute(remote, tunnel, timeoutMs, ending.signal).then(
      (onward) => {
        failure = undefined
        onward.on('error', () => undefined).on('close', () => socket.destroy())
        socket.on('close', () => onward.destroy())
        if (socket.destroyed) onward.destroy()
        else socket.pipe(onward).pipe(socket)
      },
      (thrown: unknown) => {
        if (thrown instanceof LogiDataError) failure = thrown
        socket.destroy()
      },
    )
  })
  const folder = process.platform === 'win32' ? undefined : await mkdtemp(join(tmpdir(), 'logidata-tunnel-'))
  // MongoDB's driver takes what ends so for a path.
  const path = folder === undefined ? undefined : join(folder, 'port.sock')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  return {
    address: path ?? `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get failure() {
      return failure
    },
    async close() {
      ending.abort()
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}
