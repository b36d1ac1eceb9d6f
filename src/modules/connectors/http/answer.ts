import type { IncomingHttpHeaders } from 'node:http'
import { type LogiDataError, operationalError, userError } from '../../../shared/errors.ts'

/** What an API answered: whole, unpacked. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** Where it came from in the end, without what identifies the caller. */
  readonly url: URL
  readonly body: Buffer
}

/** As messages name a request: the query may hold what is nobody's business. */
export const nameOf = (method: string, url: URL): string => `${method} ${url.origin}${url.pathname}`

export const isOk = ({ status }: HttpAnswer): boolean => status >= 200 && status <= 299

/** Answers that may be others next time. */
export const isPassing = (status: number): boolean => [408, 425, 429, 500, 502, 503, 504].includes(status)

const LONGEST_PAUSE_TEXT = 100

/** Milliseconds that the header `Retry-After` asks for: it holds seconds or a date. */
export function retryAfter(headers: IncomingHttpHeaders, now = Date.now()): number | undefined {
  const text = headers['retry-after']?.trim().slice(0, LONGEST_PAUSE_TEXT)
  if (text === undefined || text === '') return undefined
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}

/** Why an answer is none. @param hide takes secrets out of what the API wrote */
export function statusError(method: string, answer: HttpAnswer, hide: (text: string) => string): LogiDataError {
  const { status } = answer
  const said = hide(words(answer))
  const message = `${nameOf(method, answer.url)} answered ${status}${said ? `: ${said}` : '.'}`
  if (status === 401)
    return operationalError('connection.login', message, {
      hint: 'Check the user, the token or the key of the connection.',
    })
  if (status === 403)
    return operationalError('connection.rights', message, {
      hint: 'The API knows you and refuses: ask for the right, or check the key.',
    })
  if (status === 404 || status === 410)
    return userError('source.not-found', message, {
      field: ['path'],
      hint: 'Check the path and the address of the connection.',
    })
  if (status === 429)
    return operationalError('http.rate-limited', message, {
      hint: 'The API wants fewer requests. Set “Requests a second, at most” in the connection, or try later.',
    })
  if (status >= 500 || status === 408 || status === 425)
    return operationalError('http.failed', message, { hint: 'The API is in trouble. Try again later.' })
  return userError('http.refused', message, {
    hint: 'The API does not want the request as it is: look at what it says.',
  })
}

/** The beginning of what an API wrote, on one line; nothing of a page for people. */
function words({ body, headers }: HttpAnswer): string {
  const text = body.subarray(0, 1000).toString('utf8')
  if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text)) return ''
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what an API writes must not steer a terminal.
  const line = text.replace(/[\u0000-\u001f\u007f\s]+/g, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
