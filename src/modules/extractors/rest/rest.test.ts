import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { connectionTo, noFiles, serving } from '../../connectors/http/testing.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { noSession, temporarySink } from '../../connectors/kit/temporary-sink.ts'
import type { CellValue, ReadRequest } from '../../kit/contract.ts'
import { sql } from '../../kit/sql.ts'
import { restExtractDescriptor } from './descriptor.ts'
import { restExtract } from './implementation.ts'

const serve = serving(onTestFinished)
const never = new AbortController().signal

interface Options {
  readonly parameters?: Record<string, [type: 'text' | 'integer', value: string]>
  readonly settings?: Record<string, unknown>
  readonly secrets?: Record<string, string>
  readonly signal?: AbortSignal
  readonly limit?: number
  readonly state?: ReadRequest<unknown>['state']
  readonly count?: boolean
}

/** Reads as the engine does: columns are asked for, then the rows. */
async function read(base: string, given: Record<string, unknown>, options: Options = {}) {
  const config = restExtractDescriptor.config.parse({ connection: 'api', ...given })
  const signal = options.signal ?? never
  const parameters = new Map(
    Object.entries(options.parameters ?? {}).map(([name, [type, value]]) => [name, { type, value }]),
  )
  const connection = connectionTo(base, { retries: 1, ...options.settings }, options.secrets)
  const request = {
    nodeId: 'read',
    config,
    parameters,
    connection,
    files: noFiles as never,
    withSession: noSession,
    signal,
  }
  const discovered = JSON.parse(JSON.stringify(await restExtract.discover(request)))
  const sink = await temporarySink(discovered.columns, signal)
  onTestFinished(() => sink.close())
  const rejected: (readonly CellValue[])[] = []
  const reject = async (rows: readonly (readonly CellValue[])[]) => void rejected.push(...rows)
  const { limit, state } = options
  const result = await restExtract.read({
    ...request,
    discovered,
    sink: { ...sink, write: sink.write, reject, copy: sink.copy.bind(sink), temporary: sink.temporary.bind(sink) },
    ...(limit === undefined ? {} : { limit }),
    ...(state === undefined ? {} : { state }),
  })
  const { rows } = await sink.rows(
    options.count ? (from) => sql`SELECT count(*), count(DISTINCT c0) FROM ${from}` : undefined,
  )
  return { columns: discovered.columns as { name: string; type: string }[], rows, rejected, ...result }
}

const json = (value: string | object) => (_request: unknown, response: { end(text: string): void }) =>
  response.end(typeof value === 'string' ? value : JSON.stringify(value))

test('numbers are exact to the last digit, and nested values keep their types', async () => {
  const base = await serve(
    json(
      '{"data":[{"id":9223372036854775807,"big":123456789012345678901234567890,"price":0.1234567890123456789,"at":"2026-01-02T03:04:05.123456+02:00","of":{"n":[1,2],"t":"x"},"mixed":1},{"id":-9223372036854775807,"big":1,"price":1.5,"at":null,"of":{"n":[],"t":"é\\n\\"q\\""},"mixed":"a"}]}',
    ),
  )
  const { columns, rows } = await read(base, { records_path: 'data' })
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id BIGINT',
    'big DECIMAL(38,0)',
    'price DECIMAL(38,19)',
    'at TIMESTAMP WITH TIME ZONE',
    'of STRUCT("n" BIGINT[], "t" VARCHAR)',
    'mixed JSON',
  ])
  expect(rows).toEqual([
    [
      '9223372036854775807',
      '123456789012345678901234567890',
      '0.1234567890123456789',
      '2026-01-02 01:04:05.123456+00',
      '{"n":[1,2],"t":"x"}',
      '1',
    ],
    ['-9223372036854775807', '1', '1.5000000000000000000', null, '{"n":[],"t":"é\\n\\"q\\""}', '"a"'],
  ])
})

test('what the sample did not have is an error with its row, or goes to the reject port; nothing is rounded or left out', async () => {
  const pages: Record<string, object[]> = {
    1: [{ n: 1, s: { a: 1 } }],
    2: [
      { n: 2, s: { a: 2 } },
      { n: 1.5, s: null },
      { n: 3, s: { a: 1, b: 2 } },
      { n: 9223372036854775808n, s: null },
      { n: 4, s: null, x: 1 },
      { n: 5, s: null },
    ],
  }
  const base = await serve((request, response) => {
    const page = new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? ''
    response.end(
      JSON.stringify(pages[page] ?? [], (_key, value) => (typeof value === 'bigint' ? 'BIG' : value)).replaceAll(
        '"BIG"',
        '9223372036854775808',
      ),
    )
  })
  const config = { pagination: 'page', sample_rows: 1 }
  expect(await errorOf(read(base, config))).toMatchObject({
    code: 'http.bad-row',
    message: 'Row 3, field n: “1.5” is not exactly a BIGINT.',
  })
  const { rows, rejected } = await read(base, { ...config, on_bad_row: 'reject' })
  expect(rows.map(([n]) => n)).toEqual(['1', '2', '5'])
  expect(rejected.map(([row, column]) => [row, column])).toEqual([
    [3n, 'n'],
    [4n, 's'],
    [5n, 'n'],
    [6n, 'x'],
  ])
  const ignoring = await read(base, { ...config, on_bad_row: 'reject', new_fields: 'ignore' })
  expect(ignoring.rows).toHaveLength(4)
  const wide = await read(base, {
    ...config,
    on_bad_row: 'reject',
    columns: { n: { type: 'DECIMAL(30,2)', name: 'number' } },
  })
  expect(wide.columns[0]).toEqual({ name: 'number', type: 'DECIMAL(30,2)' })
  expect(wide.rows.map(([n]) => n)).toEqual(['1.00', '2.00', '1.50', '9223372036854775808.00', '5.00'])
})

test('parameters stay where they were put', async () => {
  const asked: string[] = []
  const base = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      asked.push(`${request.method} ${request.url} ${request.headers['x-who'] ?? ''} ${Buffer.concat(chunks)}`)
      response.end('[{"a":1}]')
    })
  })
  const hostile = 'a/../b?x=1&y="2"#$z'
  await read(
    base,
    {
      path: '/of/$who?first=$who',
      query: [{ name: 'q', value: 'is $who, $$5' }],
      headers: [{ name: 'X-Who', value: '$who' }],
      method: 'POST',
      body: '{"n": "$count", "big": 12345678901234567890.10, "t": "<$who>"}',
    },
    { parameters: { who: ['text', hostile], count: ['integer', '12345678901234567890'] } },
  )
  const encoded = encodeURIComponent(hostile)
  expect(asked[0]?.startsWith(`POST /of/${encoded}?first=${encoded}&q=`)).toBe(true)
  expect(new URL(asked[0]?.split(' ')[1] ?? '', base).searchParams.get('q')).toBe(`is ${hostile}, $5`)
  expect(asked[0]).toContain(
    `{"n": 12345678901234567890, "big": 12345678901234567890.10, "t": ${JSON.stringify(`<${hostile}>`)}}`,
  )
  for (const value of ['..', '.', ''])
    expect(await errorOf(read(base, { path: '/of/$who' }, { parameters: { who: ['text', value] } }))).toMatchObject({
      code: 'http.path',
    })
  expect(
    await errorOf(
      read(base, { headers: [{ name: 'x', value: '$who' }] }, { parameters: { who: ['text', 'a\r\nb: c'] } }),
    ),
  ).toMatchObject({ code: 'http.header' })
  expect(await errorOf(read(base, { path: '/$hwo' }, { parameters: { who: ['text', 'x'] } }))).toMatchObject({
    code: 'parameter.unknown',
    hint: 'Did you mean “who”?',
  })
})

test('only what is new is asked for, from the largest value on', async () => {
  const asked: string[] = []
  const base = await serve((request, response) => {
    asked.push(request.url ?? '')
    response.setHeader('x-position', 'p7')
    response.end('{"rows":[{"id":9007199254740992},{"id":9007199254740993},{"id":7}],"at":"w9"}')
  })
  const config = {
    records_path: 'rows',
    query: [{ name: 'since', value: '$cursor' }],
    incremental: { initial: '0', from: 'column', name: 'id' },
  }
  const first = await read(base, config)
  expect(first.state).toMatchObject({ value: '9007199254740993' })
  await read(base, config, { state: first.state ?? null })
  expect(asked.at(-1)).toBe('/?since=9007199254740993')
  for (const [from, name, value] of [
    ['header', 'X-Position', 'p7'],
    ['path', 'at', 'w9'],
  ] as const)
    expect((await read(base, { ...config, incremental: { initial: '0', from, name } })).state).toMatchObject({ value })
  expect(await errorOf(read(base, { ...config, path: '/other' }, { state: first.state ?? null }))).toMatchObject({
    code: 'cursor.other',
  })
})

test('a hundred thousand rows come by cursor in bounded memory', async () => {
  const base = await serve((request, response) => {
    const from = Number(new URL(request.url ?? '', 'http://x').searchParams.get('cursor') ?? 0)
    const rows = Array.from({ length: 1000 }, (_, index) => ({
      id: from + index,
      name: `row ${from + index}`,
      text: 'x'.repeat(100),
      price: 1.25,
    }))
    response.end(JSON.stringify({ rows, next: from + 1000 < 100_000 ? String(from + 1000) : null }))
  })
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 20)
  const { rows } = await read(
    base,
    { records_path: 'rows', pagination: 'cursor', page_param: 'cursor', next_path: 'next' },
    { count: true },
  )
  clearInterval(watch)
  expect(rows).toEqual([['100000', '100000']])
  expect(most - before).toBeLessThan(300 * 2 ** 20)
}, 60_000)

describeService('api', 'extract.rest over an API', (api) => {
  test('every way to further pages gives every row once, in order', async () => {
    const size = { name: 'per_page', value: '250' }
    const limit = { name: 'limit', value: '300' }
    for (const config of [
      { path: '/all/track' },
      { path: '/page/track', records_path: 'data', pagination: 'page', query: [size] },
      { path: '/page/track', records_path: 'data', pagination: 'page', query: [size], total_path: 'total' },
      { path: '/offset/track', records_path: 'items', pagination: 'offset', query: [limit] },
      {
        path: '/cursor/track',
        records_path: 'results',
        pagination: 'cursor',
        page_param: 'cursor',
        next_path: 'meta.next_cursor',
        query: [limit],
      },
      { path: '/link/track', pagination: 'link', query: [size] },
      { path: '/next/track', records_path: '$.value', pagination: 'next', next_path: '$.next', query: [limit] },
      { path: '/all/track.csv' },
      { path: '/all/track.xml' },
      { path: '/all/track.xml', records_path: '/rows/track' },
      { path: '/faults/unnamed', rows: 25 },
    ]) {
      const { rows: expected = 3503, ...given } = config as { rows?: number }
      const { rows, columns } = await read(api.url, given)
      expect(rows.length, JSON.stringify(config)).toBe(expected)
      expect(new Set(rows.map(([id]) => id)).size).toBe(expected)
      expect(columns[0]).toMatchObject({ type: 'BIGINT' })
      expect(rows.every(([id], index) => id === String(index + 1))).toBe(true)
    }
    expect(
      (
        await read(
          api.url,
          {
            path: '/cursor/track',
            records_path: 'results',
            pagination: 'cursor',
            page_param: 'cursor',
            next_path: 'meta.next_cursor',
          },
          { limit: 120 },
        )
      ).rows,
    ).toHaveLength(120)
  }, 60_000)

  test('whatever an API does, it ends with a clear error and without an endless run', async () => {
    for (const [config, code] of [
      [{ path: '/faults/same-page', records_path: 'value', pagination: 'next', next_path: 'next' }, 'http.same-page'],
      [
        {
          path: '/faults/same-page',
          records_path: 'value',
          pagination: 'cursor',
          page_param: 'c',
          next_path: 'meta.next_cursor',
        },
        'http.same-page',
      ],
      [{ path: '/all/track', pagination: 'page', page_param: 'p' }, 'http.same-page'],
      [{ path: '/page/track', records_path: 'data', pagination: 'page', max_pages: 3 }, 'http.too-many-pages'],
      [{ path: '/faults/type' }, 'http.not-json'],
      [{ path: '/faults/cut' }, 'http.not-json'],
      [{ path: '/faults/too-short' }, 'http.not-json'],
      [{ path: '/faults/too-long' }, 'connection.lost'],
      [{ path: '/page/track', records_path: 'date' }, 'http.no-such-path'],
      [{ path: '/page/track', records_path: 'data', pagination: 'cursor' }, 'http.pagination'],
    ] as const)
      expect(
        await errorOf(read(api.url, { ...config, sample_rows: 5000 }, { settings: { retries: 0 } })),
        JSON.stringify(config),
      ).toMatchObject({ code })
  }, 60_000)

  test('a token that ends during a run is renewed, and storms of 429 and 500 are ridden out', async () => {
    const settings = {
      auth: 'oauth2',
      token_url: `${api.tokenUrl}?seconds=1`,
      client_id: api.clientId,
      scope: randomUUID(),
      requests_per_second: 8,
      retries: 3,
    }
    const secrets = { client_secret: api.clientSecret }
    const { rows } = await read(
      api.url,
      {
        path: '/secure/oauth/page/track',
        records_path: 'data',
        pagination: 'page',
        query: [{ name: 'per_page', value: '400' }],
        sample_rows: 1,
      },
      { settings, secrets },
    )
    expect(rows).toHaveLength(3503)
    for (const fault of ['rate-limit', 'flaky']) {
      const path = `/faults/${fault}/${randomUUID()}/all/genre?times=2&seconds=0`
      expect((await read(api.url, { path }, { settings: { retries: 3 } })).rows).toHaveLength(25)
    }
  }, 60_000)
})
