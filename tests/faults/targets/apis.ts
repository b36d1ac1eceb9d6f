import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { service } from '../../services/services.ts'
import type { LoadTarget } from './target.ts'

const rowsSchema = z.object({
  results: z.array(z.object({ id: z.number(), part: z.number(), name: z.string() })),
  meta: z.object({ next_cursor: z.string().nullable() }),
})
const batch = { mode: 'append', batch_rows: 7 }

/** The API of the tests, under a name of its own: what was sent to it comes back as a collection. */
export async function apiTarget(): Promise<LoadTarget | undefined> {
  const server = service('api')
  if (!server) return undefined
  const own = `rows-${randomBytes(6).toString('hex')}`
  const places = new Set<string>()
  const keyOf = (place: string) => `${own}-${place}`
  const ask = async (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init)
  const forget = (place: string) => ask(`/recorded/batches/${keyOf(place)}`, { method: 'DELETE' })
  const rowsOf = async (place: string) => {
    const rows: z.infer<typeof rowsSchema>['results'][number][] = []
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page = rowsSchema.parse(await (await ask(`/stored/${keyOf(place)}?limit=1000&cursor=${cursor}`)).json())
      rows.push(...page.results)
      cursor = page.meta.next_cursor
    }
    return rows
  }
  return {
    name: 'API',
    connection: {
      name: 'shop',
      type: 'http',
      settings: { base_url: `${server.url}/secure/bearer`, auth: 'bearer', allow_private: true },
      secrets: { token: server.bearer },
    },
    step: 'load.rest',
    hasNoModes: true,
    modes: [
      { name: 'append in arrays', config: batch, goesThrough: 'rows' },
      { name: 'append in named arrays', config: { ...batch, wrap: 'orders' }, goesThrough: 'rows' },
      { name: 'append as lines', config: { ...batch, body: 'ndjson' }, goesThrough: 'rows' },
      { name: 'append one by one', config: { ...batch, batch_rows: 1, body: 'object' }, goesThrough: 'rows' },
      { name: 'append, new', config: batch, isNew: true, goesThrough: 'rows' },
    ],
    moments: [],
    rows: { old: 200, fresh: 3_000, changed: 2_500 },
    at(place) {
      places.add(place)
      return { path: `/batches/${keyOf(place)}` }
    },
    async copy(from, to) {
      const rows = await rowsOf(from)
      if (rows.length > 0) await ask(`/batches/${keyOf(to)}`, { method: 'POST', body: JSON.stringify(rows) })
    },
    state: async (place) => (await rowsOf(place)).map(({ id, part, name }) => `${id}|${part}|${name}|0`).sort(),
    // A batch is taken whole or not at all: there is nothing beside.
    leftovers: async () => [],
    async remove(place) {
      await forget(place)
    },
    async close() {
      for (const place of places) await forget(place)
    },
  }
}
