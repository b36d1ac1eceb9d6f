import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { raw } from '../modules/kit/sql.ts'
import {
  errorOf,
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from './testing/temporary-project.ts'

const ROWS = 1_000_000
let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ memoryBytes: 400e6 })
  await own.parquet(
    'data/large.parquet',
    `SELECT i AS id, 'key ' || (i % 1000) AS key, i % 7 AS day, TIMESTAMP '2024-01-01' + to_seconds(i) AS at FROM range(${ROWS}) t(i)`,
  )
  await own.parquet(
    'data/small.parquet',
    `SELECT i AS id, i % 3 AS kind, CASE WHEN i % 5 > 0 THEN i * 1.5 END AS value FROM range(300) t(i)`,
  )
})
afterAll(() => own.close())

const source = (name: string): TestNode => ({ type: 'extract.parquet', config: { path: `data/${name}.parquet` } })
const filter = (from: string, condition: string): TestNode => ({
  type: 'transform.filter',
  inputs: { in: from },
  config: { condition },
})
const count = (from: string, by: string): TestNode => ({
  type: 'transform.aggregate',
  inputs: { in: from },
  config: { group_by: [by], measures: [{ name: 'n', function: 'count' }] },
})
const nodes = {
  large: source('large'),
  small: source('small'),
  some: filter('large', 'day = 3'),
  per_key: count('some.match', 'key'),
  few: filter('per_key', 'n > 0'),
  kinds: count('small', 'kind'),
  out: { type: 'load.csv', inputs: { in: 'few' }, config: { path: 'out/few.csv' } },
}
const preview = (
  nodeId: string,
  page = { limit: 10, offset: 0 },
  signal = never,
  all: Record<string, TestNode> = nodes,
) => own.project.preview({ ...pipeline(all), nodeId, ...page }, signal)

describe('a preview', () => {
  test('is exact where rows stream, and knows the total of an untouched source', async () => {
    expect(await preview('large')).toMatchObject({ exactness: 'exact', totalRows: ROWS, more: true })
    const some = await preview('some')
    expect(some).toMatchObject({ exactness: 'exact', more: true })
    expect(some.totalRows).toBeUndefined()
    expect(some.rows.every((row) => row[2] === '3')).toBe(true)
  })

  test('is exact behind a blocking node over a small source, with its total', async () => {
    const kinds = await preview('kinds')
    expect(kinds).toMatchObject({ exactness: 'exact', totalRows: 3, more: false })
    expect(kinds.rows.map((row) => row[1])).toEqual(['100', '100', '100'])
  })

  test('is sampled behind a blocking node over a large source, after the filters above it', async () => {
    const perKey = await preview('per_key', { limit: 2000, offset: 0 })
    expect(perKey.exactness).toBe('sampled')
    // The sample is taken of the filtered rows, so it is full: no key of day 3 is missing.
    expect(perKey.rows.length).toBe(1000)
    expect(perKey.rows.reduce((sum, row) => sum + Number(row[1]), 0)).toBe(100_000)
  })

  test('is sampled behind a window over a large source, and exact over a small one', async () => {
    const place = (from: string, by: string): TestNode => ({
      type: 'transform.formula',
      inputs: { in: from },
      config: { formulas: [{ name: 'place', expression: `row_number() OVER (ORDER BY ${by} DESC)` }] },
    })
    const all = {
      ...nodes,
      placed: place('some.match', 'id'),
      first: filter('placed', 'place <= 3'),
      little: place('small', 'id'),
    }
    const first = await preview('first', { limit: 10, offset: 0 }, never, all)
    expect(first).toMatchObject({ exactness: 'sampled', more: false })
    expect(first.rows.map((row) => row.at(-1)).sort()).toEqual(['1', '2', '3'])
    const little = await preview('little', { limit: 1, offset: 0 }, never, all)
    expect(little).toMatchObject({ exactness: 'exact', rows: [['299', '2', '448.5', '1']], totalRows: 300 })
  })

  test('of a load is its input, and writes nothing', async () => {
    const out = await preview('out')
    expect(out.columns.map((column) => column.name)).toEqual(['key', 'n'])
    expect((await errorOf(own.project.session.files.inputs('out/few.csv'))).code).toBe('file.not-found')
  })

  test('comes from the cache until something it depends on changes', async () => {
    await preview('few')
    expect((await preview('few')).cached).toBe(true)
    const relabelled = { ...nodes, few: { ...nodes.few, label: 'Another name' } }
    expect((await preview('few', { limit: 10, offset: 0 }, never, relabelled)).cached).toBe(true)
    const edited = { ...nodes, some: filter('large', 'day = 4') }
    expect((await preview('few', { limit: 10, offset: 0 }, never, edited)).cached).toBe(false)
  })

  test('pages by offset', async () => {
    const page = await preview('small', { limit: 3, offset: 298 })
    expect(page.rows.map((row) => row[0])).toEqual(['298', '299'])
    expect(page).toMatchObject({ more: false, totalRows: 300 })
  })

  test('behind a blocking node follows an edit below its sample', async () => {
    for (const least of [0, 99, 100]) {
      const all = { ...nodes, few: filter('per_key', `n > ${least}`) }
      expect((await preview('few', { limit: 200, offset: 0 }, never, all)).rows.length).toBe(least < 100 ? 200 : 0)
    }
  })

  test('of a node that does not exist, or has no such port, says so', async () => {
    expect((await errorOf(preview('nothing'))).code).toBe('reference.unknown-node')
    const port = own.project.preview({ ...pipeline(nodes), nodeId: 'some', port: 'others', limit: 1, offset: 0 }, never)
    expect(await errorOf(port)).toMatchObject({ code: 'port.unknown-output', nodeId: 'some' })
  })
})

describe('cancelling', () => {
  // A product of the table with itself: hours, if nothing stopped it.
  const endless = {
    large: nodes.large,
    endless: filter(
      'large',
      '(SELECT count(*) FROM range(100000000) a(x), range(id + 100000) b(y) WHERE x * y = id) > 1',
    ),
  }

  test('two hundred previews leaves every connection usable', async () => {
    let ended = 0
    for (let round = 0; round < 50; round++)
      await Promise.all(
        [0, 1, 2, 3].map(async (lane) => {
          const controller = new AbortController()
          const all = {
            ...endless,
            endless: filter('large', `${endless.endless.config?.condition} + ${round * 4 + lane}`),
          }
          const running = errorOf(preview('endless', { limit: 10, offset: 0 }, controller.signal, all))
          // Some before their query starts, some while it runs.
          await new Promise((resolve) => setTimeout(resolve, (round * 4 + lane) % 12))
          controller.abort()
          expect((await running).code).toBe('cancelled')
          ended++
        }),
      )
    expect(ended).toBe(200)
    expect((await preview('small', { limit: 1, offset: 0 })).rows.length).toBe(1)
    expect(own.project.session.activeQueries).toBe(0)
  })

  test('a preview that waits for the same sample as a cancelled one still gets it', async () => {
    const all = { ...nodes, some: filter('large', 'day = 5') }
    const first = new AbortController()
    const cancelled = errorOf(preview('per_key', { limit: 5, offset: 0 }, first.signal, all))
    const second = preview('per_key', { limit: 5, offset: 0 }, never, all)
    first.abort()
    expect((await cancelled).code).toBe('cancelled')
    expect((await second).rows.length).toBe(5)
  })
})

test('a query that needs too much memory is an error, and the next one works', async () => {
  const greedy = own.project.session.lease(never, (lease) =>
    lease.execute(raw('SELECT len(list(i)) FROM range(400000000) t(i)')),
  )
  expect((await errorOf(greedy)).code).toBe('engine.out-of-memory')
  expect((await preview('small', { limit: 1, offset: 0 })).rows.length).toBe(1)
})

test('a profile has nulls, range, bins and frequent values', async () => {
  const profile = await own.project.profile({ ...pipeline(nodes), nodeId: 'small' }, never)
  const [id, kind, value] = profile.columns
  expect(profile.exactness).toBe('exact')
  expect(id).toMatchObject({ rows: 300, nulls: 0, distinct: 300, min: '0', max: '299' })
  expect(id?.histogram).toEqual(Array.from({ length: 20 }, () => 15))
  expect(kind?.distinct).toBe(3)
  expect(value).toMatchObject({ nulls: 60, min: '1.5', max: '448.5' })
  const large = await own.project.profile({ ...pipeline(nodes), nodeId: 'large' }, never)
  expect(large.exactness).toBe('sampled')
  const key = large.columns.find((column) => column.name === 'key')
  expect(key?.top?.length).toBe(5)
  expect(large.columns.find((column) => column.name === 'at')?.histogram?.reduce((a, b) => a + b, 0)).toBe(100_000)
})
