// OAuth 2 client credentials, and the other ways to say who calls.
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { type Answer, type Api, type Call, number } from './reply.ts'

/** Tokens given out, with the moment they end. */
const tokens = new Map<string, number>()
let issued = 0

/** `POST /oauth/token` gives a token that lives `?seconds=` (3600); `GET /oauth/issued` counts; `POST /oauth/revoke` ends all. */
export function oauth({ clientId, clientSecret }: Api, { method, url, path, body, request }: Call): Answer {
  if (path[0] === 'issued') return { status: 200, body: { issued } }
  if (method !== 'POST') return { status: 405, body: { error: 'invalid_request' } }
  if (path[0] === 'revoke') {
    tokens.clear()
    return { status: 204 }
  }
  const form = new URLSearchParams(body.toString('utf8'))
  const [id, secret] = basic(request.headers.authorization)?.map(decodeURIComponent) ?? [
    form.get('client_id') ?? '',
    form.get('client_secret') ?? '',
  ]
  if (form.get('grant_type') !== 'client_credentials') return { status: 400, body: { error: 'unsupported_grant_type' } }
  if (id !== clientId || !same(secret ?? '', clientSecret)) {
    const error_description = 'The client is unknown or its secret is wrong.'
    return { status: 401, body: { error: 'invalid_client', error_description } }
  }
  const seconds = number(url, 'seconds', 3600)
  const token = randomBytes(24).toString('base64url')
  tokens.set(token, Date.now() + seconds * 1000)
  issued += 1
  const scope = form.get('scope') ?? 'read'
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: seconds, scope } }
}

/** Refuses a call that does not say who it is in the way that the path names: oauth, bearer, basic or key. */
export function authorised(api: Api, way: string, { request, url }: Call): Answer | undefined {
  const header = request.headers.authorization ?? ''
  const bearer = /^Bearer (.+)$/i.exec(header)?.[1] ?? ''
  const challenge = way === 'basic' ? 'Basic realm="Chinook"' : 'Bearer realm="Chinook", error="invalid_token"'
  const refused: Answer = { status: 401, headers: { 'www-authenticate': challenge }, body: { error: 'unauthorized' } }
  switch (way) {
    case 'oauth':
      return (tokens.get(bearer) ?? 0) > Date.now() ? undefined : refused
    case 'bearer':
      return same(bearer, api.bearer) ? undefined : refused
    case 'basic': {
      const [user, password] = basic(header) ?? []
      return user === api.user && same(password ?? '', api.password) ? undefined : refused
    }
    case 'key': {
      const key = request.headers['x-api-key'] ?? url.searchParams.get('api_key') ?? ''
      return same(String(key), api.apiKey) ? undefined : { status: 403, body: { error: 'the key is wrong' } }
    }
    default:
      return { status: 404, body: { error: `no way "${way}"` } }
  }
}

function basic(header: string | undefined): [string, string] | undefined {
  const encoded = /^Basic (.+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return [text.slice(0, colon), text.slice(colon + 1)]
}

function same(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
