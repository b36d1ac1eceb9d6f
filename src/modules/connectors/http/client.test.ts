import { randomUUID } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { createGzip, gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { retryAfter } from './answer.ts'
import { type HttpCall, openHttp } from './client.ts'
import { httpConnector } from './connector.ts'
import { GuardedHosts, type Resolver } from './resolve-host.ts'
import { connectionTo, noFiles, serving } from './testing.ts'

const serve = serving(onTestFinished)
const never = new AbortController().signal

function client(
  base: string,
  settings: Record<string, unknown> = {},
  secrets: Record<string, string> = {},
  resolver?: Resolver,
) {
  const opened = openHttp(
    connectionTo(base, { retries: 0, timeout_seconds: 2, ...settings }, secrets),
    noFiles,
    resolver,
  )
  onTestFinished(() => opened.close())
  const get = (path: string, more: Partial<HttpCall> = {}, signal = never) =>
    opened.send({ method: 'GET', url: opened.address(path), ...more }, signal)
  return { ...opened, get, address: opened.address.bind(opened), follow: opened.follow.bind(opened) }
}

test('an address inside this network is refused unless the connection allows it, however it is written', async () => {
  const asked: string[] = []
  const base = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.end('{}')
  })
  const { port } = new URL(base)
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    'localhost',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '169.254.169.254',
  ]) {
    const outside = client(`http://${host}:${port}`, { allow_private: false })
    expect(await errorOf(outside.get('/')), host).toMatchObject({ code: 'connection.internal', kind: 'user' })
  }
  for (const address of ['127.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '10.0.0.1']) {
    const mixed: Resolver = async () => [
      { address: '1.1.1.1', family: 4 },
      { address, family: address.includes(':') ? 6 : 4 },
    ]
    const named = client(`http://api.example:${port}`, { allow_private: false }, {}, mixed)
    expect(await errorOf(named.get('/')), address).toMatchObject({ code: 'connection.internal' })
  }
  expect(asked).toEqual([])
  await client(base).get('/allowed')
  expect(asked).toEqual(['/allowed'])
})

test('a name is looked up once, and the connection goes to the address that was checked', async () => {
  const base = await serve((_request, response) => response.end('{}'))
  const { port } = new URL(base)
  let asked = 0
  const rebinding: Resolver = async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2', family: 4 }]
  const opened = client(`http://rebinds.example:${port}`, {}, {}, rebinding)
  await opened.get('/')
  await opened.get('/')
  expect(asked).toBe(1)
  const hosts = new GuardedHosts(false, async () => [{ address: '1.1.1.1', family: 4 }])
  expect(await hosts.addresses(new URL('https://a.example'), never)).toEqual([{ address: '1.1.1.1', family: 4 }])
})

test('a redirect to another host takes no credentials along, and one inwards is refused', async () => {
  const got: Record<string, unknown>[] = []
  const other = await serve((request, response) => {
    got.push({ ...request.headers, url: request.url })
    response.end('{}')
  })
  const base = await serve((_request, response) => response.writeHead(302, { location: `${other}/there` }).end())
  for (const [auth, secrets] of [
    [{ auth: 'bearer' }, { token: 'tok-123' }],
    [{ auth: 'basic', user: 'u' }, { password: 'pass-123' }],
    [{ auth: 'key' }, { api_key: 'key-123' }],
    [{ auth: 'key', key_in: 'query', key_name: 'k' }, { api_key: 'key-123' }],
  ] as const)
    await client(base, { ...auth, headers: [{ name: 'X-Tenant', value: 'own-123' }] }, secrets).get('/', {
      headers: { 'X-More': 'more-123' },
    })
  expect(got).toHaveLength(4)
  expect(JSON.stringify(got)).not.toMatch(/-123|authorization/i)

  const inwards = await serve((_request, response) =>
    response.writeHead(302, { location: 'http://inside.example/' }).end(),
  )
  const { port } = new URL(inwards)
  const resolver: Resolver = async (host) => [
    { address: host === 'inside.example' ? '10.0.0.1' : '127.0.0.1', family: 4 },
  ]
  const hosts = new GuardedHosts(false, resolver)
  expect(await errorOf(hosts.addresses(new URL(`http://outside.example:${port}`), never))).toMatchObject({
    code: 'connection.internal',
  })
})

test('what changes something is not sent on to another host', async () => {
  let bodies = 0
  const other = await serve((_request, response) => {
    bodies++
    response.end()
  })
  const base = await serve((request, response) =>
    response.writeHead(Number(request.url?.slice(1)), { location: `${other}/there` }).end(),
  )
  for (const status of [301, 302, 303, 307, 308]) {
    const error = await errorOf(client(base).get(`/${status}`, { method: 'POST', body: Buffer.from('{}') }))
    expect(error, String(status)).toMatchObject({ code: 'http.redirect' })
  }
  expect(bodies).toBe(0)
})

test('a path stays below the address of the connection', async () => {
  const { address, follow } = client('https://api.example/v1')
  expect(address('/orders?x=1#y').href).toBe('https://api.example/v1/orders?x=1')
  expect(address('').href).toBe('https://api.example/v1')
  for (const path of [
    'https://evil.example',
    '//evil.example',
    '/../admin',
    '/%2e%2e/admin',
    'a/../../b',
    '/\\evil/../../../x',
    '/../v1evil',
  ])
    expect(() => address(path), path).toThrow(/path/i)
  expect(() => follow('https://evil.example/next', address('/a'))).toThrow(/another host/)
  expect(follow('?page=2', address('/a')).href).toBe('https://api.example/v1/a?page=2')
})

test('an answer that grows when it is unpacked, or never ends, is refused in time', async () => {
  const bomb = gzipSync(Buffer.alloc(30 * 2 ** 20))
  const base = await serve((request, response) => {
    if (request.url === '/bomb') response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb)
    else {
      const packed = createGzip()
      response.writeHead(200, { 'content-encoding': 'gzip' })
      packed.pipe(response)
      packed.end('{"a":1}')
    }
  })
  const opened = client(base, { max_megabytes: 1 })
  expect(await errorOf(opened.get('/bomb'))).toMatchObject({ code: 'http.too-large' })
  expect((await opened.get('/')).body.toString()).toBe('{"a":1}')
})

test('a pause is asked for in seconds or by a date', () => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  expect(retryAfter({ 'retry-after': '2' }, now)).toBe(2000)
  expect(retryAfter({ 'retry-after': 'Thu, 01 Jan 2026 00:00:03 GMT' }, now)).toBe(3000)
  expect(retryAfter({ 'retry-after': 'Thu, 01 Jan 2025 00:00:03 GMT' }, now)).toBe(0)
  expect(retryAfter({ 'retry-after': 'soon' }, now)).toBeUndefined()
})

test('so many requests run at once and start in a second as the connection says', async () => {
  let running = 0
  let most = 0
  const base = await serve((_request, response) => {
    most = Math.max(most, ++running)
    setTimeout(() => {
      running--
      response.end('{}')
    }, 20)
  })
  const opened = client(base, { concurrency: 3 })
  await Promise.all(Array.from({ length: 12 }, () => opened.get('/')))
  expect(most).toBe(3)
  const slow = client(base, { requests_per_second: 20 })
  const started = performance.now()
  await Promise.all(Array.from({ length: 6 }, () => slow.get('/')))
  expect(performance.now() - started).toBeGreaterThan(240)
})

describeService('api', 'The client of web APIs', (api) => {
  const key = () => randomUUID()

  test('shows who it is in each way', async () => {
    const oauth = { auth: 'oauth2', token_url: api.tokenUrl, client_id: api.clientId }
    for (const [way, settings, secrets] of [
      ['basic', { auth: 'basic', user: api.user }, { password: api.password }],
      ['bearer', { auth: 'bearer' }, { token: api.bearer }],
      ['key', { auth: 'key' }, { api_key: api.apiKey }],
      ['key', { auth: 'key', key_in: 'query', key_name: 'api_key' }, { api_key: api.apiKey }],
      ['oauth', oauth, { client_secret: api.clientSecret }],
      ['oauth', { ...oauth, client_auth: 'body' }, { client_secret: api.clientSecret }],
    ] as const) {
      const answer = await client(api.url, settings, secrets).get(`/secure/${way}/all/genre`)
      expect(JSON.parse(answer.body.toString()), way).toHaveLength(25)
    }
    const wrong = client(api.url, oauth, { client_secret: 'wrong-secret' })
    expect(await errorOf(wrong.get('/secure/oauth/all/genre'))).toMatchObject({ code: 'connection.login' })
    const bad = client(api.url, { auth: 'bearer' }, { token: 'wrong' })
    expect(await errorOf(bad.get('/secure/bearer/all/genre'))).toMatchObject({ code: 'connection.login' })
  })

  test('keeps a token, renews it when it ends, and once when it is refused', async () => {
    const issued = async () => JSON.parse((await client(api.url).get('/oauth/issued')).body.toString()).issued as number
    const open = (seconds: number) =>
      client(
        api.url,
        { auth: 'oauth2', token_url: `${api.tokenUrl}?seconds=${seconds}`, client_id: api.clientId, scope: key() },
        { client_secret: api.clientSecret },
      )
    const long = open(3600)
    const before = await issued()
    await Promise.all([1, 2, 3, 4].map(() => long.get('/secure/oauth/all/genre')))
    expect(await issued()).toBe(before + 1)
    await client(api.url).get('/oauth/revoke', { method: 'POST' })
    await long.get('/secure/oauth/all/genre')
    expect(await issued()).toBe(before + 2)
    const short = open(1)
    await short.get('/secure/oauth/all/genre')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await short.get('/secure/oauth/all/genre')
    expect(await issued()).toBe(before + 4)
  })

  test('tries again what passes, after the pause that is asked for, but nothing twice that must not be', async () => {
    const calls = async (name: string) =>
      (JSON.parse((await client(api.url).get(`/faults/calls/${name}`)).body.toString()) as { calls: number }).calls
    const trying = client(api.url, { retries: 3 })
    const [limited, dated, flaky, posted] = [key(), key(), key(), key()]
    const started = performance.now()
    await trying.get(`/faults/rate-limit/${limited}/all/genre?times=1&seconds=1`)
    expect(performance.now() - started).toBeGreaterThan(950)
    await trying.get(`/faults/rate-limit/${dated}/all/genre?times=1&seconds=1&date=1`)
    await trying.get(`/faults/flaky/${flaky}/all/genre?times=2&status=503`)
    expect(await calls(`flaky/${flaky}`)).toBe(3)
    const post = { method: 'POST', body: Buffer.from('{}') }
    expect(await errorOf(trying.get(`/faults/flaky/${posted}/all/genre`, post))).toMatchObject({ code: 'http.failed' })
    expect(await calls(`flaky/${posted}`)).toBe(1)
    expect(await errorOf(trying.get(`/faults/rate-limit/${key()}/all/genre?seconds=3600`))).toMatchObject({
      code: 'http.rate-limited',
      message: expect.stringContaining('3600 seconds'),
    })
    const storm = client(api.url, { retries: 2 })
    expect(await errorOf(storm.get(`/faults/rate-limit/${key()}/all/genre?times=99&seconds=0`))).toMatchObject({
      code: 'http.rate-limited',
    })
  })

  test('ends with a clear error whatever an API does', async () => {
    for (const [path, code] of [
      ['/faults/too-long', 'connection.lost'],
      ['/faults/reset', 'connection.lost'],
      ['/faults/gzip', 'http.encoding'],
      [`/faults/redirect/${key()}`, 'http.redirect'],
      ['/faults/huge?mb=50', 'http.too-large'],
      ['/faults/slow/x/all/genre?ms=5000', 'connection.timeout'],
      ['/faults/trickle?ms=50', 'connection.timeout'],
      ['/faults/status/500', 'http.failed'],
      ['/faults/status/403', 'connection.rights'],
      ['/nothing/here', 'source.not-found'],
      ['/faults/status/418', 'http.refused'],
    ] as const)
      expect(await errorOf(client(api.url, { max_megabytes: 2, timeout_seconds: 1 }).get(path)), path).toMatchObject({
        code,
      })
  }, 60_000)

  test('an abort ends the request at once', async () => {
    const ending = new AbortController()
    const asked = errorOf(client(api.url).get('/faults/slow/x/all/genre?ms=30000', {}, ending.signal))
    setTimeout(() => ending.abort(), 100)
    const started = performance.now()
    expect(await asked).toMatchObject({ kind: 'cancelled' })
    expect(performance.now() - started).toBeLessThan(1000)
  })

  test('trusts the authority that is given, and no other', async () => {
    const files = filesOf(dirname(api.ca))
    for (const [settings, code] of [
      [{}, 'connection.tls'],
      [{ tls_ca: basename(api.ca) }, undefined],
      [{ tls_ca: basename(api.otherCa) }, 'connection.tls'],
      [{ tls: 'required' }, undefined],
    ] as const) {
      const opened = openHttp(connectionTo(api.secureUrl, { retries: 0, ...settings }), files)
      onTestFinished(() => opened.close())
      const asked = opened.send({ method: 'GET', url: opened.address('/all/genre') }, never)
      if (code) expect(await errorOf(asked)).toMatchObject({ code })
      else expect((await asked).status).toBe(200)
    }
  })

  test('a test of the connection says in words what is wrong', async () => {
    const look = (base: string, settings = {}, secrets = {}) =>
      httpConnector.test(connectionTo(base, settings, secrets), { projectRoot: '/tmp', signal: never })
    expect(await look(api.url)).toMatchObject({ ok: true, steps: [{ step: 'name' }, { step: 'login', ok: true }] })
    expect(await look('http://127.0.0.1:9')).toMatchObject({
      ok: false,
      steps: [{}, { ok: false, message: expect.stringContaining('refused') }],
    })
    expect(await look(api.url, { allow_private: false })).toMatchObject({ steps: [{ step: 'name', ok: false }] })
    expect(
      await look(api.url, { auth: 'bearer', test_path: '/secure/bearer/all/genre' }, { token: 'no' }),
    ).toMatchObject({
      steps: [{}, { ok: false, message: expect.stringContaining('401') }],
    })
  })
})
