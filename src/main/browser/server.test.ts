import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { type AppContract, appContract } from '../../shared/rpc/app-contract.ts'
import { createClient } from '../../shared/rpc/client.ts'
import type { Handlers } from '../../shared/rpc/contract.ts'
import { socketTransport } from '../../shared/rpc/socket-transport.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { type BrowserServer, startBrowserServer } from './server.ts'

const handlers = {
  'settings.read': async () => ({ theme: 'dark', language: 'en', layout: {} }),
} as Partial<Handlers<AppContract>> as Handlers<AppContract>

let server: BrowserServer
let folder: string
let newLinks: string[]

beforeEach(async () => {
  const outer = await temporaryFolder()
  folder = join(outer, 'renderer')
  await mkdir(join(folder, 'assets'), { recursive: true })
  await writeFile(join(outer, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'index.html'), '<p>studio</p>')
  await writeFile(join(folder, 'assets/app-abc.js'), 'let a = 1')
  await writeFile(join(folder, 'assets/app-abc.js.gz'), gzipSync('let a = 1'))
  await writeFile(join(folder, '.source-hash.txt'), 'hidden')
  await symlink(join(outer, 'secret.txt'), join(folder, 'link.txt'))
  newLinks = []
  server = await startBrowserServer({ handlers, rendererFolder: folder, onNewLink: (url) => newLinks.push(url) })
  onTestFinished(() => server.close())
})

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('latin1')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body })
      })
    })
    request.on('error', reject)
    request.end()
  })
}

async function logIn(url = server.url): Promise<string> {
  const { pathname, search } = new URL(url)
  const { headers } = await get(pathname + search)
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

const own = () => `http://127.0.0.1:${server.port}`

/** Resolves to the status that refused the socket, or to the open socket. */
function openSocket(headers: Record<string, string>, path = '/rpc'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`, { headers })
  onTestFinished(() => socket.terminate())
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve(socket))
    socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0))
    socket.on('error', reject)
  })
}

describe('the way in', () => {
  test('the printed link is exchanged once for a cookie that scripts cannot read', async () => {
    const { pathname, search } = new URL(server.url)
    const first = await get(pathname + search)
    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/')
    expect(first.headers['set-cookie']?.[0]).toMatch(/^logidata_\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/)
    const second = await get(pathname + search)
    expect(second.status).toBe(401)
    expect(second.headers['set-cookie']).toBeUndefined()
    expect(second.body).toContain('used already')
  })

  test('a used link makes the terminal print a new one, which works', async () => {
    await logIn()
    await logIn()
    expect(newLinks).toHaveLength(1)
    expect(newLinks[0]).not.toBe(server.url)
    expect(await logIn(newLinks[0])).toMatch(/^logidata_/)
  })

  test('a browser that has its cookie may reload, and open its used link again', async () => {
    const cookie = await logIn()
    expect((await get('/', { cookie })).body).toBe('<p>studio</p>')
    expect((await get('/', { cookie })).status).toBe(200)
    expect((await get(`/${new URL(server.url).search}`, { cookie })).status).toBe(303)
    expect(newLinks).toEqual([])
  })

  test.each(['', 'logidata_1=x', 'token'])('without the cookie (%j) there is no page and no file', async (cookie) => {
    for (const path of ['/', '/assets/app-abc.js', '/index.html', '/rpc'])
      expect((await get(path, { cookie })).status).toBe(401)
  })

  test('a wrong token gives nothing', async () => {
    expect((await get('/?token=AAAA')).headers['set-cookie']).toBeUndefined()
    expect((await get('/?token=')).status).toBe(401)
  })
})

describe('other sites', () => {
  test('a name that was rebound to this computer is refused, even with the cookie', async () => {
    const cookie = await logIn()
    for (const host of [
      'evil.example',
      `evil.example:${server.port}`,
      '127.0.0.1',
      '127.0.0.1:1',
      `0.0.0.0:${server.port}`,
    ])
      expect((await get('/', { cookie, host })).status).toBe(421)
  })

  test('a WebSocket needs the cookie, and a page of ours that opens it', async () => {
    const cookie = await logIn()
    expect(await openSocket({ cookie, origin: 'http://evil.example' })).toBe(403)
    expect(await openSocket({ cookie, origin: 'null' })).toBe(403)
    expect(await openSocket({ cookie, origin: `http://localhost:${server.port}` })).toBe(403)
    expect(await openSocket({ cookie })).toBe(403)
    expect(await openSocket({ cookie, origin: 'http://evil.example:80', host: 'evil.example:80' })).toBe(403)
    expect(await openSocket({ origin: own() })).toBe(401)
    expect(await openSocket({ cookie, origin: own() }, '/other')).toBe(404)
    expect(await openSocket({ cookie, origin: own() })).toBeInstanceOf(WebSocket)
  })

  test('only reading methods are answered', async () => {
    const cookie = await logIn()
    expect((await get('/', { cookie }, 'POST')).status).toBe(405)
    expect((await get('/', { cookie }, 'OPTIONS')).status).toBe(405)
  })

  test('every answer forbids inline scripts, framing and guessing of types', async () => {
    for (const answer of [await get('/'), await get('/nothing', { cookie: await logIn() })]) {
      const policy = String(answer.headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'; script-src 'self';")
      expect(policy).toContain("worker-src 'self' blob:")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['referrer-policy']).toBe('no-referrer')
    }
  })

  test('it listens on this computer only', async () => {
    const socket = connect({ host: '127.0.0.2', port: server.port })
    await expect(once(socket, 'connect')).rejects.toThrow('ECONNREFUSED')
  })
})

describe('files', () => {
  test.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%252e%252e/secret.txt',
    '//secret.txt',
    '/assets/%00.js',
    '/link.txt',
    '/.source-hash.txt',
    '/%zz.txt',
    '/etc/passwd.txt',
  ])('%s does not lead out of the folder', async (path) => {
    const answer = await get(path, { cookie: await logIn() })
    expect(answer.status).toBe(404)
    expect(answer.body).toBe('Not found.')
  })

  test('what the build named by its content is cached for good, the page is asked for again', async () => {
    const cookie = await logIn()
    const script = await get('/assets/app-abc.js', { cookie })
    expect(script.headers['cache-control']).toBe('private, max-age=31536000, immutable')
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    const page = await get('/', { cookie })
    expect(page.headers['cache-control']).toBe('no-cache')
    const again = await get('/', { cookie, 'if-none-match': String(page.headers.etag) })
    expect(again).toMatchObject({ status: 304, body: '' })
  })

  test('a compressed copy goes to those who can read it', async () => {
    const cookie = await logIn()
    const packed = await get('/assets/app-abc.js', { cookie, 'accept-encoding': 'gzip, br' })
    expect(packed.headers['content-encoding']).toBe('gzip')
    expect(packed.body).toBe(gzipSync('let a = 1').toString('latin1'))
    expect((await get('/assets/app-abc.js', { cookie })).headers['content-encoding']).toBeUndefined()
  })

  test('a window that is not built says so', async () => {
    const other = await startBrowserServer({ handlers, rendererFolder: join(folder, 'nothing') })
    onTestFinished(() => other.close())
    server = other
    const answer = await get('/', { cookie: await logIn(other.url) })
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('npm start')
  })
})

test('several tabs each have their own connection', async () => {
  const cookie = await logIn()
  const tabs = await Promise.all([openSocket({ cookie, origin: own() }), openSocket({ cookie, origin: own() })])
  const clients = tabs.map((tab) => createClient(appContract, socketTransport(tab as WebSocket)))
  for (const client of clients) expect((await client.call('settings.read', {})).theme).toBe('dark')
  clients[0]?.close()
  expect((await clients[1]?.call('settings.read', {}))?.theme).toBe('dark')
})

test('a port that is taken is an error for people', async () => {
  await expect(startBrowserServer({ handlers, rendererFolder: folder, port: server.port })).rejects.toMatchObject({
    info: { code: 'port.taken', kind: 'operational' },
  })
})

test('closing ends open connections at once', async () => {
  const socket = await openSocket({ cookie: await logIn(), origin: own() })
  const closed = once(socket as WebSocket, 'close')
  await server.close()
  await closed
})
