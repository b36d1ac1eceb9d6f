import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { MessageChannel, Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketServer, WebSocket as WsSocket } from 'ws'
import type { LogiDataError } from '../../src/shared/errors.ts'
import { channelTransport } from '../../src/shared/rpc/channel-transport.ts'
import { createClient } from '../../src/shared/rpc/client.ts'
import type { RpcClient } from '../../src/shared/rpc/contract.ts'
import { serve } from '../../src/shared/rpc/host.ts'
import { createTransportPair } from '../../src/shared/rpc/memory-transport.ts'
import { portTransport } from '../../src/shared/rpc/port-transport.ts'
import { type SocketLike, socketTransport } from '../../src/shared/rpc/socket-transport.ts'
import type { Transport } from '../../src/shared/rpc/transport.ts'
import { createTestHandlers, type TestContract, testContract } from './fixtures/rpc-contract.ts'

interface Connection {
  readonly transport: Transport
  /** Ends the host's side without a word, as a crash would. */
  readonly breakOff: () => unknown
  readonly dispose: () => unknown
}

const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url)

async function overSocket(connect: (url: string) => SocketLike): Promise<Connection> {
  const http = createServer()
  const server = new WebSocketServer({ server: http })
  server.on('connection', (socket) =>
    serve(testContract, createTestHandlers(), socketTransport(socket), { checkOutput: true }),
  )
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const breakOff = () => {
    for (const socket of server.clients) socket.terminate()
  }
  return {
    transport: socketTransport(connect(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)),
    breakOff,
    dispose() {
      breakOff()
      server.close()
      http.close()
    },
  }
}

const connections: Record<string, () => Promise<Connection>> = {
  async memory() {
    const [client, host] = createTransportPair()
    serve(testContract, createTestHandlers(), host, { checkOutput: true })
    return { transport: client, breakOff: () => host.close(), dispose: () => client.close() }
  },
  'WebSocket of ws': () => overSocket((url) => new WsSocket(url)),
  'WebSocket of the platform': () => overSocket((url) => new WebSocket(url)),
  async 'worker port'() {
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(fixture('worker-host.ts'), { workerData: { port: port2 }, transferList: [port2] })
    return {
      transport: portTransport(port1),
      breakOff: () => worker.terminate(),
      dispose: () => worker.terminate(),
    }
  },
  async 'process channel'() {
    const child = fork(fixture('channel-host.ts'))
    return {
      transport: channelTransport(child),
      breakOff: () => child.kill('SIGKILL'),
      dispose: () => child.kill('SIGKILL'),
    }
  },
}

const failure = (promise: Promise<unknown>): Promise<LogiDataError> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: LogiDataError) => error,
  )

describe.each(Object.entries(connections))('RPC over %s', (_name, connect) => {
  let connection: Connection
  let client: RpcClient<TestContract>

  beforeEach(async () => {
    connection = await connect()
    client = createClient(testContract, connection.transport)
  })
  afterEach(async () => {
    client.close()
    await connection.dispose()
  })

  /** Waits until the host has logged `event`. */
  async function logged(event: string) {
    for (;;) {
      const { events } = await client.call('log', {})
      if (events.includes(event)) return
      await sleep(5)
    }
  }

  test('a call gets its answer, with the contract’s defaults applied to its input', async () => {
    expect(await client.call('add', { a: 2 })).toBe(3)
  })

  test('many calls at once get their own answers', async () => {
    const sums = await Promise.all(Array.from({ length: 200 }, (_, a) => client.call('add', { a, b: a })))
    expect(sums).toEqual(Array.from({ length: 200 }, (_, a) => 2 * a))
  })

  test('text, nesting and null arrive as they were sent', async () => {
    const value = { text: 'é € 😀 \u0000 "quoted"', list: [null, true, 1.5, { deep: ['x'] }], big: 'x'.repeat(300_000) }
    expect(await client.call('echo', { value })).toEqual(value)
  })

  test('input that the contract does not allow never reaches the handler and names its field', async () => {
    const error = await failure(client.call('add', { a: 'two' as unknown as number }))
    expect(error.info).toMatchObject({ code: 'rpc.invalid-input', kind: 'user', field: ['a'] })
  })

  test.each(['nothing', 'constructor', '__proto__', 'toString'])(
    'the undeclared method %s is refused',
    async (name) => {
      const error = await failure(client.call(name as 'add', { a: 1 }))
      expect(error.info.code).toBe('rpc.unknown-method')
    },
  )

  test('an error keeps its code, kind, hint, node and field', async () => {
    const error = await failure(client.call('refuse', {}))
    expect(error.name).toBe('LogiDataError')
    expect(error.info).toEqual({
      code: 'test.refused',
      kind: 'user',
      message: 'That is not allowed.',
      hint: 'Ask.',
      nodeId: 'n1',
      field: ['list', 0],
    })
  })

  test('a bug of a handler arrives as a bug, without the host’s stack', async () => {
    const error = await failure(client.call('crash', {}))
    expect(error.info).toEqual({ code: 'internal', kind: 'bug', message: 'cannot read properties of undefined' })
    expect(JSON.stringify(error.info)).not.toContain('rpc-contract.ts')
  })

  test('an answer that breaks the contract is reported instead of delivered', async () => {
    expect((await failure(client.call('lie', {}))).info).toMatchObject({ code: 'rpc.invalid-output', kind: 'bug' })
  })

  test('aborting a call rejects it at once and aborts its handler', async () => {
    const controller = new AbortController()
    const call = failure(client.call('hang', {}, { signal: controller.signal }))
    await logged('hang started')
    controller.abort()
    expect((await call).info.kind).toBe('cancelled')
    await logged('hang cancelled')
    expect(await client.call('add', { a: 1 })).toBe(2)
  })

  test('a call whose signal is aborted already is not sent', async () => {
    const error = await failure(client.call('hang', {}, { signal: AbortSignal.abort() }))
    expect(error.info.kind).toBe('cancelled')
    expect((await client.call('log', {})).events).toEqual([])
  })

  test('a stream delivers every item in order and ends', async () => {
    const items: number[] = []
    for await (const item of client.stream('count', { to: 1000 })) items.push(item)
    expect(items).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  })

  test('a stream that fails delivers what came before and then its error', async () => {
    const items: number[] = []
    const read = async () => {
      for await (const item of client.stream('failAfter', { items: 300 })) items.push(item)
    }
    expect((await failure(read())).info.code).toBe('test.failed')
    expect(items).toHaveLength(300)
  })

  test('leaving a stream ends its handler', async () => {
    for await (const item of client.stream('count', { to: 1_000_000 })) if (item === 10) break
    await logged('count closed')
  })

  test('a reader that is slow holds the producer back', async () => {
    const iterator = client.stream('count', { to: 1_000_000 })[Symbol.asyncIterator]()
    await iterator.next()
    await sleep(100)
    const { produced } = await client.call('log', {})
    expect(produced).toBeGreaterThan(1)
    expect(produced).toBeLessThanOrEqual(300)
    await iterator.return?.()
  })

  test('aborting a stream that waits fails its reader and aborts its handler', async () => {
    const controller = new AbortController()
    const iterator = client.stream('idle', {}, { signal: controller.signal })[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 0 })
    const next = failure(iterator.next())
    controller.abort()
    expect((await next).info.kind).toBe('cancelled')
    await logged('idle cancelled')
  })

  test('a lost connection fails what is pending, and what is asked later', async () => {
    const iterator = client.stream('idle', {})[Symbol.asyncIterator]()
    await iterator.next()
    const waiting = [failure(client.call('hang', {})), failure(iterator.next())]
    await logged('hang started')
    await connection.breakOff()
    for (const error of await Promise.all(waiting))
      expect(error.info).toMatchObject({ code: 'rpc.disconnected', kind: 'operational' })
    expect((await failure(client.call('add', { a: 1 }))).info.code).toBe('rpc.disconnected')
  })

  test('closing the client fails what it waits for', async () => {
    const call = failure(client.call('hang', {}))
    await logged('hang started')
    client.close()
    expect((await call).info.code).toBe('rpc.disconnected')
  })

  test('frames that are nonsense are refused and harm nothing', async () => {
    for (const frame of [
      null,
      7,
      'x',
      {},
      { kind: 'cancel', id: 99 },
      { kind: 'ok', id: 99 },
      { kind: 'request', id: -1, method: 'add' },
    ])
      connection.transport.send(frame)
    expect(await client.call('add', { a: 1 })).toBe(2)
  })
})

describe('the host', () => {
  test('aborts its handlers when the client is gone', async () => {
    const [left, right] = createTransportPair()
    const handlers = createTestHandlers()
    serve(testContract, handlers, right)
    const client = createClient(testContract, left)
    const call = failure(client.call('hang', {}))
    await client.call('log', {})
    client.close()
    await call
    await sleep(0)
    expect((await handlers.log({}, { signal: AbortSignal.timeout(1000) })).events).toContain('hang cancelled')
  })

  test('tells its log of a bug, and of nothing else', async () => {
    const bugs: unknown[] = []
    const [left, right] = createTransportPair()
    serve(testContract, createTestHandlers(), right, { onBug: (thrown, method) => bugs.push([method, thrown]) })
    const client = createClient(testContract, left)
    await failure(client.call('refuse', {}))
    await failure(client.call('crash', {}))
    expect(bugs).toEqual([['crash', new TypeError('cannot read properties of undefined')]])
  })
})
