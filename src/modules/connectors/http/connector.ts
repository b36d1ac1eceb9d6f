import { operationalError } from '../../../shared/errors.ts'
import type { Connector } from '../../kit/connector.ts'
import { settingsOf } from '../../kit/connector.ts'
import { type Check, diagnose } from '../kit/diagnose.ts'
import { networkError } from '../kit/errors.ts'
import { filesOf } from '../kit/project-file.ts'
import { type HttpClient, openHttp } from './client.ts'
import { httpDescriptor } from './descriptor.ts'
import { GuardedHosts, hostOf } from './resolve-host.ts'

export const httpConnector: Connector<typeof httpDescriptor.settings> = {
  descriptor: httpDescriptor,
  async test(connection, { projectRoot, signal }) {
    const settings = settingsOf(httpDescriptor, connection)
    const files = filesOf(projectRoot)
    const base = new URL(settings.base_url)
    // Who waits for a test wants to know now.
    const quick = { ...connection, settings: { ...connection.settings, retries: 0 } }
    let client: HttpClient | undefined
    let server: string | undefined
    const checks: Check[] = [
      {
        step: 'name',
        run: async () => {
          const found = await new GuardedHosts(settings.allow_private).addresses(base, signal)
          return `${hostOf(base)} is ${found.map(({ address }) => address).join(', ')}.`
        },
      },
      {
        step: 'login',
        run: async () => {
          client = openHttp(quick, files)
          const answer = await client
            .send({ method: 'GET', url: client.address(settings.test_path) }, signal)
            .catch((thrown: unknown) => {
              throw networkError(thrown, { host: hostOf(base), port: Number(base.port) || 443 }) ?? thrown
            })
          const said = answer.headers.server
          server = typeof said === 'string' ? said.slice(0, 100) : undefined
          if (/html/i.test(answer.headers['content-type'] ?? ''))
            throw operationalError(
              'http.page',
              `${answer.url.origin}${answer.url.pathname} is a page for people, not an API.`,
              {
                hint: 'Check the address; a page for logging in often stands in the way.',
              },
            )
          const plain = base.protocol === 'http:' ? ' It is not encrypted: everybody on the way can read it.' : ''
          return `It answered ${answer.status}.${plain}`
        },
      },
    ]
    try {
      return await diagnose(checks, signal, () => server)
    } finally {
      client?.close()
    }
  },
}
