import { createServer, connect as dial, type Socket } from 'node:net'

interface Proxying {
  readonly host: string
  readonly port: number
  /** So many bytes later… */
  readonly bytes: number
  /** …that go there, or that come back… */
  readonly of: 'sent' | 'received'
  /** …this is done, once. `cut`: all connections are broken, and every one after. */
  readonly action: 'cut' | (() => void)
}

export interface Relay {
  readonly port: number
  /** Connections that are open. */
  open(): number
  close(): void
}

/** Passes bytes on between whoever connects and a server, and does something in the middle of it. */
export async function proxyTo({ host, port, bytes, of, action }: Proxying): Promise<Relay> {
  const clients = new Set<Socket>()
  let left = bytes
  let isCut = false
  const server = createServer((client) => {
    const upstream = dial({ host, port })
    const end = () => {
      clients.delete(client)
      client.destroy()
      upstream.destroy()
    }
    clients.add(client)
    for (const one of [client, upstream]) one.on('error', end).on('close', end)
    if (isCut) end()
    const pass = (from: Socket, to: Socket, way: 'sent' | 'received') =>
      from.on('data', (data) => {
        if (way === of && left > 0) {
          left -= data.length
          if (left <= 0 && action !== 'cut') action()
          if (left <= 0 && action === 'cut') {
            isCut = true
            for (const other of clients) other.destroy()
            return
          }
        }
        if (!to.write(data)) {
          from.pause()
          to.once('drain', () => from.resume())
        }
      })
    pass(client, upstream, 'sent')
    pass(upstream, client, 'received')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    open: () => clients.size,
    close() {
      server.close()
      for (const client of clients) client.destroy()
    },
  }
}
