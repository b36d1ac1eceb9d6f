// The tables of Chinook as collections, page by page in every usual way.
import { readFileSync } from 'node:fs'
import { type Answer, type Api, type Call, number } from './reply.ts'

export type Row = Readonly<Record<string, string | number | null>>
const read = new Map<string, readonly Row[]>()

/** The rows of a table, by its key; undefined where there is no such table. */
export function rowsOf({ chinook }: Api, table: string): readonly Row[] | undefined {
  if (!/^[a-z_]+$/.test(table)) return undefined
  let rows = read.get(table)
  if (rows === undefined) {
    try {
      rows = JSON.parse(readFileSync(`${chinook}/json/${table}.json`, 'utf8')) as Row[]
    } catch {
      return undefined
    }
    read.set(table, rows)
  }
  return rows
}

/** `/all/TABLE[.json|.xml|.csv][/ID]`, and `/page|offset|cursor|link|next/TABLE`. */
export function rest(api: Api, { url, path }: Call): Answer {
  const [way = '', name = '', id] = path
  const [table = '', format = 'json'] = name.split('.')
  const rows = rowsOf(api, table)
  if (rows === undefined) return { status: 404, body: { error: `there is no table "${table}"` } }
  if (id !== undefined) {
    const row = rows.find((candidate) => String(candidate[`${table}_id`]) === id)
    return row === undefined ? { status: 404, body: { error: `no ${table} ${id}` } } : { status: 200, body: row }
  }
  const total = rows.length
  const size = Math.max(1, number(url, 'limit', number(url, 'per_page', 100), 1000))
  const address = (changes: Record<string, string | number>) => {
    const next = new URL(url)
    for (const [key, value] of Object.entries(changes)) next.searchParams.set(key, String(value))
    return next.href
  }
  switch (way) {
    case 'all':
      return written(table, format, rows)
    case 'page': {
      const page = Math.max(1, number(url, 'page', 1))
      const data = rows.slice((page - 1) * size, page * size)
      return { status: 200, body: { data, page, per_page: size, pages: Math.ceil(total / size), total } }
    }
    case 'offset': {
      const offset = number(url, 'offset', 0)
      return { status: 200, body: { items: rows.slice(offset, offset + size), offset, total } }
    }
    case 'cursor': {
      const from = position(url.searchParams.get('cursor'))
      if (from === undefined) return { status: 400, body: { error: 'the cursor is unknown' } }
      const next = from + size < total ? cursorAt(from + size) : null
      return { status: 200, body: { results: rows.slice(from, from + size), meta: { next_cursor: next } } }
    }
    case 'link': {
      const page = Math.max(1, number(url, 'page', 1))
      const pages = Math.max(1, Math.ceil(total / size))
      const links = [`<${address({ page: 1 })}>; rel="first"`, `<${address({ page: pages })}>; rel="last"`]
      if (page < pages) links.unshift(`<${address({ page: page + 1 })}>; rel="next"`)
      return {
        status: 200,
        headers: { link: links.join(', '), 'x-total-count': String(total) },
        body: rows.slice((page - 1) * size, page * size),
      }
    }
    case 'next': {
      const skip = number(url, 'skip', 0)
      const next = skip + size < total ? address({ skip: skip + size }) : null
      return { status: 200, body: { count: total, value: rows.slice(skip, skip + size), next } }
    }
    default:
      return { status: 404, body: { error: `nothing at "${way}"` } }
  }
}

/** What a cursor stands for: callers must not guess it. */
export function cursorAt(index: number): string {
  return Buffer.from(`at ${index}`).toString('base64url')
}

export function position(cursor: string | null): number | undefined {
  if (cursor === null || cursor === '') return 0
  const digits = /^at (\d+)$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'))?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function written(table: string, format: string, rows: readonly Row[]): Answer {
  if (format === 'json') return { status: 200, body: rows }
  if (format === 'csv') {
    const columns = Object.keys(rows[0] ?? {})
    const cell = (value: unknown) => {
      const text = value === null || value === undefined ? '' : String(value)
      return /[",\r\n]/.test(text) || text === '' ? (value === null ? '' : `"${text.replaceAll('"', '""')}"`) : text
    }
    const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','))
    return {
      status: 200,
      headers: { 'content-type': 'text/csv; charset=utf-8' },
      body: `${[columns.join(','), ...lines].join('\r\n')}\r\n`,
    }
  }
  if (format === 'xml') {
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    const fields = (row: Row) =>
      Object.entries(row)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
        .join('')
    const items = rows.map((row) => `  <${table}>${fields(row)}</${table}>`).join('\n')
    return {
      status: 200,
      headers: { 'content-type': 'application/xml; charset=utf-8' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<rows>\n${items}\n</rows>\n`,
    }
  }
  return { status: 406, body: { error: `no format "${format}"` } }
}
