import { expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { connectionTo, noFiles } from '../../connectors/http/testing.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import { noSession, temporarySink } from '../../connectors/kit/temporary-sink.ts'
import { graphqlExtractDescriptor } from './descriptor.ts'
import { graphqlExtract } from './implementation.ts'

const signal = new AbortController().signal

describeService('api', 'extract.graphql over an API', (api) => {
  async function read(given: Record<string, unknown>, parameters: Record<string, string> = {}) {
    const config = graphqlExtractDescriptor.config.parse({ connection: 'api', path: '/graphql', ...given })
    const request = {
      nodeId: 'read',
      config,
      parameters: new Map(
        Object.entries(parameters).map(([name, value]) => [name, { type: 'integer' as const, value }]),
      ),
      connection: connectionTo(api.url, { retries: 0 }),
      files: noFiles as never,
      withSession: noSession,
      signal,
    }
    const discovered = JSON.parse(JSON.stringify(await graphqlExtract.discover(request)))
    const sink = await temporarySink(discovered.columns)
    onTestFinished(() => sink.close())
    await graphqlExtract.read({ ...request, discovered, sink })
    return sink.rows()
  }
  const query = (inside: string) =>
    `query ($n: Int, $after: String) { track(first: $n, after: $after) { ${inside} pageInfo { hasNextPage endCursor } } }`

  test('all pages are read by their cursors, from nodes and from edges', async () => {
    for (const [inside, records_path] of [
      ['nodes { track_id name }', 'track.nodes'],
      ['edges { node { track_id name } }', 'track.edges[*].node'],
    ] as const) {
      const { rows } = await read({ query: query(inside), variables: '{"n": "$size"}', records_path }, { size: '500' })
      expect(rows).toHaveLength(3503)
      expect(rows.every(([id], index) => id === String(index + 1))).toBe(true)
    }
  }, 30_000)

  test('errors that come as a successful answer fail, in the words of the API', async () => {
    const wrong = { query: '{ trakc { nodes { name } } }', records_path: 'trakc.nodes' }
    expect(await errorOf(read(wrong))).toMatchObject({
      code: 'graphql.refused',
      message: expect.stringContaining('Cannot query field "trakc"'),
    })
    expect(await errorOf(read({ query: query('nodes { track_id }'), records_path: 'track.nods' }))).toMatchObject({
      code: 'http.no-such-path',
    })
    expect(await errorOf(read({ query: '{}', variables: '[]', records_path: 'a' }))).toMatchObject({
      code: 'http.body',
    })
  })
})
