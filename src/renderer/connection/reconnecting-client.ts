import { operationalError } from '../../shared/errors.ts'
import type { AppContract } from '../../shared/rpc/app-contract.ts'
import { appContract } from '../../shared/rpc/app-contract.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { Transport } from '../../shared/rpc/transport.ts'

export type ConnectionState = 'connecting' | 'connected' | 'lost'

const FIRST_DELAY = 250
const LONGEST_DELAY = 4000

/**
 * One client that outlives its connections. Calls made while there is none wait; calls under way when it breaks fail
 * with the error of the transport, since nobody knows whether the host carried them out.
 */
export function createReconnectingClient(open: () => Promise<Transport>) {
  const listeners = new Set<(state: ConnectionState) => void>()
  let current: RpcClient<AppContract> | undefined
  let waiting: ((client: RpcClient<AppContract>) => void)[] = []
  let delay = FIRST_DELAY
  let closed = false

  const tell = (state: ConnectionState) => {
    for (const listener of listeners) listener(state)
  }

  const connect = async () => {
    try {
      const transport = await open()
      if (closed) return transport.close()
      const client = createClient(appContract, transport)
      transport.onClose(() => {
        current = undefined
        if (closed) return
        tell('lost')
        setTimeout(connect, delay)
      })
      current = client
      delay = FIRST_DELAY
      tell('connected')
      const resume = waiting
      waiting = []
      for (const give of resume) give(client)
    } catch {
      if (closed) return
      tell('lost')
      setTimeout(connect, delay)
      delay = Math.min(delay * 2, LONGEST_DELAY)
    }
  }
  void connect()

  const connected = (signal?: AbortSignal): Promise<RpcClient<AppContract>> => {
    if (current) return Promise.resolve(current)
    return new Promise((resolve, reject) => {
      waiting.push(resolve)
      signal?.addEventListener('abort', () => {
        waiting = waiting.filter((give) => give !== resolve)
        reject(operationalError('connection.lost', 'The studio lost its connection.'))
      })
    })
  }

  const client: RpcClient<AppContract> = {
    async call(name, input, options) {
      return (await connected(options?.signal)).call(name, input, options)
    },
    async *stream(name, input, options) {
      yield* (await connected(options?.signal)).stream(name, input, options)
    },
    close() {
      closed = true
      current?.close()
    },
  }
  return {
    client,
    onChange(listener: (state: ConnectionState) => void): () => void {
      listeners.add(listener)
      listener(current ? 'connected' : 'connecting')
      return () => listeners.delete(listener)
    },
  }
}
