import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { settingsOf } from '../../kit/connector.ts'
import type { FileFinder } from '../kit/project-file.ts'
import { tlsOptions } from '../kit/tls-options.ts'
import { type HttpAnswer, isOk, isPassing, nameOf, retryAfter, statusError } from './answer.ts'
import { type HttpSettings, httpDescriptor } from './descriptor.ts'
import { Wire } from './exchange.ts'
import { basic, ClientTokens } from './oauth.ts'
import { Pace, pause } from './pace.ts'
import { GuardedHosts, hostOf, type Resolver } from './resolve-host.ts'

export interface HttpCall {
  readonly method: string
  /** Of this API (see `address`): the caller is told apart by what the connection knows. */
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Buffer
  /** Doing it twice is doing it once. Otherwise only what reads, and what PUT and DELETE do, is tried again. */
  readonly repeatable?: boolean
}

/** To be closed by who opened it. */
export interface HttpClient {
  readonly settings: HttpSettings
  /** @param path below the connection's address, with a query or without @throws LogiDataError `http.other-origin`, `http.path` */
  address(path: string): URL
  /** A link that the API gave, seen from a page of it. @throws LogiDataError `http.other-origin` */
  follow(link: string, from: URL): URL
  /** @returns what has a status from 200 to 299, after as many tries as it takes @throws LogiDataError */
  send(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer>
  /** Takes the secrets of the connection out of a text. */
  hide(text: string): string
  close(): void
}

const MOST_REDIRECTS = 10
const FIRST_PAUSE_MS = 400
const LONGEST_PAUSE_MS = 30_000
const REPEATABLE = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'])

/** @param resolver of names, for tests @throws LogiDataError what is wrong with the settings */
export function openHttp(connection: ResolvedConnection, files: FileFinder, resolver?: Resolver): HttpClient {
  const settings = settingsOf(httpDescriptor, connection)
  return new Client(settings, connection.secrets, files, resolver)
}

class Client implements HttpClient {
  readonly settings: HttpSettings
  readonly #secrets: Readonly<Record<string, string>>
  readonly #base: URL
  readonly #wire: Wire
  readonly #pace: Pace
  readonly #tokens: ClientTokens | undefined
  #signal: AbortSignal = new AbortController().signal

  constructor(
    settings: HttpSettings,
    secrets: Readonly<Record<string, string>>,
    files: FileFinder,
    resolver?: Resolver,
  ) {
    this.settings = settings
    this.#secrets = secrets
    this.#base = new URL(settings.base_url)
    const hosts = new GuardedHosts(settings.allow_private, resolver)
    const limits = { timeoutMs: settings.timeout_seconds * 1000, maxBytes: settings.max_megabytes * 2 ** 20 }
    const tls = async (url: URL) => {
      const own = url.origin === this.#base.origin
      const trusted = own || (settings.token_url !== undefined && url.origin === new URL(settings.token_url).origin)
      // Who is redirected to gets no certificate of ours, and must be known to everybody.
      const given = trusted ? settings : { tls: 'verified' as const }
      const named = own || !trusted ? given : { ...given, tls_server_name: undefined }
      return (await tlsOptions(named, secrets, { host: hostOf(url), files })) ?? {}
    }
    this.#wire = new Wire(hosts, limits, settings.concurrency, tls)
    this.#pace = new Pace(settings.concurrency, settings.requests_per_second)
    if (settings.auth === 'oauth2')
      this.#tokens = new ClientTokens(settings, this.#secret('client_secret'), (request) =>
        this.#trying('POST', true, this.#signal, () =>
          this.#wire.send({ method: 'POST', shown: request.url, ...request }, this.#signal),
        ),
      )
  }

  close(): void {
    this.#wire.close()
  }

  address(path: string): URL {
    if (/^[a-z][a-z0-9+.-]*:/i.test(path) || path.startsWith('//'))
      throw userError('http.path', 'A path is needed, which goes on from the address of the connection.', {
        field: ['path'],
        hint: `Leave out ${this.#base.origin}.`,
      })
    const base = this.#base.href.replace(/\/$/, '')
    const url = new URL(path === '' || path.startsWith('?') ? base + path : `${base}/${path.replace(/^\//, '')}`)
    const within = this.#base.pathname.replace(/\/$/, '')
    if (
      url.origin !== this.#base.origin ||
      (url.pathname !== within && !url.pathname.startsWith(`${within}/`) && within !== '')
    )
      throw userError('http.path', 'The path leads out of the address of the connection.', { field: ['path'] })
    url.hash = ''
    return url
  }

  follow(link: string, from: URL): URL {
    if (!URL.canParse(link, from.href))
      throw operationalError(
        'http.next',
        `The API names a next page that is no address: ${this.hide(link.slice(0, 100))}`,
      )
    const url = new URL(link, from)
    url.hash = ''
    if (url.origin !== this.#base.origin)
      throw operationalError('http.other-origin', `The API names a next page at another host, ${url.origin}.`, {
        hint: 'It would get the secret of this connection. Use another pagination, or make the connection for that host.',
      })
    return url
  }

  async send({ method, url, headers = {}, body, repeatable }: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    this.#signal = signal
    let renewed = false
    for (;;) {
      let token: string | undefined
      if (this.#tokens) token = await this.#tokens.token()
      const answer = await this.#trying(method, repeatable ?? REPEATABLE.has(method), signal, () =>
        this.#redirected({ method, url, headers, ...(body ? { body } : {}) }, token, signal),
      )
      if (answer.status === 401 && this.#tokens && token !== undefined && !renewed) {
        renewed = true
        await this.#tokens.forget(token)
        continue
      }
      if (isOk(answer)) return answer
      // An API that repeats what it got repeats the token, too.
      throw statusError(method, answer, (text) => this.hide(token === undefined ? text : text.replaceAll(token, '•••')))
    }
  }

  hide(text: string): string {
    const { password, ...others } = this.#secrets
    const all = Object.values(others)
    if (password !== undefined) all.push(password, basic(this.settings.user ?? '', password).slice('Basic '.length))
    return all
      .filter((secret) => secret.length > 3)
      .reduce((rest, secret) => rest.replaceAll(secret, '•••').replaceAll(encodeURIComponent(secret), '•••'), text)
  }

  /** Tries again what may go well next time. */
  async #trying(
    method: string,
    repeatable: boolean,
    signal: AbortSignal,
    once: () => Promise<HttpAnswer>,
  ): Promise<HttpAnswer> {
    const { retries, max_wait_seconds: longest } = this.settings
    for (let tried = 0; ; tried++) {
      const last = tried >= retries
      let wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tried) * (0.75 + Math.random() / 2)
      try {
        const answer = await this.#pace.run(once, signal)
        const again = answer.status === 429 || (repeatable && isPassing(answer.status))
        if (!again || last) return answer
        const wanted = retryAfter(answer.headers)
        if (wanted !== undefined && wanted > longest * 1000)
          throw operationalError(
            'http.rate-limited',
            `${nameOf(method, answer.url)} wants a pause of ${Math.ceil(wanted / 1000)} seconds, more than this connection allows.`,
            { hint: 'Try later, ask for less at once, or raise “Longest pause that the API may ask for”.' },
          )
        wait = wanted ?? Math.min(wait, longest * 1000)
        // All that goes to this API waits, not this request alone.
        if (answer.status === 429 || wanted !== undefined) this.#pace.holdFor(wait)
      } catch (thrown) {
        if (last || !isRepeatable(thrown, repeatable)) throw thrown
      }
      await pause(wait, signal)
    }
  }

  async #redirected(call: HttpCall, token: string | undefined, signal: AbortSignal): Promise<HttpAnswer> {
    const seen = new Set<string>()
    let { method, url, body } = call
    for (;;) {
      const own = url.origin === this.#base.origin
      const answer = await this.#wire.send(
        {
          method,
          url: own ? this.#withKey(url) : url,
          shown: url,
          headers: own ? { ...this.#identity(token), ...call.headers } : accepting(call.headers),
          body,
        },
        signal,
      )
      const location = answer.headers.location
      if (answer.status < 300 || answer.status > 399 || answer.status === 304 || location === undefined) return answer
      const name = nameOf(method, url)
      if (!URL.canParse(location, url.href))
        throw operationalError('http.redirect', `${name} redirects to what is no address.`)
      const to = new URL(location, url)
      to.hash = ''
      to.username = ''
      to.password = ''
      if (to.protocol !== 'https:' && to.protocol !== url.protocol)
        throw operationalError('http.redirect', `${name} redirects to ${to.protocol}//, which is not encrypted.`, {
          hint: 'Nothing was sent there.',
        })
      seen.add(url.href)
      if (seen.has(to.href) || seen.size >= MOST_REDIRECTS)
        throw operationalError('http.redirect', `${name} redirects without end.`, {
          hint: 'Open the address in a browser to see where it leads; often a trailing “/” is missing.',
        })
      if (method !== 'GET' && method !== 'HEAD') {
        // What changes something is not sent to where nobody asked for it, nor made into a question without a word.
        if (answer.status < 307 || to.origin !== this.#base.origin)
          throw operationalError(
            'http.redirect',
            `${name} redirects to ${to.origin}${to.pathname}; it was not sent there.`,
            {
              hint: 'Write the address that it redirects to.',
            },
          )
      }
      url = to
    }
  }

  #identity(token: string | undefined): Record<string, string> {
    const { auth, user, key_name: name, key_in: place, headers = [] } = this.settings
    const own: Record<string, string> = {}
    for (const header of headers) own[header.name.toLowerCase()] = header.value
    if (auth === 'basic') own['authorization'] = basic(user ?? '', this.#secret('password'))
    if (auth === 'bearer') own['authorization'] = `Bearer ${this.#secret('token')}`
    if (token !== undefined) own['authorization'] = `Bearer ${token}`
    if (auth === 'key' && place === 'header') own[name.toLowerCase()] = this.#secret('api_key')
    return own
  }

  #withKey(url: URL): URL {
    const { auth, key_name: name, key_in: place } = this.settings
    if (auth !== 'key' || place !== 'query') return url
    const keyed = new URL(url)
    keyed.searchParams.set(name, this.#secret('api_key'))
    return keyed
  }

  #secret(name: string): string {
    const secret = this.#secrets[name]
    if (secret === undefined)
      throw userError('connection.no-secret', `The connection has no ${name.replace('_', ' ')}.`, {
        field: ['connection'],
        hint: 'Give it under Connections.',
      })
    if (/[\r\n\0]/.test(secret))
      throw userError('connection.no-secret', `The ${name.replace('_', ' ')} has a line break in it.`, {
        field: ['connection'],
        hint: 'Copy it again, without what is around it.',
      })
    return secret
  }
}

/** To a host that nobody named go only the headers that say what is understood. */
const accepting = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() === 'accept'))

/** What never arrived can always be sent again. */
const NEVER_ARRIVED = new Set(['connection.refused', 'connection.name'])

function isRepeatable(thrown: unknown, repeatable: boolean): boolean {
  if (!(thrown instanceof LogiDataError) || thrown.info.kind !== 'operational') return false
  const { code } = thrown.info
  if (code === 'connection.name') return (thrown.cause as { code?: string } | undefined)?.code === 'EAI_AGAIN'
  return NEVER_ARRIVED.has(code) || (repeatable && (code === 'connection.lost' || code === 'connection.timeout'))
}
