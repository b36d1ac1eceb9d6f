// What was sent as batches, given back as a collection: what a load has sent, an extract reads.

import { accepted } from './record.ts'
import { type Answer, type Call, number } from './reply.ts'
import { cursorAt, position, type Row } from './rest.ts'

const parsed = new Map<string, { readonly batches: number; readonly rows: readonly Row[] }>()

/** The rows of all batches that were accepted under a key, in the order in which they came, those after `since` by their `id`. */
export function storedRows(key: string, since?: number): readonly Row[] {
  const bodies = accepted(`batches/${key}`)
  const before = parsed.get(key)
  const rows = before?.batches === bodies.length ? before.rows : bodies.flatMap(rowsIn)
  parsed.set(key, { batches: bodies.length, rows })
  return since === undefined ? rows : rows.filter(({ id }) => Number(id) > since)
}

/** `GET /stored/KEY?since=&cursor=&limit=`: `{results, meta: {next_cursor}}`. */
export function stored({ url, path }: Call): Answer {
  const since = url.searchParams.get('since')
  const rows = storedRows(path[0] ?? '', since === null ? undefined : Number(since))
  const from = position(url.searchParams.get('cursor'))
  if (from === undefined) return { status: 400, body: { error: 'the cursor is unknown' } }
  const to = from + Math.max(1, number(url, 'limit', 100, 1000))
  const next_cursor = to < rows.length ? cursorAt(to) : null
  return { status: 200, body: { results: rows.slice(from, to), meta: { next_cursor } } }
}

/** An array, an array under a name, an object, or an object a line. */
function rowsIn(body: string): Row[] {
  if (/^\{.*\}\n/.test(body))
    return body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row)
  const value = JSON.parse(body) as Row | readonly Row[] | Readonly<Record<string, readonly Row[]>>
  if (Array.isArray(value)) return [...value]
  const [only, ...others] = Object.values(value)
  return others.length === 0 && Array.isArray(only) ? [...only] : [value as Row]
}
