// An API of our own: OAuth 2, REST in every usual way, GraphQL, webhooks, and everything that goes wrong.
import { randomBytes } from 'node:crypto'
import type { Api } from './api/reply.ts'
import type { Definition, Surroundings } from './definition.ts'
import { answers, freePort, launch, until } from './processes.ts'
import { root } from './state.ts'

async function start({ log, owns, chinook, certificates }: Surroundings) {
  const tls = await certificates()
  const secret = () => randomBytes(15).toString('base64url')
  const options: Api = {
    port: await freePort(),
    tlsPort: await freePort(),
    certificate: tls.serverCertificate,
    key: tls.serverKey,
    chinook: await chinook(),
    clientId: 'logidata',
    clientSecret: secret(),
    user: 'logidata',
    password: secret(),
    bearer: secret(),
    apiKey: secret(),
  }
  const args = [`${root}tests/services/api/main.ts`, JSON.stringify(options)]
  const server = launch({ program: process.execPath, args, log })
  owns(server)
  await until(async () => (await answers(options.port)) && (await answers(options.tlsPort)), server, log)
  const { port, tlsPort, clientId, clientSecret, user, password, bearer, apiKey } = options
  return {
    version: process.version.slice(1),
    details: {
      host: '127.0.0.1',
      port,
      tlsPort,
      url: `http://127.0.0.1:${port}`,
      secureUrl: `https://localhost:${tlsPort}`,
      tokenUrl: `http://127.0.0.1:${port}/oauth/token`,
      clientId,
      clientSecret,
      user,
      password,
      bearer,
      apiKey,
      ca: tls.ca,
      otherCa: tls.otherCa,
    },
  }
}

export const api: Definition = {
  name: 'api',
  title: 'API, Node',
  programs: ['openssl'],
  packages: ['openssl'],
  start,
}
