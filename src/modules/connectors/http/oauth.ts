import { createHash } from 'node:crypto'
import { type LogiDataError, operationalError, userError } from '../../../shared/errors.ts'
import { type HttpAnswer, isOk, statusError } from './answer.ts'
import type { HttpSettings } from './descriptor.ts'

interface Token {
  readonly text: string
  /** When it is no longer used, as `Date.now()`. */
  readonly until: number
}

/** Tokens are renewed so long before they end, or a tenth of their life. */
const EARLY_MS = 30_000
const UNKNOWN_LIFE_SECONDS = 300
/** By who asks whom for what: several steps and runs share one. Kept in memory only. */
const tokens = new Map<string, Promise<Token>>()

export interface TokenRequest {
  readonly url: URL
  readonly headers: Record<string, string>
  readonly body: Buffer
}

/** The tokens of one client. */
export class ClientTokens {
  readonly #settings: HttpSettings
  readonly #secret: string
  readonly #ask: (request: TokenRequest) => Promise<HttpAnswer>
  readonly #key: string

  constructor(settings: HttpSettings, secret: string, ask: (request: TokenRequest) => Promise<HttpAnswer>) {
    this.#settings = settings
    this.#secret = secret
    this.#ask = ask
    const { token_url, client_id, scope, token_audience, client_auth, allow_private, tls } = settings
    const parts = [
      token_url,
      client_id,
      scope,
      token_audience,
      client_auth,
      allow_private,
      tls,
      settings.tls_ca,
      secret,
    ]
    this.#key = createHash('sha256').update(JSON.stringify(parts)).digest('hex')
  }

  /** A token that has not ended. @throws LogiDataError */
  async token(): Promise<string> {
    for (;;) {
      const known = tokens.get(this.#key)
      if (!known) break
      const token = await known.catch(() => undefined)
      if (token && token.until > Date.now()) return token.text
      if (tokens.get(this.#key) === known) tokens.delete(this.#key)
    }
    const asking = this.#get()
    tokens.set(this.#key, asking)
    asking.catch(() => tokens.delete(this.#key))
    return (await asking).text
  }

  /** The API refused a token, whatever its end should have been. */
  async forget(refused: string): Promise<void> {
    const known = tokens.get(this.#key)
    if (known && (await known.catch(() => undefined))?.text === refused && tokens.get(this.#key) === known)
      tokens.delete(this.#key)
  }

  async #get(): Promise<Token> {
    const { token_url, client_id, scope, token_audience, client_auth } = this.#settings
    if (!token_url || !client_id)
      throw userError('connection.invalid', 'OAuth 2 needs the address for tokens and the name of the client.', {
        field: ['connection'],
        hint: 'Give both in the connection.',
      })
    const form = new URLSearchParams({ grant_type: 'client_credentials' })
    if (scope) form.set('scope', scope)
    if (token_audience) form.set('audience', token_audience)
    const headers: Record<string, string> = {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    }
    if (client_auth === 'basic')
      // RFC 6749, 2.3.1: both are encoded as a form's values first.
      headers['authorization'] = basic(formEncoded(client_id), formEncoded(this.#secret))
    else {
      form.set('client_id', client_id)
      form.set('client_secret', this.#secret)
    }
    const asked = Date.now()
    const answer = await this.#ask({ url: new URL(token_url), headers, body: Buffer.from(form.toString()) })
    if (!isOk(answer)) throw refusal(answer, this.#secret)
    return readToken(answer, asked)
  }
}

export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

const formEncoded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2)

function refusal(answer: HttpAnswer, secret: string): LogiDataError {
  const error = statusError('POST', answer, (text) => text.replaceAll(secret, '•••'))
  if (answer.status !== 400 && answer.status !== 401 && answer.status !== 403) return error
  return operationalError('connection.login', `No token was given: ${error.info.message}`, {
    hint: 'Check the client, its secret, the scope, and the address for tokens.',
  })
}

function readToken(answer: HttpAnswer, asked: number): Token {
  let said: { access_token?: unknown; expires_in?: unknown; token_type?: unknown } = {}
  try {
    said = JSON.parse(answer.body.toString('utf8')) ?? {}
  } catch {
    // Told below.
  }
  const { access_token: text, expires_in: life, token_type: type } = said
  // What it says may be the token itself: none of it is shown.
  if (typeof text !== 'string' || !/^[\x21-\x7e]+$/.test(text) || (typeof type === 'string' && !/^bearer$/i.test(type)))
    throw operationalError('connection.login', `${answer.url.origin} answered, but not with a token for the bearer.`, {
      hint: 'Is this the address for tokens?',
    })
  const seconds = Number(life)
  const whole = (Number.isFinite(seconds) && seconds > 0 ? seconds : UNKNOWN_LIFE_SECONDS) * 1000
  return { text, until: asked + whole - Math.min(EARLY_MS, whole / 10) }
}
