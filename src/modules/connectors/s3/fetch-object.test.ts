import { randomFillSync, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { makeCertificates } from '../../../../tests/services/certificates.ts'
import type { JsonValue } from '../../../shared/pipeline/document.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { openS3 } from './client.ts'
import { fetchObject } from './fetch-object.ts'

const folder = mkdtempSync(join(tmpdir(), 'logidata-fetch-'))
const large = randomFillSync(Buffer.alloc(20 * 2 ** 20 + 7))
let certificates: Awaited<ReturnType<typeof makeCertificates>>
let server: Server | undefined
let sockets = new Set<Socket>()

beforeAll(async () => {
  certificates = await makeCertificates(join(folder, 'certificates'), join(folder, 'log'))
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  server?.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

async function listen(started: Server): Promise<number> {
  server = started
  sockets = new Set()
  started.on('connection', (socket: Socket) => sockets.add(socket))
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve))
  return (started.address() as AddressInfo).port
}

const rangeOf = ({ headers }: IncomingMessage): readonly [number, number] => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? []
  return [Number(from), Number(to) + 1]
}

/** As a store answers. */
function whole(request: IncomingMessage, response: ServerResponse): void {
  const [from, to] = rangeOf(request)
  response.writeHead(206, { 'content-length': to - from, etag: '"v1"' }).end(large.subarray(from, to))
}

async function fetched(
  port: number,
  {
    settings = {},
    secure = false,
    bytes = large.length,
    signal = new AbortController().signal,
  }: {
    readonly settings?: Record<string, JsonValue>
    readonly secure?: boolean
    readonly bytes?: number
    readonly signal?: AbortSignal
  } = {},
): Promise<Buffer> {
  const session = await openS3(
    {
      name: 'lake',
      type: 's3',
      settings: {
        endpoint: `http${secure ? 's' : ''}://127.0.0.1:${port}`,
        region: 'us-east-1',
        bucket: 'b',
        path_style: true,
        access_key_id: 'me',
        ...settings,
      },
      secrets: { secret_access_key: 'secret' },
    },
    filesOf(folder),
  )
  const path = join(folder, randomUUID())
  try {
    const object = { name: 'a b/é+%?.bin', bytes: large.length, modified: 0, version: '"v1"' }
    await fetchObject({ session, object, bytes, path, signal })
    return readFileSync(path)
  } finally {
    session.close()
  }
}

test('an object comes in parts to the byte, over few connections', async () => {
  const asked: string[] = []
  const port = await listen(
    createServer((request, response) => {
      asked.push(`${request.method} ${request.url} ${request.headers['if-match']}`)
      expect(request.headers.authorization).toContain('Credential=me/')
      whole(request, response)
    }),
  )
  expect((await fetched(port)).equals(large)).toBe(true)
  expect(asked).toEqual(Array.from({ length: 3 }, () => 'GET /b/a%20b/%C3%A9%2B%25%3F.bin?x-id=GetObject "v1"'))
  expect(sockets.size).toBeLessThanOrEqual(3)
  expect((await fetched(port, { bytes: 1000 })).equals(large.subarray(0, 1000))).toBe(true)
  expect(await fetched(port, { bytes: 0 })).toHaveLength(0)
})

test('over TLS, with the certificate of the authority that is given only', async () => {
  const { serverCertificate, serverKey } = certificates
  const files = { cert: readFileSync(serverCertificate), key: readFileSync(serverKey) }
  const port = await listen(createSecureServer(files, whole))
  const tls_ca = 'certificates/ca.pem'
  expect((await fetched(port, { secure: true, settings: { tls_ca } })).equals(large)).toBe(true)
  for (const settings of [{}, { tls_ca: 'certificates/other-ca.pem' }] as const)
    expect(await errorOf(fetched(port, { secure: true, settings }))).toMatchObject({ code: 'connection.tls' })
})

test('what comes without its length comes all the same', async () => {
  const port = await listen(
    createServer((request, response) => {
      const [from, to] = rangeOf(request)
      response.writeHead(206)
      response.write(large.subarray(from, from + 1))
      response.end(large.subarray(from + 1, to))
    }),
  )
  expect((await fetched(port)).equals(large)).toBe(true)
})

test('an answer that comes a little at a time, and one that is none', async () => {
  const slow = await listen(
    createNetServer((socket) => {
      socket.setNoDelay(true).on('error', () => undefined)
      socket.on('data', async () => {
        const head = `HTTP/1.1 206 Partial Content\r\nX-Long: ${'x'.repeat(200)}\r\nContent-Length: 300\r\nETag: "v1"\r\n\r\n`
        const answer = Buffer.concat([Buffer.from(head), large.subarray(0, 300)])
        for (let at = 0; at < answer.length; at += 7) {
          socket.write(answer.subarray(at, at + 7))
          await new Promise((resolve) => setImmediate(resolve))
        }
      })
    }),
  )
  expect((await fetched(slow, { bytes: 300 })).equals(large.subarray(0, 300))).toBe(true)
  server?.close()
  for (const text of [
    'SSH-2.0-OpenSSH_9.2\r\n',
    'HTTP/1.1 206 X\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n12345',
  ]) {
    const port = await listen(
      createNetServer((socket) => {
        socket.on('error', () => undefined)
        socket.on('data', () => socket.write(text))
      }),
    )
    expect(await errorOf(fetched(port, { bytes: 5 }))).toMatchObject({ code: 'connection.lost', kind: 'operational' })
    server?.close()
  }
})

test('an error that does not end is not kept', async () => {
  const port = await listen(
    createServer((_request, response) => {
      response.writeHead(403)
      const more = () => {
        while (!response.destroyed && response.write(large.subarray(0, 65_536)));
      }
      response.on('drain', more)
      more()
    }),
  )
  expect(await errorOf(fetched(port, { bytes: 5 }))).toMatchObject({ code: 'connection.lost' })
})

test('a part that is cut off, or answered by “later”, is asked for again', async () => {
  let times = 0
  const port = await listen(
    createServer((request, response) => {
      times++
      if (times === 1) {
        const [from, to] = rangeOf(request)
        response.writeHead(206, { 'content-length': to - from })
        response.write(large.subarray(from, from + 300_000), () => response.destroy())
      } else if (times === 2) response.writeHead(503, { 'content-length': 0 }).end()
      else whole(request, response)
    }),
  )
  expect((await fetched(port)).equals(large)).toBe(true)
  expect(times).toBe(5)
})

test('a connection that the store closes after each answer, or in between, is opened anew', async () => {
  const closing = await listen(
    createServer((request, response) => {
      response.setHeader('connection', 'close')
      whole(request, response)
    }),
  )
  expect((await fetched(closing)).equals(large)).toBe(true)
})

test.each([
  ['more than was asked for', 'connection.lost', (from: number, to: number) => [to - from + 1, to - from + 1]],
  ['less than was asked for', 'connection.lost', (from: number, to: number) => [to - from - 1, to - from - 1]],
  ['less than it announced', 'connection.lost', (from: number, to: number) => [to - from, to - from - 1]],
] as const)('%s is told', async (_name, code, lengths) => {
  const port = await listen(
    createNetServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        const [, from, to] = /range: bytes=(\d+)-(\d+)/i.exec(data.toString('latin1')) ?? []
        const [announced = 0, sent = 0] = lengths(Number(from), Number(to) + 1)
        socket.write(`HTTP/1.1 206 Partial Content\r\nContent-Length: ${announced}\r\n\r\n`)
        socket.end(Buffer.alloc(sent))
      })
    }),
  )
  expect(await errorOf(fetched(port, { bytes: 100_000 }))).toMatchObject({ code, kind: 'operational' })
})

test('what a store says of an error is understood', async () => {
  for (const [status, name, code] of [
    [412, 'PreconditionFailed', 'source.changed'],
    [404, 'NoSuchKey', 'source.not-found'],
    [404, 'NoSuchBucket', 'connection.database'],
    [403, 'AccessDenied', 'connection.rights'],
    [403, 'SignatureDoesNotMatch', 'connection.login'],
  ] as const) {
    const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${name}</Code><Message>m</Message></Error>`
    const port = await listen(
      createServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/xml', 'content-length': text.length }).end(text)
      }),
    )
    expect(await errorOf(fetched(port))).toMatchObject({ code })
    server?.close()
    // And where it does not say how long that is.
    const pieces = await listen(
      createServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/xml' }).write(text.slice(0, 60))
        response.end(text.slice(60))
      }),
    )
    expect(await errorOf(fetched(pieces))).toMatchObject({ code })
    server?.close()
  }
})

test('a store that falls silent in the middle, and a cancel there', async () => {
  const half = () =>
    listen(
      createServer((request, response) => {
        const [from, to] = rangeOf(request)
        response.writeHead(206, { 'content-length': to - from })
        response.write(large.subarray(from, from + 100_000))
      }),
    )
  expect(await errorOf(fetched(await half(), { bytes: 500_000, settings: { timeout_seconds: 1 } }))).toMatchObject({
    code: 'connection.timeout',
  })
  server?.close()
  const stop = new AbortController()
  const stopped = errorOf(fetched(await half(), { bytes: 500_000, signal: stop.signal }))
  setTimeout(() => stop.abort(), 200)
  const start = performance.now()
  expect(await stopped).toMatchObject({ kind: 'cancelled' })
  expect(performance.now() - start).toBeLessThan(2000)
})

test('a store that says nothing, nobody there, a cancel', async () => {
  const port = await listen(createNetServer(() => undefined))
  expect(await errorOf(fetched(port, { settings: { timeout_seconds: 1 } }))).toMatchObject({
    code: expect.stringMatching(/^connection\.(?:timeout|lost)$/),
  })
  const stop = new AbortController()
  const stopped = errorOf(fetched(port, { signal: stop.signal }))
  setTimeout(() => stop.abort(), 50)
  expect(await stopped).toMatchObject({ kind: 'cancelled' })
  expect(await errorOf(fetched(port, { signal: AbortSignal.abort() }))).toMatchObject({ kind: 'cancelled' })
  expect(await errorOf(fetched(1))).toMatchObject({ code: 'connection.refused' })
})
