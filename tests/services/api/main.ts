// The API of the tests: `node main.ts OPTIONS-AS-JSON`; see docs/testing-connectors.md for its paths.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { faults } from './faults.ts'
import { graphql } from './graphql.ts'
import { authorised, oauth } from './oauth.ts'
import { record } from './record.ts'
import { type Answer, type Api, type Call, send } from './reply.ts'
import { rest } from './rest.ts'
import { stored } from './stored.ts'

const api = JSON.parse(process.argv[2] ?? '{}') as Api
const { port, tlsPort, certificate, key } = api

/** The first part of a path says who answers. */
async function answer(call: Call): Promise<Answer | undefined> {
  const [first = '', ...rest_] = call.path
  const inner: Call = { ...call, path: rest_ }
  switch (first) {
    case 'oauth':
      return oauth(api, inner)
    case 'secure': {
      const [way = '', ...path] = rest_
      return authorised(api, way, call) ?? (await answer({ ...call, path }))
    }
    case 'faults':
      return await faults(api, inner)
    case 'graphql':
      return graphql(api, inner)
    case 'batches':
    case 'webhooks':
    case 'recorded':
      return record(call)
    case 'stored':
      return stored(inner)
    case '':
      return { status: 200, body: { name: 'Chinook' } }
    default:
      return rest(api, call)
  }
}

const handle: Parameters<typeof createServer>[1] = (request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('error', () => undefined)
  response.on('error', () => undefined)
  request.on('end', async () => {
    const scheme = 'encrypted' in request.socket ? 'https' : 'http'
    const url = new URL(request.url ?? '/', `${scheme}://${request.headers.host ?? 'localhost'}`)
    const path = url.pathname.split('/').slice(1).map(decodeURIComponent)
    const body = Buffer.concat(chunks)
    try {
      const result = await answer({ request, response, method: request.method ?? 'GET', url, path, body })
      if (result !== undefined) send(response, result)
    } catch (error) {
      send(response, { status: 400, body: { error: error instanceof Error ? error.message : String(error) } })
    }
  })
}

createSecureServer({ cert: readFileSync(certificate), key: readFileSync(key) }, handle).listen(tlsPort, '127.0.0.1')
createServer(handle).listen(port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
