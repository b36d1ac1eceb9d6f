import { Agent as HttpAgent, request as http, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as https } from 'node:https'
import type { Readable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { cancelledError, LogiDataError, operationalError } from '../../../shared/errors.ts'
import { lostError, networkError, timeoutError } from '../kit/errors.ts'
import { type HttpAnswer, nameOf } from './answer.ts'
import { type GuardedHosts, hostOf, pinned } from './resolve-host.ts'

export interface Exchange {
  readonly method: string
  /** As it goes out, with all that identifies the caller. */
  readonly url: URL
  /** As messages and answers name it. */
  readonly shown: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Buffer | undefined
}

export interface Limits {
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** One answer may take so many times what one silence may. */
const WHOLE_ANSWER = 10

/** Sends single requests over connections of its own. */
export class Wire {
  readonly #hosts: GuardedHosts
  readonly #limits: Limits
  readonly #http: HttpAgent
  readonly #https: HttpsAgent
  readonly #tls: (url: URL) => Promise<ConnectionOptions>

  /** @param tls options for the host of an address */
  constructor(hosts: GuardedHosts, limits: Limits, concurrency: number, tls: (url: URL) => Promise<ConnectionOptions>) {
    this.#hosts = hosts
    this.#limits = limits
    const options = { keepAlive: true, maxSockets: concurrency, scheduling: 'lifo' as const }
    this.#http = new HttpAgent(options)
    this.#https = new HttpsAgent(options)
    this.#tls = tls
  }

  close(): void {
    this.#http.destroy()
    this.#https.destroy()
  }

  /** One request and its answer, whatever its status. @throws LogiDataError `connection.…`, `http.too-large`, `http.encoding`, `cancelled` */
  async send({ method, url, shown, headers, body }: Exchange, signal: AbortSignal): Promise<HttpAnswer> {
    const addresses = await this.#hosts.addresses(url, signal)
    const { timeoutMs, maxBytes } = this.#limits
    const remote = { host: hostOf(url), port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)) }
    const ending = new AbortController()
    const tooLate = () => ending.abort(timeoutError(remote, (timeoutMs * WHOLE_ANSWER) / 1000))
    const deadline = setTimeout(tooLate, timeoutMs * WHOLE_ANSWER)
    const both = AbortSignal.any([signal, ending.signal])
    try {
      const secure = url.protocol === 'https:'
      const tls = secure ? await this.#tls(url) : {}
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        const sending = (secure ? https : http)(
          url,
          {
            ...tls,
            method,
            headers: {
              'user-agent': 'LogiData-Studio',
              'accept-encoding': 'gzip, deflate, br',
              ...headers,
              ...(body ? { 'content-length': String(body.length) } : {}),
            },
            agent: secure ? this.#https : this.#http,
            signal: both,
            lookup: pinned(addresses),
            // What an API may say before its answer is bounded too.
            maxHeaderSize: 64 * 1024,
          },
          resolve,
        )
        sending.setTimeout(timeoutMs, () => sending.destroy(timeoutError(remote, timeoutMs / 1000)))
        sending.on('error', reject)
        sending.end(body)
      })
      const bytes = await readBody(answer, maxBytes, nameOf(method, shown), () => lostError(remote))
      return { status: answer.statusCode ?? 0, headers: answer.headers, url: shown, body: bytes }
    } catch (thrown) {
      if (signal.aborted) throw cancelledError()
      if (ending.signal.aborted) throw ending.signal.reason
      if (thrown instanceof LogiDataError) throw thrown
      const { code } = thrown as { code?: unknown }
      // Of Node's parser: what came is no answer in HTTP.
      if (typeof code === 'string' && code.startsWith('HPE_'))
        throw operationalError(
          'http.invalid',
          `${nameOf(method, shown)} was answered with something that is not HTTP.`,
          {
            hint: 'Check the address and its port, and whether it should begin with https.',
            cause: thrown,
          },
        )
      throw networkError(thrown, remote) ?? thrown
    } finally {
      clearTimeout(deadline)
    }
  }
}

async function readBody(
  answer: IncomingMessage,
  maxBytes: number,
  name: string,
  lost: () => LogiDataError,
): Promise<Buffer> {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').trim().toLowerCase()
  const unpacked = unpack(answer, encoding, name)
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > maxBytes)
        throw operationalError(
          'http.too-large',
          `${name} answered with more than ${Math.round(maxBytes / 2 ** 20)} megabytes.`,
          {
            hint: 'Ask for smaller pages, or raise “Largest answer” in the connection.',
          },
        )
      chunks.push(chunk)
    }
  } catch (thrown) {
    answer.destroy()
    if (thrown instanceof LogiDataError) throw thrown
    if (!answer.complete && answer.errored) throw networkOrLost(answer.errored, lost)
    if (isPacking(thrown))
      throw operationalError(
        'http.encoding',
        `${name} says that its answer is packed (${encoding}); it cannot be unpacked.`,
        {
          hint: 'The API or a proxy before it is at fault.',
          cause: thrown,
        },
      )
    throw networkOrLost(thrown, lost)
  }
  if (!answer.complete) throw lost()
  return Buffer.concat(chunks)
}

function unpack(answer: IncomingMessage, encoding: string, name: string): Readable {
  const through = (unpacker: ReturnType<typeof createGunzip>): Readable => {
    answer.on('error', (error) => unpacker.destroy(error))
    answer.on('aborted', () => unpacker.destroy(new Error('aborted')))
    return answer.pipe(unpacker)
  }
  switch (encoding) {
    case 'identity':
    case '':
      return answer
    case 'gzip':
    case 'x-gzip':
      return through(createGunzip())
    case 'deflate':
      return through(createInflate())
    case 'br':
      return through(createBrotliDecompress())
    default:
      answer.destroy()
      throw operationalError(
        'http.encoding',
        `${name} packs its answer in a way that is not known here (${encoding.slice(0, 40)}).`,
      )
  }
}

/** Of zlib, whose error codes begin so. */
function isPacking(thrown: unknown): boolean {
  const { code } = thrown as { code?: unknown }
  return (
    typeof code === 'string' &&
    (code.startsWith('Z_') || (code.startsWith('ERR_') && code.includes('BROTLI')) || code.startsWith('ERR__ERROR'))
  )
}

const networkOrLost = (thrown: unknown, lost: () => LogiDataError): unknown => {
  if (thrown instanceof Error && thrown.name === 'AbortError') return thrown
  if (thrown instanceof LogiDataError) return thrown
  return lost()
}
