import { createHmac, randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { connectionTo, serving } from '../../connectors/http/testing.ts'
import { errorOf } from '../../connectors/kit/error-of.ts'
import type { LoadModule } from '../../kit/contract.ts'
import { openFileLab } from '../../kit/files/testing.ts'
import { raw, sql } from '../../kit/sql.ts'
import { webhookLoad } from '../webhook/implementation.ts'
import { restLoad } from './implementation.ts'

const serve = serving(onTestFinished)

async function lab() {
  const opened = await openFileLab()
  onTestFinished(() => opened.close())
  const write = async (
    // biome-ignore lint/suspicious/noExplicitAny: both loads.
    module: LoadModule<any>,
    base: string,
    given: Record<string, unknown>,
    query: string,
    {
      key = 'run-1/out',
      settings = {},
      secrets = {},
    }: { key?: string; settings?: object; secrets?: Record<string, string> } = {},
  ) => {
    const columns = await opened.session.describe(raw(query))
    const input = { name: sql`(${raw(query)})`, columns }
    const intents: string[] = []
    const commit = { key, intend: async () => void intents.push(key), withdraw: async () => undefined }
    const result = await module.write({
      nodeId: 'out',
      config: module.descriptor.config.parse({ connection: 'api', ...given }),
      parameters: new Map(),
      input,
      inputs: new Map([['in', input]]),
      files: opened.files,
      session: opened.session,
      signal: new AbortController().signal,
      commit,
      connection: connectionTo(base, { retries: 1, timeout_seconds: 5, ...settings }, secrets),
    })
    const connection = connectionTo(base)
    return {
      ...result,
      committed: await module.committed?.({ config: {}, files: opened.files, key, connection }),
      intents,
    }
  }
  return { ...opened, write }
}

const rows = (count: number): string =>
  `SELECT i AS id, 12345678901234567890.12::DECIMAL(38,2) AS exact, 'é"' AS t, [1, NULL] AS l FROM range(${count}) AS r(i)`

test('a run that failed goes on after the last acknowledged batch; a batch whose answer was lost is not done twice', async () => {
  const { write } = await lab()
  const done = new Map<string, string>()
  let calls = 0
  let broken = true
  const base = await serve((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      calls++
      const key = String(request.headers['idempotency-key'])
      if (calls === 2 && broken) {
        done.set(key, Buffer.concat(chunks).toString())
        request.socket.destroy()
        return
      }
      if (calls >= 4 && broken) {
        response.writeHead(422).end('{"error":"no more today"}')
        return
      }
      if (!done.has(key)) done.set(key, Buffer.concat(chunks).toString())
      response.writeHead(201).end('{}')
    })
  })
  const error = await errorOf(write(restLoad, base, { batch_rows: 2 }, rows(7)))
  expect(error).toMatchObject({
    code: 'http.refused',
    message: expect.stringMatching(
      /^Batch 3 \(rows 5 to 6\): POST .* answered 422: .*no more today.* The 2 before were accepted\.$/,
    ),
  })
  expect(calls).toBe(4)
  broken = false
  expect(await errorOf(write(restLoad, base, { batch_rows: 2 }, `${rows(7)} ORDER BY i DESC`))).toMatchObject({
    code: 'load.rows-changed',
  })
  const result = await write(restLoad, base, { batch_rows: 2 }, rows(7))
  expect(result).toMatchObject({ rows: 7n, committed: true, intents: ['run-1/out'] })
  expect(calls).toBe(6)
  const all = [...done.values()].flatMap((body) => JSON.parse(body) as { id: number }[])
  expect(all.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 6])
  expect([...done.values()][0]).toContain('{"id":0,"exact":12345678901234567890.12,"t":"é\\"","l":[1,null]}')
})

test('without a key, a batch whose answer was lost is not sent again', async () => {
  const { write } = await lab()
  let calls = 0
  const base = await serve((request) => {
    calls++
    request.socket.destroy()
  })
  const config = { idempotency_header: '' }
  expect(await errorOf(write(restLoad, base, config, rows(1), { settings: { retries: 3 } }))).toMatchObject({
    code: 'connection.lost',
  })
  expect(calls).toBe(1)
})

test('bodies are arrays, named arrays, lines or single objects', async () => {
  const { write } = await lab()
  const bodies: string[] = []
  const base = await serve((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => {
      body += chunk
    })
    request.on('end', () => {
      bodies.push(`${request.headers['content-type']} ${body}`)
      response.end()
    })
  })
  const query = 'SELECT i AS a FROM range(2) AS r(i)'
  for (const [index, config] of [{}, { wrap: 'all' }, { body: 'ndjson' }, { body: 'object', batch_rows: 1 }].entries())
    await write(restLoad, base, config, query, { key: `run/${index}` })
  expect(bodies).toEqual([
    'application/json [{"a":0},{"a":1}]',
    'application/json {"all":[{"a":0},{"a":1}]}',
    'application/x-ndjson {"a":0}\n{"a":1}\n',
    'application/json {"a":0}',
    'application/json {"a":1}',
  ])
  expect(() =>
    restLoad.check?.(restLoad.descriptor.config.parse({ connection: 'a', body: 'object' }), [], new Map()),
  ).toThrow(/one row/)
})

test('a webhook that has answered is not called again by the same run', async () => {
  const { write } = await lab()
  let calls = 0
  const base = await serve((_request, response) => {
    calls++
    response.end()
  })
  for (const key of ['run-1/hook', 'run-1/hook', 'run-2/hook']) await write(webhookLoad, base, {}, rows(3), { key })
  expect(calls).toBe(2)
})

describeService('api', 'Sending to an API', (api) => {
  const recorded = async (path: string) =>
    (await (await fetch(`${api.url}/recorded/${path}`)).json()) as {
      body: string
      status: number
      headers: Record<string, string>
    }[]

  test('refusals and lost answers leave every batch applied once', async () => {
    const { write } = await lab()
    for (const fault of ['fail=1&status=503', 'lost=1', 'fail=0']) {
      const key = randomUUID()
      const { rows: sent } = await write(
        restLoad,
        api.url,
        { path: `/batches/${key}?${fault}`, batch_rows: 300 },
        rows(1000),
        { key },
      )
      expect(sent).toBe(1000n)
      const accepted = (await recorded(`batches/${key}`)).filter(({ status }) => status === 201)
      expect(accepted, fault).toHaveLength(4)
      expect(accepted.flatMap(({ body }) => JSON.parse(body) as object[])).toHaveLength(1000)
    }
  }, 30_000)

  test('a webhook is called once a run, signed, and never with more rows than allowed', async () => {
    const { write } = await lab()
    const key = randomUUID()
    const given = { path: `/webhooks/${key}`, send: 'rows' }
    const secrets = { signing_secret: 'sign-me' }
    expect(
      await errorOf(write(webhookLoad, api.url, { ...given, max_rows: 2 }, rows(3), { key, secrets })),
    ).toMatchObject({ code: 'webhook.too-many-rows' })
    expect(await recorded(`webhooks/${key}`)).toEqual([])
    for (let time = 0; time < 2; time++)
      expect(await write(webhookLoad, api.url, given, rows(3), { key: `${key}/out`, secrets })).toMatchObject({
        rows: 3n,
      })
    const [call, ...others] = await recorded(`webhooks/${key}`)
    expect(others).toEqual([])
    expect(JSON.parse(call?.body ?? '')).toMatchObject({
      run: key,
      step: 'out',
      rows: 3,
      data: [{ id: 0 }, { id: 1 }, { id: 2 }],
    })
    expect(call?.headers['x-logidata-signature']).toBe(
      `sha256=${createHmac('sha256', 'sign-me')
        .update(call?.body ?? '')
        .digest('hex')}`,
    )
    const none = randomUUID()
    await write(webhookLoad, api.url, { path: `/webhooks/${none}`, skip_empty: true }, rows(0), { key: none })
    expect(await recorded(`webhooks/${none}`)).toEqual([])
  })
})
