import { existsSync, readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { connectionTo, serving } from '../../modules/connectors/http/testing.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import { runNodes } from '../run/testing.ts'
import { never, pipeline, type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'

let own: TemporaryProject
beforeEach(async () => {
  own = await temporaryProject()
})
afterEach(() => own.close())
const serve = serving(onTestFinished)

const stepsOf = (query: string, config: object) => ({
  one: { type: 'extract.rows', config: { name: 'x', rows: 1 } },
  rows: { type: 'transform.sql', inputs: { in: 'one' }, config: { sql: query } },
  look: { type: 'transform.http_lookup', inputs: { in: 'rows' }, config: { connection: 'api', ...config } },
})

interface More {
  readonly offline?: boolean
  readonly runId?: string
  readonly signal?: AbortSignal
}

let runs = 0
/** What comes out of both ports of a run, or the error that it ended with. */
const run = async (connection: ResolvedConnection, query: string, config: object, more: More = {}) => {
  const nodes = {
    ...stepsOf(query, config),
    out: { type: 'load.json', inputs: { in: 'look' }, config: { path: 'out.json' } },
    rejects: { type: 'load.json', inputs: { in: 'look.reject' }, config: { path: 'rejects.json' } },
  }
  const { finished } = await runNodes(own, nodes as never, {
    connections: { api: connection },
    runId: `r${++runs}`,
    ...more,
  })
  if (finished?.state !== 'succeeded') return { error: finished?.error }
  const file = (name: string) => JSON.parse(readFileSync(join(own.root, name), 'utf8')) as Record<string, unknown>[]
  return { out: file('out.json'), rejected: file('rejects.json') }
}
const preview = (connection: ResolvedConnection, query: string, config: object) =>
  own.project.preview(
    {
      ...pipeline(stepsOf(query, config) as never),
      connections: { api: connection },
      nodeId: 'look',
      limit: 100,
      offset: 0,
    },
    never,
  )
const problems = async (query: string, config: object) => {
  const document = pipeline(stepsOf(query, config) as never)
  const { nodes } = await own.project.analyse({ ...document, connections: { api: connectionTo('http://h') } }, never)
  return nodes['look']?.problems.map(({ code, message }) => `${code}: ${message}`)
}
/** A server of the test's own, and what it was asked. */
const api = async (answer: (url: URL, request: IncomingMessage, body: string) => unknown) => {
  const asked: string[] = []
  let [now, most] = [0, 0]
  const base = await serve(async (request, response: ServerResponse) => {
    most = Math.max(most, ++now)
    let body = ''
    for await (const chunk of request) body += chunk
    asked.push(`${request.method} ${request.url}${body === '' ? '' : ` ${body}`}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
    const given = answer(new URL(request.url ?? '', 'http://h'), request, body)
    now--
    if (typeof given === 'number') response.writeHead(given).end('{"message":"no"}')
    else
      response
        .setHeader('content-type', 'application/json')
        .end(typeof given === 'string' ? given : JSON.stringify(given))
  })
  return { base, asked, most: () => most }
}

describeService('api', 'A web look-up at a real API', (server) => {
  const config = {
    path: '/all/artist/$id',
    columns: [
      { name: 'artist', path: 'name' },
      { name: 'number', path: 'artist_id', type: 'INTEGER' },
    ],
  }
  const query = 'SELECT * FROM (VALUES (3, 1), (1, 2), (NULL, 3), (999999, 4), (1, 5)) AS t(id, n)'

  test('adds what it answers, in order; what it does not know is NULL or rejected', async () => {
    const connection = connectionTo(server.url)
    const { out, rejected, error } = await run(connection, query, config)
    expect(error).toBeUndefined()
    expect(out).toEqual([
      { id: 3, n: 1, artist: 'Aerosmith', number: 3 },
      { id: 1, n: 2, artist: 'AC/DC', number: 1 },
      { id: null, n: 3, artist: null, number: null },
      { id: 999999, n: 4, artist: null, number: null },
      { id: 1, n: 5, artist: 'AC/DC', number: 1 },
    ])
    expect(rejected).toEqual([])
    const strict = await run(connection, query, { ...config, on_missing: 'reject' })
    expect(strict.out?.map(({ n }) => n)).toEqual([1, 2, 5])
    expect(strict.rejected).toEqual([
      { id: null, n: 3, _reason: 'the API knows nothing of it' },
      { id: 999999, n: 4, _reason: 'the API knows nothing of it' },
    ])
    expect((await run(connection, query, { ...config, on_missing: 'fail' })).error).toMatchObject({
      code: 'lookup.missing',
      message: expect.stringContaining('id = NULL'),
    })
  })

  test('waits when the API wants a pause, and tries again when it fails in passing', async () => {
    const key = `lookup-${process.pid}-${Date.now()}`
    const connection = connectionTo(server.url, { retries: 4 })
    for (const fault of [`rate-limit/${key}`, `flaky/${key}`]) {
      const { out } = await run(connection, 'SELECT 1 AS id', {
        ...config,
        path: `/faults/${fault}/all/artist/$id?times=2&seconds=1`,
      })
      expect(out).toEqual([{ id: 1, artist: 'AC/DC', number: 1 }])
    }
    const broken = { ...config, path: '/faults/status/500?of=$id' }
    const impatient = connectionTo(server.url, { retries: 0 })
    expect((await run(impatient, 'SELECT 1 AS id', broken)).error).toMatchObject({ code: 'http.failed' })
    const { out, rejected } = await run(impatient, 'SELECT 1 AS id', { ...broken, on_error: 'reject' })
    expect(out).toEqual([])
    expect(rejected?.[0]?.['_reason']).toContain('answered 500')
    expect((await run(impatient, 'SELECT 1 AS id', { ...broken, on_error: 'null' })).out).toEqual([
      { id: 1, artist: null, number: null },
    ])
  })

  test('a wrong token fails the run, and is in no message', async () => {
    const connection = connectionTo(server.url, { auth: 'bearer', retries: 0 }, { token: 'sesame-wrong' })
    const { error } = await run(connection, 'SELECT 1 AS id', {
      ...config,
      path: '/secure/bearer/all/artist/$id',
      on_error: 'reject',
    })
    expect(error).toMatchObject({ code: 'connection.login' })
    expect(JSON.stringify(error)).not.toContain('sesame')
  })
})

const columns = [{ name: 'v', type: 'VARCHAR' }]

test('each combination is asked for once, several at a time, and values change nothing but their place', async () => {
  const { base, asked, most } = await api((url) => ({ v: url.pathname + url.search }))
  const query = `SELECT v AS "a b", n FROM (VALUES ('x/../y?z=1&w', 1), ('é "q"', 2), ('x/../y?z=1&w', 3), ('p%20q', 4)) AS t(v, n)`
  const { out } = await run(connectionTo(base, { concurrency: 3 }), query, {
    path: '/of/${a b}?in=${a b}',
    query: [{ name: 'also', value: '${a b}$$' }],
    columns,
  })
  expect(asked.sort()).toEqual([
    'GET /of/%C3%A9%20%22q%22?in=%C3%A9+%22q%22&also=%C3%A9+%22q%22%24',
    'GET /of/p%2520q?in=p%2520q&also=p%2520q%24',
    'GET /of/x%2F..%2Fy%3Fz%3D1%26w?in=x%2F..%2Fy%3Fz%3D1%26w&also=x%2F..%2Fy%3Fz%3D1%26w%24',
  ])
  expect(out?.[0]?.['v']).toBe(out?.[2]?.['v'])
  expect(most()).toBeGreaterThan(1)
  const many = await api(() => ({ v: 'same' }))
  const rows = 'SELECT i % 40 AS k, i FROM range(9000) t(i)'
  const all = await run(connectionTo(many.base, { concurrency: 4 }), rows, { path: '/$k', columns })
  expect(all.out?.map(({ i }) => i)).toEqual(Array.from({ length: 9000 }, (_, i) => i))
  expect(many.asked).toHaveLength(40)
  expect(many.most()).toBe(4)
})

test('a body takes values by their types', async () => {
  const { base, asked } = await api((_url, _request, body) => ({ v: body }))
  await run(connectionTo(base), `SELECT 7 AS id, 1.50 AS price, 'a"b' AS name, true AS yes, DATE '2024-02-29' AS day`, {
    path: '/search',
    method: 'POST',
    body: '{"id":"$id","price":"$price","name":"$name","text":"is $id","yes":"$yes","day":"$day","n":12345678901234567890}',
    columns,
  })
  expect(asked).toEqual([
    'POST /search {"id":7,"price":1.50,"name":"a\\"b","text":"is 7","yes":true,"day":"2024-02-29","n":12345678901234567890}',
  ])
})

test('values are exactly of their types, or errors', async () => {
  const { base } = await api(
    () =>
      '{"data":{"big":12345678901234567890,"dec":1.10,"day":"2024-02-29","at":"2024-01-01T10:00:00Z","o":{"a":[1,2.0]},"t":" x ","b":true,"n":null,"half":1.5}}',
  )
  const take = (type: string, path: string) =>
    run(connectionTo(base), 'SELECT 1 AS id', {
      path: '/$id',
      result_path: 'data',
      columns: [{ name: 'v', path, type }],
    })
  expect((await take('UBIGINT', 'big')).out?.[0]).toMatchObject({ v: expect.anything() })
  expect((await take('VARCHAR', 'big')).out).toEqual([{ id: 1, v: '12345678901234567890' }])
  expect((await take('DECIMAL(5,2)', 'dec')).out).toEqual([{ id: 1, v: 1.1 }])
  expect((await take('DATE', 'day')).out).toEqual([{ id: 1, v: '2024-02-29' }])
  expect((await take('VARCHAR', 't')).out).toEqual([{ id: 1, v: ' x ' }])
  expect((await take('VARCHAR', 'o')).out).toEqual([{ id: 1, v: '{"a":[1,2.0]}'.replace('2.0', '2') }])
  expect((await take('BOOLEAN', 'b')).out).toEqual([{ id: 1, v: true }])
  expect((await take('INTEGER', 'n')).out).toEqual([{ id: 1, v: null }])
  expect((await take('INTEGER', 'gone.deep')).out).toEqual([{ id: 1, v: null }])
  for (const [type, path] of [
    ['INTEGER', 'half'],
    ['INTEGER', 'big'],
    ['DATE', 'at'],
    ['DOUBLE', 'o'],
  ] as const)
    expect((await take(type, path)).error).toMatchObject({ code: 'lookup.value' })
})

test('lists: several are an error, the first, or rows; none is missing', async () => {
  const { base } = await api((url) => ({ items: url.pathname === '/2' ? [{ v: 'a' }, { v: 'b' }] : [] }))
  const take = (several: string) =>
    run(connectionTo(base), 'SELECT * FROM (VALUES (1), (2)) t(id)', {
      path: '/$id',
      result_path: 'items',
      columns,
      several,
    })
  expect((await take('fail')).error).toMatchObject({ code: 'lookup.several' })
  expect((await take('first')).out).toEqual([
    { id: 1, v: null },
    { id: 2, v: 'a' },
  ])
  expect((await take('rows')).out).toEqual([
    { id: 1, v: null },
    { id: 2, v: 'a' },
    { id: 2, v: 'b' },
  ])
})

test('answers on disk are used by later runs, offline too, and for their time only; errors are not', async () => {
  let broken = true
  const { base, asked } = await api((url) =>
    url.pathname === '/3' && broken ? 400 : url.pathname === '/2' ? 404 : { v: 'x' },
  )
  const connection = connectionTo(base, { retries: 0 })
  const query = 'SELECT * FROM (VALUES (1), (2), (3)) t(id)'
  const config = { path: '/$id', columns, cache: 'disk', on_error: 'reject' }
  expect((await run(connection, query, config)).rejected).toHaveLength(1)
  broken = false
  expect((await run(connection, query, config)).out).toEqual([
    { id: 1, v: 'x' },
    { id: 2, v: null },
    { id: 3, v: 'x' },
  ])
  expect(asked.sort()).toEqual(['GET /1', 'GET /2', 'GET /3', 'GET /3'])
  expect((await run(connection, query, config, { offline: true })).out).toHaveLength(3)
  expect((await run(connection, 'SELECT 9 AS id', config, { offline: true })).error).toMatchObject({
    code: 'lookup.offline',
  })
  expect(asked).toHaveLength(4)
  await run(connection, query, { ...config, cache: 'run' })
  expect(asked).toHaveLength(7)
  await new Promise((resolve) => setTimeout(resolve, 50))
  await run(connection, query, { ...config, cache_hours: 0.01 })
  expect(asked).toHaveLength(7)
  // Another question has answers of its own.
  await run(connection, query, { ...config, result_path: 'v' })
  expect(asked.length).toBeGreaterThan(7)
})

test('a preview asks about the first rows only, and shows them again where there is no network', async () => {
  let down = false
  const { base, asked } = await api((url, request) => {
    if (down) request.socket.destroy()
    return { v: url.pathname }
  })
  const query = 'SELECT i AS id FROM range(1000) t(i)'
  const first = await preview(connectionTo(base, { retries: 0 }), query, { path: '/$id', columns })
  expect(first.rows).toHaveLength(50)
  expect(first.exactness).toBe('sampled')
  expect(asked).toHaveLength(50)
  down = true
  await own.project.preview(
    {
      ...pipeline(stepsOf(`${query} LIMIT 20`, { path: '/$id', columns }) as never),
      connections: { api: connectionTo(base, { retries: 0 }) },
      nodeId: 'look',
      limit: 100,
      offset: 0,
    },
    never,
  )
  expect(asked).toHaveLength(50)
})

test('a cancel ends it at once', async () => {
  const silent = await serve(() => undefined)
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 300)
  const started = performance.now()
  const { error } = await run(
    connectionTo(silent),
    'SELECT i AS id FROM range(100) t(i)',
    { path: '/$id', columns },
    { signal: stop.signal },
  )
  expect(error?.kind ?? 'cancelled').toBe('cancelled')
  expect(performance.now() - started).toBeLessThan(5000)
  expect(existsSync(join(own.root, 'out.json'))).toBe(false)
})

test('what cannot work is told before anything is asked', async () => {
  const query = "SELECT 1 AS id, [1] AS list, 'x' AS name"
  const flat = "SELECT 1 AS id, 'x' AS name"
  expect(await problems(flat, { path: '/$id', columns })).toEqual([])
  expect(await problems(flat, { path: '/$idd', columns })).toEqual([
    expect.stringContaining('column.unknown: There is no column or parameter “idd”.'),
  ])
  expect(await problems(flat, { path: '/all', columns })).toEqual([expect.stringContaining('lookup.no-key')])
  expect(await problems(query, { path: '/$id', columns })).toEqual([expect.stringContaining('lookup.carried: “list”')])
  expect(await problems(flat, { path: '/$id', columns: [{ name: 'NAME' }] })).toEqual([
    expect.stringContaining('column.duplicate'),
  ])
  expect(await problems(flat, { path: '/$id', columns: [{ name: 'v', type: 'INTEGER[]' }] })).toEqual([
    expect.stringContaining('lookup.type'),
  ])
  expect(await problems(flat, { path: '/', method: 'POST', body: '{"a":$id}', columns })).toEqual([
    expect.stringContaining('http.body'),
  ])
  expect(await problems(flat, { connection: 'none', path: '/$id', columns })).toEqual([
    expect.stringContaining('connection.unknown'),
  ])
})
