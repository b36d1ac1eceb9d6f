import { createHash } from 'node:crypto'
import { operationalError } from '../../../../shared/errors.ts'
import { ExactNumber } from '../../../kit/files/json/shape.ts'
import { type HttpAnswer, nameOf } from '../answer.ts'
import type { HttpClient } from '../client.ts'
import { type Parsed, parseAnswer, type Reading } from './parse.ts'
import { valueAt } from './paths.ts'

/** How the pages of an answer are asked for, one after the other. */
export interface Pagination {
  readonly kind: 'none' | 'page' | 'offset' | 'cursor' | 'link' | 'next'
  /** The parameter that names the page, the offset or the cursor. */
  readonly param: string
  /** Of the first page. */
  readonly start: number
  /** Where the answer says what is next. */
  readonly path: string
  /** Where the answer says whether there is more. */
  readonly morePath?: string | undefined
  /** Where the answer says how many rows there are in all. */
  readonly totalPath?: string | undefined
  readonly maxPages: number
}

export interface PageRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

export interface Page extends Parsed {
  readonly answer: HttpAnswer
}

interface Pages {
  readonly client: HttpClient
  readonly first: PageRequest
  /** The request for another page, by the parameter that names it. */
  readonly turn: (request: PageRequest, param: string, value: string) => PageRequest
  readonly pagination: Pagination
  readonly reading: Reading
}

/** The pages in their order, one in memory at a time. @throws LogiDataError `http.same-page`, `http.too-many-pages`, what the client throws */
export async function* pagesOf(
  { client, first, turn, pagination, reading }: Pages,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  const { kind, param, start } = pagination
  let request = kind === 'page' || kind === 'offset' ? turn(first, param, String(start)) : first
  let number = start
  let rows = 0
  let before = ''
  const asked = new Set<string>()
  for (let count = 1; ; count++) {
    const id = digest(`${request.url.href}\n${request.body ?? ''}`)
    if (asked.has(id)) throw samePage(request)
    asked.add(id)
    if (count > pagination.maxPages)
      throw operationalError(
        'http.too-many-pages',
        `${nameOf(request.method, request.url)} has more than ${pagination.maxPages} pages.`,
        {
          hint: 'Does it end at all? Otherwise raise “Pages, at most”.',
        },
      )
    const { method, url, headers, body } = request
    // A question by POST is a question: asking it again does no harm.
    const call = { method, url, headers, repeatable: true, ...(body === undefined ? {} : { body: Buffer.from(body) }) }
    const answer = await client.send(call, signal)
    const parsed = parseAnswer(answer, method, reading)
    const content = digest(answer.body)
    if (count > 1 && content === before && parsed.rows.length > 0) throw samePage(request)
    before = content
    rows += parsed.rows.length
    yield { ...parsed, answer }
    const total = pagination.totalPath
      ? Number(scalar(valueAt(parsed.value, pagination.totalPath)) ?? Number.NaN)
      : Number.NaN
    if (kind === 'none') return
    if (kind === 'page' || kind === 'offset') {
      // A page that is shorter than what was asked for need not be the last: APIs have limits of their own.
      if (parsed.rows.length === 0 || rows >= total) return
      number += kind === 'page' ? 1 : parsed.rows.length
      request = turn(first, param, String(number))
      continue
    }
    if (pagination.morePath && valueAt(parsed.value, pagination.morePath) === false) return
    const next = kind === 'link' ? nextLink(answer) : scalar(valueAt(parsed.value, pagination.path))
    if (next === undefined || next === '') return
    request = kind === 'cursor' ? turn(first, param, next) : { ...first, url: client.follow(next, request.url) }
  }
}

const digest = (content: string | Buffer): string => createHash('sha256').update(content).digest('base64')

const samePage = ({ method, url }: PageRequest) =>
  operationalError('http.same-page', `${nameOf(method, url)} gives the same page again and again.`, {
    hint: 'Does the API know the parameter of the pagination by this name?',
  })

/** Numbers as they are written. */
export function scalar(value: unknown): string | undefined {
  if (value instanceof ExactNumber) return value.source
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

/** The address with `rel="next"` of the header `Link` (RFC 8288). */
export function nextLink({ headers }: Pick<HttpAnswer, 'headers'>): string | undefined {
  const header = Array.isArray(headers['link']) ? headers['link'].join(', ') : (headers['link'] ?? '')
  for (const [, target, rest] of header.matchAll(/<([^>]*)>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:"[^"]*"|[^",;\s]*))?)*)/g))
    if (/;\s*rel\s*=\s*(?:"([^"]*\s)?next(\s[^"]*)?"|next(?=\s*(?:;|$)))/i.test(rest ?? '')) return target
  return undefined
}
