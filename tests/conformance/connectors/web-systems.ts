import type { JsonValue } from '../../../src/shared/pipeline/document.ts'
import { apiTarget } from '../../faults/targets/apis.ts'
import type { System } from './systems.ts'

type Config = Readonly<Record<string, JsonValue>>

const size = { name: 'per_page', value: '60' }
const limit = { name: 'limit', value: '60' }
const byCursor = {
  records_path: 'results',
  pagination: 'cursor',
  page_param: 'cursor',
  next_path: 'meta.next_cursor',
} as const
const column = (name: string, initial: string) => ({ incremental: { initial, from: 'column', name } })
const storedAt = (at: Readonly<Record<string, unknown>>) => String(at.path).replace('/batches/', '/stored/')
const stored = (at: Readonly<Record<string, unknown>>, more: readonly JsonValue[] = []): Config => ({
  path: storedAt(at),
  ...byCursor,
  query: [{ name: 'limit', value: '500' }, ...more],
})

/** A question about a list of GraphQL, asked page by page. */
const asking = (list: string, inside: string, way: 'nodes' | 'edges', more: Readonly<Record<string, string>> = {}) => {
  const given = Object.entries(more).map(([name, value]) => `${name}: ${value}, `)
  const rows = way === 'nodes' ? `nodes { ${inside} }` : `edges { node { ${inside} } }`
  const query = `query ($first: Int, $after: String, $since: Int) { ${list}(${given.join('')}first: $first, after: $after) { ${rows} pageInfo { hasNextPage endCursor } } }`
  return {
    path: '/graphql',
    query,
    variables: '{"first": 60}',
    records_path: way === 'nodes' ? `${list}.nodes` : `${list}.edges[*].node`,
  }
}
const keyIn = (at: Readonly<Record<string, unknown>>) => JSON.stringify(String(at.path).replace('/batches/', ''))
const ALBUM = 'album_id title artist_id'
const ROW = 'id part name'

const shared = {
  type: 'http',
  service: 'api',
  open: apiTarget,
  to: (host, port) => ({ base_url: `http://${host}:${port}/secure/bearer`, retries: 0 }),
  missing: { test_path: '/all/nothing' },
  wrongSecret: { token: 'not-it-7f3a' },
} as const satisfies Partial<System>

const lacks = {
  'discover: the tree': 'an API has no list of what it holds that all of them give',
  'load: drift': 'an API says nothing of its columns: what it does not want, it refuses with the batch',
} as const

const album = {
  settings: () => ({}),
  tree: [],
  columns: ['album_id BIGINT', 'title VARCHAR', 'artist_id BIGINT'],
  rows: 347,
}

/** The API of the tests, which gives back as a collection what was sent to it. */
export const webSystems: readonly System[] = [
  {
    ...shared,
    extract: 'extract.rest',
    source: (at) => stored(at),
    news: (at) => ({ ...stored(at, [{ name: 'since', value: '$cursor' }]), ...column('id', '-1') }),
    chinook: {
      ...album,
      config: { path: '/cursor/album', ...byCursor, query: [limit] },
      ways: {
        'all at once': { path: '/all/album' },
        'by page': { path: '/page/album', records_path: 'data', pagination: 'page', query: [size] },
        'by page, to the total': {
          path: '/page/album',
          records_path: 'data',
          pagination: 'page',
          total_path: 'total',
          query: [size],
        },
        'by offset': { path: '/offset/album', records_path: 'items', pagination: 'offset', query: [limit] },
        'by the header Link': { path: '/link/album', pagination: 'link', query: [size] },
        'by the next address': {
          path: '/next/album',
          records_path: 'value',
          pagination: 'next',
          next_path: 'next',
          query: [limit],
        },
        CSV: { path: '/all/album.csv' },
        XML: { path: '/all/album.xml' },
        'after refusals': { path: '/faults/flaky/{own}/cursor/album?times=2&status=503', ...byCursor, query: [limit] },
      },
    },
    newField: { config: { sample_rows: 1, query: [{ name: 'limit', value: '1' }] }, code: 'http.bad-row' },
    lacks,
  },
  {
    ...shared,
    extract: 'extract.graphql',
    source: (at) => ({ ...asking('stored', ROW, 'nodes', { key: keyIn(at) }), variables: '{"first": 500}' }),
    news: (at) => ({
      ...asking('stored', ROW, 'nodes', { key: keyIn(at), since: '$since' }),
      variables: '{"first": 500, "since": "$cursor"}',
      ...column('id', '-1'),
    }),
    chinook: {
      ...album,
      config: asking('album', ALBUM, 'nodes'),
      ways: { 'by edges': asking('album', ALBUM, 'edges') },
    },
    lacks: { ...lacks, 'read: drift': 'a query names its fields: no others come' },
  },
]
