// Keeps what was sent, for the tests to look at.
import { type Answer, type Call, number } from './reply.ts'

interface Received {
  readonly path: string
  readonly method: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
  readonly status: number
}

const received = new Map<string, Received[]>()
const tried = new Map<string, number>()
const answered = new Map<string, Answer>()

/**
 * `POST /batches/KEY` and `/webhooks/KEY` take anything; `GET /recorded/batches/KEY` shows it, DELETE forgets it.
 * `?fail=N&status=503` refuses the first N; `?lost=1` takes the first and breaks the connection before it answers, so that a caller
 * who sends it again without an Idempotency-Key has it twice.
 */
export function record({ method, url, path, body, request, response }: Call): Answer | undefined {
  const [first = '', ...others] = path
  if (first === 'recorded') {
    const key = others.join('/')
    if (method !== 'DELETE') return { status: 200, body: received.get(key) ?? [] }
    received.delete(key)
    tried.delete(key)
    return { status: 204 }
  }
  const key = path.join('/')
  const idempotency = request.headers['idempotency-key']
  const known = idempotency === undefined ? undefined : answered.get(`${key} ${idempotency}`)
  if (known !== undefined) return known
  const times = (tried.get(key) ?? 0) + 1
  tried.set(key, times)
  const status = times <= number(url, 'fail', 0) ? number(url, 'status', 500, 599) : 201
  const list = received.get(key) ?? []
  received.set(key, list)
  list.push({ path: url.pathname + url.search, method, headers: request.headers, body: body.toString('utf8'), status })
  const accepted = list.filter((one) => one.status === 201).length
  const answer: Answer = status === 201 ? { status, body: { accepted } } : { status, body: { error: 'not now' } }
  if (idempotency !== undefined && status === 201) answered.set(`${key} ${idempotency}`, answer)
  if (times <= number(url, 'lost', 0)) {
    response.socket?.resetAndDestroy()
    return undefined
  }
  return answer
}

/** The bodies that were taken under a key, such as `batches/KEY`. */
export function accepted(key: string): readonly string[] {
  return (received.get(key) ?? []).filter(({ status }) => status === 201).map(({ body }) => body)
}
