import { Readable } from 'node:stream'
import type { ConnectionOptions } from 'node:tls'
import type { GetObjectCommand } from '@aws-sdk/client-s3'
import { Agent, buildConnector, type Dispatcher } from 'undici'
import { ReadMemory } from './read-memory.ts'

/** What stores say of errors is a few hundred bytes. */
const MOST_TEXT = 256 * 1024
const CONNECT_MS = 15_000

/** Takes bytes that are another's as soon as it returns. */
export type TakeBytes = (bytes: Uint8Array) => void

/** Of an SDK's signed request, what is sent. */
interface SignedRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
}

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  /** Of an answer that is not one of success. */
  readonly text: Buffer
}

interface BodiesOptions {
  /** For `https:`, certificates and their checks. */
  readonly tls: ConnectionOptions | undefined
  readonly silentMs: number
  readonly sockets: number
}

/**
 * Bodies of objects straight from the parser of HTTP to where they are taken, without a stream in between. The SDK signs, tries again and
 * understands errors, as of any other request.
 */
export class Bodies {
  readonly #agent: Agent

  constructor({ tls = {}, silentMs, sockets }: BodiesOptions) {
    this.#agent = new Agent({
      connect: connector(tls),
      connections: sockets,
      pipelining: 1,
      headersTimeout: silentMs,
      bodyTimeout: silentMs,
    })
  }

  /**
   * Lets the body of a command's answer go to `take`.
   * @param restart what was taken of an attempt counts no longer
   */
  direct(command: GetObjectCommand, take: TakeBytes, restart: () => void, signal: AbortSignal): void {
    command.middlewareStack.add(
      (next) => async (args) => {
        restart()
        const { text, ...answer } = await this.#ask(args.request as SignedRequest, take, signal)
        const response = { ...answer, body: Readable.from(text.length > 0 ? [text] : []) }
        return { response } as unknown as Awaited<ReturnType<typeof next>>
      },
      { step: 'deserialize', priority: 'low', name: 'logidataBodies' },
    )
  }

  close(): void {
    this.#agent.destroy().catch(() => undefined)
  }

  #ask(request: SignedRequest, take: TakeBytes, signal: AbortSignal): Promise<Answer> {
    const { protocol, hostname, port, headers } = request
    const origin = `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`
    return new Promise((resolve, reject) => {
      const taking = new Taking(take, signal, resolve, reject)
      this.#agent.dispatch({ origin, path: targetOf(request), method: 'GET', headers }, taking)
    })
  }
}

/** One answer as it comes. Once it is settled, nothing more is taken. */
class Taking implements Dispatcher.DispatchHandler {
  readonly #take: TakeBytes
  readonly #signal: AbortSignal
  readonly #resolve: (answer: Answer) => void
  readonly #reject: (reason: unknown) => void
  #controller: Dispatcher.DispatchController | undefined
  #settled = false
  #statusCode = 0
  #headers: Record<string, string> = {}
  #text: Buffer[] = []
  #length = 0

  constructor(
    take: TakeBytes,
    signal: AbortSignal,
    resolve: (answer: Answer) => void,
    reject: (reason: unknown) => void,
  ) {
    this.#take = take
    this.#signal = signal
    this.#resolve = resolve
    this.#reject = reject
    signal.addEventListener('abort', this.#abort)
    if (signal.aborted) this.#abort()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(aborted())
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    statusCode: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#statusCode = statusCode
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }

  /** What this throws ends the answer. */
  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#settled) return
    if (this.#statusCode >= 200 && this.#statusCode < 300) {
      this.#take(bytes)
      return
    }
    this.#length += bytes.length
    if (this.#length > MOST_TEXT) throw networkError('ECONNRESET', 'the answer has no end')
    this.#text.push(Buffer.from(bytes))
  }

  onResponseEnd(): void {
    this.#settle(() =>
      this.#resolve({ statusCode: this.#statusCode, headers: this.#headers, text: Buffer.concat(this.#text) }),
    )
  }

  onResponseError(_controller: Dispatcher.DispatchController, thrown: Error): void {
    this.#settle(() => this.#reject(asOfNode(thrown)))
  }

  readonly #abort = () => {
    this.#settle(() => this.#reject(aborted()))
    this.#controller?.abort(aborted())
  }

  #settle(settle: () => void): void {
    if (this.#settled) return
    this.#settled = true
    this.#signal.removeEventListener('abort', this.#abort)
    settle()
  }
}

function connector(tls: ConnectionOptions): buildConnector.connector {
  const timeout = CONNECT_MS
  const secure = buildConnector({ ...tls, timeout } as buildConnector.BuildOptions)
  return (options, callback) => {
    // TLS comes in pieces of 16 KB, whose memory is another's anyway.
    if (options.protocol === 'https:') {
      secure(options, callback)
      return
    }
    const onread = new ReadMemory()
    buildConnector({ timeout, onread } as buildConnector.BuildOptions)(options, (...made) => {
      onread.socket = made[1] ?? undefined
      callback(...made)
    })
  }
}

function targetOf({ path, query = {} }: SignedRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    value === null
      ? [escaped(name)]
      : (typeof value === 'string' ? [value] : value).map((one) => `${escaped(name)}=${escaped(one)}`),
  )
  return pairs.length > 0 ? `${path}?${pairs.join('&')}` : path
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)

const aborted = () => Object.assign(new Error('aborted'), { name: 'AbortError' })

/** The errors of the library by the codes that Node has for them, which the SDK knows, too, to try again. */
function asOfNode(thrown: Error): Error {
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  if (/^UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code))
    return Object.assign(networkError('ETIMEDOUT', thrown.message), { name: 'TimeoutError' })
  return /^(?:UND_ERR|HPE)_/.test(code) ? networkError('ECONNRESET', thrown.message) : thrown
}

const networkError = (code: string, message: string): Error => Object.assign(new Error(message), { code })
