// As much of GraphQL as reading connections needs: one operation, fields, arguments, variables, aliases.
import type { Answer, Api, Call } from './reply.ts'
import { cursorAt, position, rowsOf } from './rest.ts'
import { storedRows } from './stored.ts'

interface Field {
  readonly name: string
  readonly alias: string
  readonly args: Readonly<Record<string, unknown>>
  readonly fields: readonly Field[]
}

/** `{ track(first: 10, after: "…") { totalCount nodes { name } edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }` */
export function graphql(api: Api, { method, body }: Call): Answer {
  if (method !== 'POST') return { status: 405, body: { errors: [{ message: 'POST a query' }] } }
  try {
    const { query, variables = {} } = JSON.parse(body.toString('utf8')) as {
      query: string
      variables?: Record<string, unknown>
    }
    const data = Object.fromEntries(parse(query, variables).map((field) => [field.alias, connection(api, field)]))
    return { status: 200, body: { data } }
  } catch (error) {
    // As the specification wants it: a failed query is a successful answer.
    return { status: 200, body: { data: null, errors: [{ message: error instanceof Error ? error.message : '' }] } }
  }
}

function connection(api: Api, { name, args, fields }: Field): unknown {
  const since = args['since'] === undefined ? undefined : Number(args['since'])
  // `stored(key: "…", since: 7)`: what was sent as batches.
  const rows = name === 'stored' ? storedRows(String(args['key']), since) : rowsOf(api, name)
  if (rows === undefined) throw new Error(`Cannot query field "${name}" on type "Query".`)
  const from = position(typeof args['after'] === 'string' ? args['after'] : null)
  if (from === undefined) throw new Error('The cursor is unknown.')
  const first = typeof args['first'] === 'number' ? args['first'] : 100
  const page = rows.slice(from, from + first)
  const end = from + page.length
  const edges = page.map((node, index) => ({ cursor: cursorAt(from + index + 1), node }))
  const pageInfo = { hasNextPage: end < rows.length, endCursor: cursorAt(end) }
  return pick({ totalCount: rows.length, nodes: page, edges, pageInfo }, fields)
}

function pick(value: unknown, fields: readonly Field[]): unknown {
  if (Array.isArray(value)) return value.map((item) => pick(item, fields))
  if (value === null || typeof value !== 'object' || fields.length === 0) return value
  const source = new Map(Object.entries(value))
  return Object.fromEntries(
    fields.map(({ name, alias, fields: inner }) => {
      if (!source.has(name)) throw new Error(`Cannot query field "${name}".`)
      return [alias, pick(source.get(name), inner)]
    }),
  )
}

function parse(text: string, variables: Readonly<Record<string, unknown>>): readonly Field[] {
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|-?\d+|\$?\w+|[{}():]/g) ?? []
  let at = 0
  const next = () => tokens[at++] ?? ''
  const take = (token: string) => {
    if (tokens[at] !== token) return false
    at++
    return true
  }
  const expect = (token: string) => {
    if (!take(token)) throw new Error(`Syntax Error: Expected "${token}", found "${tokens[at] ?? '<EOF>'}".`)
  }
  const value = (token: string): unknown => {
    if (token.startsWith('$')) return variables[token.slice(1)]
    return JSON.parse(token)
  }
  const fields = (): Field[] => {
    const list: Field[] = []
    expect('{')
    while (!take('}')) {
      const alias = next()
      if (!/^\w+$/.test(alias)) throw new Error(`Syntax Error: Unexpected "${alias}".`)
      const name = take(':') ? next() : alias
      const args: Record<string, unknown> = {}
      if (take('(')) {
        while (!take(')')) {
          const argument = next()
          expect(':')
          args[argument] = value(next())
        }
      }
      list.push({ name, alias, args, fields: tokens[at] === '{' ? fields() : [] })
    }
    return list
  }
  while (at < tokens.length && tokens[at] !== '{') at++ // `query Name($first: Int)`
  return fields()
}
