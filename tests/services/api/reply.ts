// What a call to the API is, and how it is answered.
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the server is started with. */
export interface Api {
  readonly port: number
  readonly tlsPort: number
  readonly certificate: string
  readonly key: string
  /** A folder with the JSON files of Chinook. */
  readonly chinook: string
  readonly clientId: string
  readonly clientSecret: string
  readonly user: string
  readonly password: string
  readonly bearer: string
  readonly apiKey: string
}

export interface Call {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly method: string
  readonly url: URL
  /** The parts of the path that are not yet used. */
  readonly path: readonly string[]
  readonly body: Buffer
}

/** A body that is no text goes out as JSON. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
}

export function send(response: ServerResponse, { status, headers = {}, body }: Answer): void {
  if (response.headersSent) return
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const type = body === undefined || typeof body === 'string' ? {} : { 'content-type': 'application/json' }
  response.writeHead(status, { ...type, ...headers }).end(text)
}

/** A whole number of the query, between bounds. */
export function number(url: URL, name: string, fallback: number, most = 1_000_000): number {
  const text = url.searchParams.get(name)
  if (text === null) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0 || value > most) throw new Error(`${name} must be from 0 to ${most}`)
  return value
}
