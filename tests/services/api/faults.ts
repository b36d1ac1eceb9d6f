// What goes wrong with APIs, each really made.
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, type Api, type Call, number } from './reply.ts'
import { rest, rowsOf } from './rest.ts'

/** How often each key was called: a test names its own, so that tests do not disturb each other. */
const calls = new Map<string, number>()

/** The paths are listed in docs/testing-connectors.md. */
export async function faults(api: Api, call: Call): Promise<Answer | undefined> {
  const { url, path, response } = call
  const [kind = '', key = ''] = path
  const behind = () => rest(api, { ...call, path: path.slice(2) })
  const count = () => {
    const next = (calls.get(`${kind}/${key}`) ?? 0) + 1
    calls.set(`${kind}/${key}`, next)
    return next
  }
  const json = { 'content-type': 'application/json' }
  const rows = JSON.stringify(rowsOf(api, 'genre'))
  switch (kind) {
    case 'calls':
      return { status: 200, body: { calls: calls.get(path.slice(1).join('/')) ?? 0 } }
    case 'rate-limit': {
      const seconds = number(url, 'seconds', 1, 3600)
      if (count() > number(url, 'times', 2)) return behind()
      const date = new Date(Date.now() + seconds * 1000).toUTCString()
      const after = url.searchParams.has('date') ? date : String(seconds)
      return { status: 429, headers: { 'retry-after': after }, body: { error: 'too many requests' } }
    }
    case 'flaky':
      if (count() > number(url, 'times', 2)) return behind()
      return { status: number(url, 'status', 500, 599), body: { error: 'it broke' } }
    case 'slow':
      await delay(number(url, 'ms', 1000, 600_000))
      return behind()
    case 'trickle':
      response.writeHead(200, json)
      for (const letter of rows) {
        if (response.destroyed) return undefined
        response.write(letter)
        await delay(number(url, 'ms', 50, 60_000))
      }
      response.end()
      return undefined
    case 'too-long':
      // Says more than comes; the connection ends in between.
      response.writeHead(200, { ...json, 'content-length': String(rows.length + 1000) })
      response.write(rows, () => response.socket?.end())
      return undefined
    case 'too-short':
      // Says less than comes: a reader that believes it sees JSON that stops in the middle.
      response.socket?.end(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 20\r\nconnection: close\r\n\r\n${rows}`,
      )
      return undefined
    case 'cut':
      return { status: 200, headers: json, body: rows.slice(0, rows.length / 2) }
    case 'type':
      // A page for people under the type of data, as proxies and log-in pages send it.
      return { status: 200, headers: json, body: '<!doctype html><title>Log in</title>' }
    case 'unnamed':
      return { status: 200, headers: { 'content-type': 'text/html' }, body: rows }
    case 'gzip':
      return { status: 200, headers: { ...json, 'content-encoding': 'gzip' }, body: rows }
    case 'reset':
      response.socket?.resetAndDestroy()
      return undefined
    case 'redirect': {
      // /faults/redirect/KEY never ends; ?to=URL goes there once.
      const to = url.searchParams.get('to') ?? `${url.origin}/faults/redirect/${key}?n=${number(url, 'n', 0) + 1}`
      return { status: number(url, 'status', 302, 399), headers: { location: to } }
    }
    case 'same-page':
      // Each page says that it is followed by itself.
      return { status: 200, body: { value: rowsOf(api, 'genre'), next: url.href, meta: { next_cursor: 'again' } } }
    case 'huge': {
      response.writeHead(200, json)
      const line = Buffer.from(`${' '.repeat(1_048_575)}\n`)
      for (let sent = 0; sent < number(url, 'mb', 100, 4096); sent++) {
        if (response.destroyed) return undefined
        if (!response.write(line))
          await new Promise((resolve) => response.once('drain', resolve).once('close', resolve))
      }
      response.end('[]')
      return undefined
    }
    case 'status':
      return { status: Number(key) || 500, body: { error: `status ${key}` } }
    default:
      return { status: 404, body: { error: `no fault "${kind}"` } }
  }
}
