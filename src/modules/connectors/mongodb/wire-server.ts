import { createServer, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'

const { deserialize, serialize } = BSON

/** Bytes of a document from those of its elements: also such as no library would write. */
export function rawDocument(elements: readonly (readonly [type: number, name: string, value: Uint8Array])[]): Buffer {
  const body = Buffer.concat(
    elements.map(([type, name, value]) => Buffer.concat([Buffer.of(type), Buffer.from(`${name}\0`), value])),
  )
  const size = Buffer.alloc(4)
  size.writeInt32LE(body.length + 5)
  return Buffer.concat([size, body, Buffer.of(0)])
}

const rawArray = (documents: readonly Uint8Array[]) =>
  rawDocument(documents.map((document, index) => [3, String(index), document]))

export interface WireServer {
  readonly connection: ResolvedConnection
  /** Commands that came, less the handshakes. */
  readonly commands: Document[]
  close(): void
}

/**
 * A server that speaks just enough of MongoDB's protocol to hand out documents as they are: the server of the tests has not all types of
 * BSON, and none sends broken ones. @param dropAfter ends the connection instead of the answer to so many `getMore`
 */
export async function wireServer(
  batches: readonly (readonly Uint8Array[])[],
  { dropAfter = Number.POSITIVE_INFINITY }: { readonly dropAfter?: number } = {},
): Promise<WireServer> {
  const commands: Document[] = []
  const sockets = new Set<Socket>()
  let getMores = 0
  const cursor = (name: string, index: number) => {
    const inner = rawDocument([
      [
        3,
        'cursor',
        rawDocument([
          [4, name, rawArray(batches[index] ?? [])],
          [18, 'id', long(index + 1 < batches.length ? 7n : 0n)],
          [2, 'ns', text('db.c')],
        ]),
      ],
      [1, 'ok', double(1)],
    ])
    return inner
  }
  const answer = (command: Document): Buffer | undefined => {
    const [name = ''] = Object.keys(command)
    if (/^(?:hello|isMaster)$/i.test(name))
      return Buffer.from(
        serialize({
          helloOk: true,
          ismaster: true,
          isWritablePrimary: true,
          maxBsonObjectSize: 16_777_216,
          maxMessageSizeBytes: 48_000_000,
          maxWriteBatchSize: 100_000,
          localTime: new Date(),
          minWireVersion: 0,
          maxWireVersion: 21,
          readOnly: false,
          ok: 1,
        }),
      )
    commands.push(command)
    if (name === 'find' || name === 'aggregate') return cursor('firstBatch', 0)
    if (name === 'getMore') {
      getMores++
      return getMores > dropAfter ? undefined : cursor('nextBatch', getMores)
    }
    if (name === 'listCollections')
      return rawDocument([
        [
          3,
          'cursor',
          rawDocument([
            [4, 'firstBatch', rawArray([Buffer.from(serialize({ name: 'c', type: 'collection' }))])],
            [18, 'id', long(0n)],
            [2, 'ns', text('db.$cmd.listCollections')],
          ]),
        ],
        [1, 'ok', double(1)],
      ])
    if (name === 'count') return Buffer.from(serialize({ n: batches.flat().length, ok: 1 }))
    return Buffer.from(serialize({ ok: 1 }))
  }
  const server = createServer((socket) => {
    sockets.add(socket)
    let pending = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (data: Buffer) => {
      pending = Buffer.concat([pending, data])
      while (pending.length >= 16 && pending.length >= pending.readInt32LE(0)) {
        const message = pending.subarray(0, pending.readInt32LE(0))
        pending = pending.subarray(message.length)
        const isQuery = message.readInt32LE(12) === 2004
        const start = isQuery ? message.indexOf(0, 20) + 9 : 21
        const document = answer(deserialize(message.subarray(start, start + message.readInt32LE(start))))
        if (!document) {
          socket.destroy()
          return
        }
        socket.write(reply(message.readInt32LE(4), document, isQuery))
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    connection: {
      name: 'shop',
      type: 'mongodb',
      settings: { host: '127.0.0.1', port, database: 'db', tls: 'off', direct: true },
      secrets: {},
    },
    commands,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

function reply(to: number, document: Buffer, isQuery: boolean): Buffer {
  const body = isQuery
    ? Buffer.concat([Buffer.alloc(16), Buffer.from([1, 0, 0, 0]), document])
    : Buffer.concat([Buffer.alloc(5), document])
  const header = Buffer.alloc(16)
  header.writeInt32LE(16 + body.length, 0)
  header.writeInt32LE(to, 8)
  header.writeInt32LE(isQuery ? 1 : 2013, 12)
  return Buffer.concat([header, body])
}

export const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleLE(value)
  return bytes
}
export const long = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(value)
  return bytes
}
export const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value)
  const size = Buffer.alloc(4)
  size.writeInt32LE(bytes.length + 1)
  return Buffer.concat([size, bytes, Buffer.of(0)])
}
