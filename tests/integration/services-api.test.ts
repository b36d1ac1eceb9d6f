import { expect, test } from 'vitest'
import { hasKeyring, withKeyring } from '../services/keyring.ts'
import { describeService } from '../services/services.ts'

describeService('api', 'The API of scripts/services', (server) => {
  const { url } = server
  const json = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> => {
    const response = await fetch(path.startsWith('http') ? path : `${url}${path}`, init)
    return (await response.json()) as Record<string, unknown>
  }
  const length = (value: unknown) => (Array.isArray(value) ? value.length : Number.NaN)
  const form = (fields: Record<string, string>) => ({ method: 'POST', body: new URLSearchParams(fields) })

  test('gives tokens for the right secret, which end', async () => {
    const client = { grant_type: 'client_credentials', client_id: server.clientId }
    expect(await json('/oauth/token', form({ ...client, client_secret: 'x' }))).toMatchObject({
      error: 'invalid_client',
    })
    const right = form({ ...client, client_secret: server.clientSecret })
    const get = async (path: string) => {
      const token = await json(path, right)
      const headers = { authorization: `Bearer ${token['access_token']}` }
      return (await fetch(`${url}/secure/oauth/all/genre`, { headers })).status
    }
    expect(await get('/oauth/token')).toBe(200)
    expect(await get('/oauth/token?seconds=0')).toBe(401)
  })

  test('lets in by bearer, basic and key', async () => {
    const basic = `Basic ${Buffer.from(`${server.user}:${server.password}`).toString('base64')}`
    const ways = {
      bearer: { authorization: `Bearer ${server.bearer}` },
      basic: { authorization: basic },
      key: { 'x-api-key': server.apiKey },
    }
    for (const [way, headers] of Object.entries(ways)) {
      expect((await fetch(`${url}/secure/${way}/all/genre`, { headers })).status).toBe(200)
      expect((await fetch(`${url}/secure/${way}/all/genre`)).ok).toBe(false)
    }
  })

  test('turns pages in each way, to the same rows', async () => {
    const collected: Record<string, number> = { page: 0, offset: 0, cursor: 0, link: 0, next: 0 }
    const add = (way: string, rows: unknown) => {
      collected[way] = (collected[way] ?? 0) + length(rows)
    }
    for (let page = 1; page <= 5; page++) add('page', (await json(`/page/invoice?page=${page}&per_page=100`))['data'])
    for (let offset = 0; offset < 412; offset += 100) {
      add('offset', (await json(`/offset/invoice?offset=${offset}`))['items'])
    }
    for (let cursor: unknown = ''; typeof cursor === 'string'; ) {
      const body = await json(`/cursor/invoice?cursor=${cursor}`)
      add('cursor', body['results'])
      cursor = (body['meta'] as Record<string, unknown>)['next_cursor']
    }
    for (let next: string | undefined = `${url}/link/invoice`; next !== undefined; ) {
      const response = await fetch(next)
      add('link', await response.json())
      next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1]
    }
    for (let next: unknown = '/next/invoice'; typeof next === 'string'; ) {
      const body = await json(next)
      add('next', body['value'])
      next = body['next']
    }
    expect(collected).toEqual({ page: 412, offset: 412, cursor: 412, link: 412, next: 412 })
  })

  test('answers in CSV and XML, and one row by its key', async () => {
    const csv = await (await fetch(`${url}/all/genre.csv`)).text()
    expect(csv.split('\r\n').slice(0, 2)).toEqual(['genre_id,name', '1,Rock'])
    const xml = await (await fetch(`${url}/all/genre.xml`)).text()
    expect(xml).toContain('<name>R&amp;B/Soul</name>')
    expect(await json('/all/genre/4')).toEqual({ genre_id: 4, name: 'Alternative & Punk' })
  })

  test('speaks GraphQL', async () => {
    const query =
      'query Pages($n: Int) { genres: genre(first: $n) { nodes { name } pageInfo { hasNextPage endCursor } } }'
    const body = JSON.stringify({ query, variables: { n: 1 } })
    expect(await json('/graphql', { method: 'POST', body })).toMatchObject({
      data: { genres: { nodes: [{ name: 'Rock' }], pageInfo: { hasNextPage: true } } },
    })
    const wrong = JSON.stringify({ query: '{ nothing { a } }' })
    expect(await json('/graphql', { method: 'POST', body: wrong })).toMatchObject({ errors: [{}] })
  })

  test('limits, breaks and lies as asked', async () => {
    const key = crypto.randomUUID()
    const limited = await fetch(`${url}/faults/rate-limit/${key}/all/genre?times=1&seconds=7`)
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7'])
    expect(length(await json(`/faults/rate-limit/${key}/all/genre?times=1`))).toBe(25)
    expect((await fetch(`${url}/faults/flaky/${key}/all/genre?times=1&status=503`)).status).toBe(503)
    expect((await fetch(`${url}/faults/flaky/${key}/all/genre?times=1`)).status).toBe(200)
    for (const kind of ['too-long', 'too-short', 'cut', 'type', 'gzip', 'reset', 'redirect']) {
      await expect(json(`/faults/${kind}`), kind).rejects.toThrow()
    }
    const same = await json('/faults/same-page')
    expect(same['next']).toBe(`${url}/faults/same-page`)
  })

  test('keeps batches and webhooks, once for one idempotency key', async () => {
    const key = crypto.randomUUID()
    const post = (query: string, once: string) =>
      fetch(`${url}/batches/${key}${query}`, { method: 'POST', body: '[1]', headers: { 'idempotency-key': once } })
    expect((await post('?fail=1', 'a')).status).toBe(500)
    expect((await post('?fail=1', 'a')).status).toBe(201)
    expect((await post('?fail=1', 'a')).status).toBe(201)
    const other = crypto.randomUUID()
    const lost = `${url}/webhooks/${other}?lost=1`
    await expect(fetch(lost, { method: 'POST', body: '{}' })).rejects.toThrow()
    expect(length(await json(`/recorded/webhooks/${other}`))).toBe(1)
    const seen = (await json(`/recorded/batches/${key}`)) as unknown as { status: number; body: string }[]
    expect(seen.map(({ status, body }) => [status, body])).toEqual([
      [500, '[1]'],
      [201, '[1]'],
    ])
  })
})

test.skipIf(!hasKeyring() && process.env['REQUIRE_SERVICES'] !== '1')(
  'a command gets a keychain of its own',
  async () => {
    const script = `
    import { Entry } from '@napi-rs/keyring'
    const entry = new Entry('logidata-test', 'one')
    if (entry.getPassword() !== null) process.exit(1)
    entry.setPassword('é')
    process.exit(entry.getPassword() === 'é' ? 7 : 2)`
    for (let round = 0; round < 2; round++) {
      expect(await withKeyring([process.execPath, '--input-type=module', '--eval', script])).toBe(7)
    }
  },
)
