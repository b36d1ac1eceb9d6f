import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { z } from 'zod'
import type { DocumentLineage } from '../../shared/lineage/types.ts'
import type { RunDetail } from '../../shared/runs/history.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { BackgroundSender } from './background-sender.ts'
import { RunObserver } from './run-observer.ts'
import { runTrace } from './run-traces.ts'
import { observabilitySettings } from './settings.ts'

interface Received {
  readonly path: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: unknown
}

/** A real server on loopback that remembers what it is sent. */
async function server(answer: (count: number) => number = () => 200) {
  const received: Received[] = []
  let count = 0
  const listening = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const status = answer(++count)
      if (status < 300)
        received.push({
          path: request.url,
          headers: request.headers,
          body: JSON.parse(Buffer.concat(parts).toString()),
        })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    listening.closeAllConnections()
    listening.close()
  })
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, received, tried: () => count }
}

const lineage: DocumentLineage = {
  problems: [],
  milliseconds: 1,
  nodes: {
    read: {
      type: 'extract.csv',
      summary: '',
      inputs: {},
      ports: { out: { columns: [{ name: 'price', type: 'INTEGER' }], from: {}, rows: [] } },
      reads: [{ path: 'data/a.csv' }],
      writes: [],
      basis: 'names',
    },
    out: {
      type: 'load.csv',
      summary: '',
      inputs: { in: { nodeId: 'read', port: 'out' } },
      ports: {
        in: {
          columns: [{ name: 'price', type: 'INTEGER' }],
          from: { price: [{ port: 'in', column: 'price', kinds: ['identity'] }] },
          rows: [],
        },
      },
      reads: [],
      writes: [{ path: 'out/b.csv', mode: 'overwrite' }],
      basis: 'names',
    },
  },
}

const detail = (state: RunDetail['run']['state'], error?: RunDetail['run']['error']): RunDetail => ({
  run: {
    runId: '20260101T000000Z-0000abcd',
    number: 1,
    path: 'pipelines/a.pipeline.yaml',
    name: 'A',
    state,
    queuedAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:01.000Z',
    attempt: 1,
    trigger: { by: 'studio' },
    resumable: false,
    checksFailed: 0,
    checksWarned: 0,
    ...(error ? { error } : {}),
  },
  request: { document: { format: 'logidata/v1', name: 'A', nodes: {} }, parameters: {}, env: [] },
  attempts: [
    { attempt: 1, state, startedAt: '2026-01-01T00:00:01.000Z', milliseconds: 250, ...(error ? { error } : {}) },
  ],
  stages: [
    {
      attempt: 1,
      key: 'out',
      kind: 'load',
      nodes: ['read', 'out'],
      needs: [],
      state: 'done',
      tries: 1,
      from: 10,
      until: 200,
    },
  ],
  nodes: [
    { attempt: 1, nodeId: 'read', state: 'done', from: 10, until: 150, rows: { out: '3' } },
    { attempt: 1, nodeId: 'out', state: 'done', from: 10, until: 200, rows: { in: '3' }, written: ['out/b.csv'] },
  ],
  rejects: [],
  checks: [],
})

// What OpenLineage 2-0-2 and its facets ask for, as far as it is used here.
const base = { _producer: z.url(), _schemaURL: z.url() }
const field = z.object({
  namespace: z.string(),
  name: z.string(),
  field: z.string(),
  transformations: z
    .array(
      z.strictObject({
        type: z.enum(['DIRECT', 'INDIRECT']),
        subtype: z.string(),
        description: z.string(),
        masking: z.boolean(),
      }),
    )
    .min(1),
})
const dataset = z.strictObject({
  namespace: z.string(),
  name: z.string(),
  facets: z.strictObject({
    schema: z.strictObject({ ...base, fields: z.array(z.strictObject({ name: z.string(), type: z.string() })) }),
    columnLineage: z
      .strictObject({
        ...base,
        fields: z.record(z.string(), z.strictObject({ inputFields: z.array(field) })),
        dataset: z.array(field),
      })
      .optional(),
  }),
  outputFacets: z
    .strictObject({
      outputStatistics: z.strictObject({
        ...base,
        rowCount: z.number().int(),
        size: z.number().int().optional(),
        fileCount: z.number().int().optional(),
      }),
    })
    .optional(),
})
const runEvent = z.strictObject({
  eventType: z.enum(['START', 'RUNNING', 'COMPLETE', 'ABORT', 'FAIL', 'OTHER']),
  eventTime: z.iso.datetime(),
  producer: z.url(),
  schemaURL: z.url(),
  run: z.strictObject({
    runId: z.guid(),
    facets: z.strictObject({
      processing_engine: z.strictObject({ ...base, version: z.string(), name: z.string() }),
      errorMessage: z.strictObject({ ...base, message: z.string(), programmingLanguage: z.string() }).optional(),
    }),
  }),
  job: z.strictObject({ namespace: z.string(), name: z.string(), facets: z.record(z.string(), z.object(base)) }),
  inputs: z.array(dataset),
  outputs: z.array(dataset),
})

const observer = (environment: Record<string, string>) => {
  const made = RunObserver.create({ projectRoot: '/project', environment, lineage: async () => lineage })
  if (!made) throw new Error('nothing to observe with')
  return made
}

test('nothing is sent anywhere unless the environment names a place', () => {
  expect(RunObserver.create({ projectRoot: '/p', environment: {}, lineage: async () => lineage })).toBeUndefined()
  const disabled = {
    OPENLINEAGE_URL: 'http://x',
    OPENLINEAGE_DISABLED: 'true',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://y',
    OTEL_SDK_DISABLED: 'true',
  }
  expect(observabilitySettings(disabled)).toMatchObject({ openLineage: { sinks: [] }, traces: { sinks: [] } })
})

test('OpenLineage hears of a run from its start to its end, in the form of its specification', async () => {
  const { url, received } = await server()
  const own = observer({ OPENLINEAGE_URL: `${url}/`, OPENLINEAGE_API_KEY: 'key' })
  own.started(detail('running'))
  own.ended(detail('succeeded'))
  await vi.waitFor(() => expect(received).toHaveLength(3))
  await own.close()
  const events = received.map(({ body }) => runEvent.parse(body))
  expect(events.map(({ eventType }) => eventType)).toEqual(['START', 'RUNNING', 'COMPLETE'])
  expect(new Set(events.map(({ run }) => run.runId)).size).toBe(1)
  expect(received[0]).toMatchObject({ path: '/api/v1/lineage', headers: { authorization: 'Bearer key' } })
  const last = events[2]
  expect(last?.inputs.map(({ name }) => name)).toEqual(['data/a.csv'])
  expect(last?.outputs[0]?.facets.columnLineage?.fields.price?.inputFields).toMatchObject([
    { name: 'data/a.csv', field: 'price', transformations: [{ type: 'DIRECT', subtype: 'IDENTITY' }] },
  ])
  expect(last?.outputs[0]?.outputFacets?.outputStatistics).toMatchObject({ rowCount: 3, fileCount: 1 })
})

test('a failure says why, and a cancelled run is aborted', async () => {
  const file = join(await temporaryFolder(), 'events/lineage.ndjson')
  const own = observer({ LOGIDATA_OPENLINEAGE_FILE: file })
  own.ended(detail('failed', { kind: 'user', code: 'x.y', message: 'It broke.' }))
  own.ended(detail('cancelled'))
  await vi.waitFor(async () => expect((await readFile(file, 'utf8')).split('\n')).toHaveLength(3))
  const events = (await readFile(file, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => runEvent.parse(JSON.parse(line)))
  expect(events.map(({ eventType }) => eventType)).toEqual(['FAIL', 'ABORT'])
  expect(events[0]?.run.facets.errorMessage?.message).toBe('It broke.')
})

test('a trace has a span for the run, its stages and its nodes, each within what computed it', async () => {
  const { url, received } = await server()
  const own = observer({
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-team=data%20eng',
    OTEL_SERVICE_NAME: 'etl',
  })
  own.ended(detail('failed', { kind: 'user', code: 'x.y', message: 'It broke.' }))
  await vi.waitFor(() => expect(received).toHaveLength(1))
  await own.close()
  expect(received[0]).toMatchObject({
    path: '/v1/traces',
    headers: { 'x-team': 'data eng', 'content-type': 'application/json' },
  })
  const trace = z
    .strictObject({
      resourceSpans: z.array(
        z.strictObject({
          resource: z.strictObject({ attributes: z.array(z.object({ key: z.string() })) }),
          scopeSpans: z.array(
            z.strictObject({
              scope: z.object({ name: z.string() }),
              spans: z.array(
                z.strictObject({
                  traceId: z.string().regex(/^[0-9a-f]{32}$/),
                  spanId: z.string().regex(/^[0-9a-f]{16}$/),
                  parentSpanId: z
                    .string()
                    .regex(/^[0-9a-f]{16}$/)
                    .optional(),
                  name: z.string(),
                  kind: z.literal(1),
                  startTimeUnixNano: z.string().regex(/^\d{19}$/),
                  endTimeUnixNano: z.string().regex(/^\d{19}$/),
                  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })),
                  status: z.strictObject({ code: z.number(), message: z.string().optional() }),
                  events: z.array(z.object({ name: z.string(), timeUnixNano: z.string() })),
                }),
              ),
            }),
          ),
        }),
      ),
    })
    .parse(received[0]?.body)
  const spans = trace.resourceSpans[0]?.scopeSpans[0]?.spans ?? []
  expect(spans.map(({ name }) => name)).toEqual(['run pipelines/a.pipeline.yaml', 'stage out', 'read', 'out'])
  expect(spans[0]).toMatchObject({ startTimeUnixNano: '1767225601000000000', endTimeUnixNano: '1767225601250000000' })
  expect(spans[0]).toMatchObject({ status: { code: 2, message: 'It broke.' }, events: [{ name: 'exception' }] })
  expect(spans[1]?.parentSpanId).toBe(spans[0]?.spanId)
  expect(spans[2]?.parentSpanId).toBe(spans[1]?.spanId)
  expect(spans[2]?.attributes).toContainEqual({ key: 'logidata.rows.out', value: { intValue: '3' } })
})

test('the same attempt gives the same ids, another one others', () => {
  const ids = (run: RunDetail) => JSON.stringify(runTrace(run, 'p', 's', '1')).match(/"traceId":"\w+"/)?.[0]
  const again = detail('succeeded')
  const other: RunDetail = {
    ...again,
    attempts: [{ ...again.attempts[0], attempt: 2 } as RunDetail['attempts'][number]],
  }
  expect(ids(again)).toBe(ids(detail('succeeded')))
  expect(ids(other)).not.toBe(ids(again))
})

test('a server in trouble is tried again, and gets each message once and in order', async () => {
  const { url, received } = await server((count) => (count <= 2 ? 503 : 200))
  const sender = new BackgroundSender({ sink: { url }, firstPause: 5 })
  sender.send({ n: 1 })
  sender.send({ n: 2 })
  await vi.waitFor(() => expect(received.map(({ body }) => body)).toEqual([{ n: 1 }, { n: 2 }]))
  expect(sender.dropped).toBe(0)
})

test('what is refused is not tried again, and what waits too long gives way to what is newer', async () => {
  const refusing = await server(() => 400)
  const log = vi.fn()
  const refused = new BackgroundSender({ sink: { url: refusing.url }, firstPause: 5, log })
  refused.send({})
  await vi.waitFor(() => expect(refused.dropped).toBe(1))
  expect(refusing.tried()).toBe(1)
  expect(log).toHaveBeenCalledWith(expect.stringContaining('the answer was 400'))

  const away = new BackgroundSender({ sink: { url: 'http://127.0.0.1:9' }, most: 3, firstPause: 10_000 })
  for (let n = 0; n < 10; n++) away.send({ n })
  expect(away.dropped).toBe(7)
  // It would wait ten seconds for the next try.
  await away.close(30)
})

test('giving a message waits for nothing, and nothing here ever throws', () => {
  const own = RunObserver.create({
    projectRoot: '/p',
    environment: { OPENLINEAGE_URL: 'http://127.0.0.1:9', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    lineage: () => Promise.reject(new Error('the engine is away')),
  })
  for (let n = 0; n < 100; n++) {
    own?.started(detail('running'))
    own?.ended(detail('succeeded'))
  }
  own?.ended({} as RunDetail)
})
