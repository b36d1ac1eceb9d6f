import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { moduleOf } from '../../modules/catalogue.ts'
import type { Discovered, ExtractModule, ReadRequest, RowSink } from '../../modules/kit/contract.ts'
import { raw } from '../../modules/kit/sql.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import { operationalError } from '../../shared/errors.ts'
import { defineModule } from '../../shared/modules/descriptor.ts'
import { runNodes } from '../run/testing.ts'
import { errorOf, never, pipeline, type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'

const both = (word: string) => ({ en: word, fr: word })
const config = z.strictObject({ connection: z.string(), table: z.string() })

/** A system that the tests are: what it holds, and what it was asked. */
let asked: string[]
let columns: Discovered['columns']
let read: (request: ReadRequest<z.output<typeof config>>, sink: RowSink) => Promise<{ state?: number }>

const source: ExtractModule<ReturnType<typeof defineModule<typeof config>>> = {
  kind: 'extract',
  descriptor: defineModule({
    type: 'extract.outside',
    version: 1,
    family: 'extract',
    title: both('Outside'),
    summary: both('Outside'),
    documentation: both('Outside'),
    icon: 'table',
    inputs: [],
    outputs: [
      { name: 'out', title: both('Rows') },
      { name: 'rejected', title: both('Rejected'), reject: true },
    ],
    config,
    defaultConfig: {},
    example: { connection: 'shop', table: 'orders' },
    describe: ({ table }) => table,
  }),
  connection: ({ connection }) => connection,
  source: ({ connection, table }) => `test://${connection}/${table}`,
  async discover({ config: { table }, connection }) {
    asked.push(`discover ${table}`)
    if (table === 'gone') throw operationalError('db.down', `cannot log in with ${connection?.secrets.password}`)
    return { columns, rejected: [{ name: '_reason', type: 'VARCHAR' }] }
  },
  async read(request) {
    asked.push(`read ${request.limit ?? 'all'}${request.state === undefined ? '' : ` after ${request.state}`}`)
    return read(request, request.sink)
  },
}

const connection: ResolvedConnection = {
  name: 'shop',
  type: 'test',
  settings: { host: 'a' },
  secrets: { password: 'hunter22' },
}
const connections = { shop: connection }
const from = { type: 'extract.outside', config: { connection: 'shop', table: 'orders' } }
const load = { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'out.csv' } }

let own: TemporaryProject
beforeEach(async () => {
  asked = []
  columns = [
    { name: 'id', type: 'BIGINT' },
    { name: 'ID', type: 'VARCHAR' },
  ]
  read = async ({ limit = 25_000 }, sink) => {
    for (let at = 0; at < limit; at += 1000)
      await sink.write(Array.from({ length: Math.min(1000, limit - at) }, (_, i) => [BigInt(at + i), `t${at + i}`]))
    return {}
  }
  own = await temporaryProject({ moduleOf: (type) => (type === 'extract.outside' ? source : moduleOf(type)) })
})
afterEach(() => own.close())

const preview = (more: object = {}) =>
  own.project.preview({ ...pipeline({ from }), connections, nodeId: 'from', limit: 2, offset: 0, ...more }, never)

test('a preview asks for some rows once, says when, and offline shows them again', async () => {
  const first = await preview()
  expect(first).toMatchObject({
    rows: [
      ['0', 't0'],
      ['1', 't1'],
    ],
    exactness: 'sampled',
    more: true,
  })
  expect(first.asOf).toMatch(/^20\d\d-/)
  expect(first.columns.map(({ name }) => name)).toEqual(['id', 'ID_2'])
  await preview({ offset: 4 })
  expect(asked).toEqual(['discover orders', 'read 10001'])

  // Another process, without the network.
  const again = await temporaryProject({ moduleOf: (type) => (type === 'extract.outside' ? source : moduleOf(type)) })
  await again.close()
  own.project.analyser.sources.forget()
  expect((await preview({ offline: true })).asOf).toBe(first.asOf)
  expect(asked).toHaveLength(2)
  await own.project.refreshSource({ ...pipeline({ from }), connections, nodeId: 'from' }, never)
  expect((await preview()).asOf).not.toBe(first.asOf)
  expect(asked).toEqual(['discover orders', 'read 10001', 'discover orders', 'read 10001'])
})

test('a source of few rows is exact, and no rows keep their columns', async () => {
  read = async (_request, sink) => {
    await sink.reject([['not a number']])
    return {}
  }
  expect(await preview()).toMatchObject({ rows: [], exactness: 'exact', totalRows: 0 })
  expect(await preview({ port: 'rejected' })).toMatchObject({ rows: [['not a number']] })
})

test('a run reads all rows, in a stage of its own, and a resumed one does not read them again', async () => {
  const broken = { ...load, config: { path: 'out.csv', mode: 'fail' } }
  own.write('out.csv', 'x')
  const first = await runNodes(own, { from, load: broken }, { connections })
  expect(first.nodes).toMatchObject({ from: 'done', load: 'failed' })
  expect(first.stages['from.out']).toEqual(['running', 'done'])
  expect(asked).toEqual(['discover orders', 'read all'])
  const second = await runNodes(own, { from, load }, { connections, attempt: 2, resume: first.resume })
  expect(second.finished).toMatchObject({ state: 'succeeded' })
  expect(second.stages['from.out']).toEqual(['reused'])
  expect(asked.filter((one) => one.startsWith('read'))).toHaveLength(1)
  const { rows } = await own.project.previewFile('out.csv', 3, never)
  expect(rows).toHaveLength(3)
  // Another run reads what is there by then.
  await runNodes(own, { from, load: { ...load, config: { path: 'other.csv' } } }, { connections, runId: 'other' })
  expect(asked.filter((one) => one.startsWith('read'))).toHaveLength(2)
})

test('a run of another shape than the preview saw goes by what the source has now', async () => {
  await preview()
  columns = [{ name: 'id', type: 'BIGINT' }]
  read = async (_request, sink) => {
    await sink.write([[7n]])
    return {}
  }
  const { finished } = await runNodes(own, { from, load }, { connections })
  expect(finished).toMatchObject({ state: 'succeeded' })
  expect((await own.project.previewFile('out.csv', 3, never)).columns).toHaveLength(1)
})

test('rows come by SELECTs side by side, and temporary files go', async () => {
  let temporary = ''
  read = async (_request, sink) => {
    temporary = sink.temporary('.csv')
    const counts = await Promise.all([
      sink.copy(raw("SELECT i, 'a' FROM range(10) t(i)")),
      sink.copy(raw("SELECT i, 'b' FROM range(10, 15) t(i)")),
    ])
    expect(counts).toEqual([10n, 5n])
    return { state: 15 }
  }
  const { events, finished } = await runNodes(own, { from, load }, { connections, cursors: { from: 3 } })
  expect(finished).toMatchObject({ state: 'succeeded' })
  expect(asked).toContain('read all after 3')
  expect(events.find((event) => event.kind === 'cursor')).toEqual({ kind: 'cursor', nodeId: 'from', state: 15 })
  expect(events.find((event) => event.kind === 'node' && event.nodeId === 'load' && event.rows)).toMatchObject({
    rows: { in: '15' },
  })
  expect(readdirSync(join(own.root, '.logidata/staging')).filter((name) => temporary.endsWith(name))).toEqual([])
})

test('what fails in the middle leaves nothing, and says no secret', async () => {
  read = async (_request, sink) => {
    await sink.write([[1n, 'x']])
    throw operationalError('db.gone', 'lost: postgres://u:hunter22@a')
  }
  const { finished, nodes } = await runNodes(own, { from, load }, { connections })
  expect(finished).toMatchObject({ state: 'failed', error: { code: 'db.gone', message: 'lost: postgres://u:•••@a' } })
  expect(nodes.load).toBe('skipped')
  expect(readdirSync(join(own.root, '.logidata/staging/runs'))).toEqual([])
  const gone = { ...from, config: { connection: 'shop', table: 'gone' } }
  const { nodes: analysed } = await own.project.analyse({ ...pipeline({ gone }), connections }, never)
  expect(analysed.gone?.problems[0]).toMatchObject({ code: 'db.down', message: 'cannot log in with •••' })
})

test('a connection that is not there, or was never read offline, is a problem of the node', async () => {
  const { nodes } = await own.project.analyse(pipeline({ from }), never)
  expect(nodes.from?.problems[0]).toMatchObject({ code: 'connection.unknown', field: ['connection'] })
  const offline = await own.project.analyse({ ...pipeline({ from }), connections, offline: true }, never)
  expect(offline.nodes.from?.problems[0]).toMatchObject({ code: 'source.offline' })
  const broken = {
    shop: { ...connection, problem: { code: 'keychain.locked', kind: 'operational' as const, message: 'locked' } },
  }
  const locked = await own.project.analyse({ ...pipeline({ from }), connections: broken }, never)
  expect(locked.nodes.from?.problems[0]).toMatchObject({ code: 'keychain.locked', field: ['connection'] })
})

test('a cancel reaches the source', async () => {
  const stop = new AbortController()
  let aborted = false
  read = ({ signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        aborted = true
        reject(signal.reason)
      })
      stop.abort()
    })
  const { finished } = await runNodes(own, { from, load }, { connections, signal: stop.signal })
  expect(finished).toMatchObject({ state: 'cancelled' })
  expect(aborted).toBe(true)
})

test('a dry run writes nothing and says what it would', async () => {
  read = async (_request, sink) => {
    await sink.write([
      [1n, 'x'],
      [2n, 'y'],
    ])
    return {}
  }
  const { events, finished } = await runNodes(own, { from, load }, { connections, dry: true })
  expect(finished).toMatchObject({ state: 'succeeded' })
  expect(events.find((event) => event.kind === 'forecast')).toMatchObject({
    nodeId: 'load',
    forecast: { rows: { new: '2' } },
  })
  expect(readdirSync(own.root)).not.toContain('out.csv')
})

test('a run offline takes the rows that the last one read, and says of when they are', async () => {
  const never_ = await runNodes(own, { from, load }, { connections, offline: true })
  expect(never_.finished).toMatchObject({ state: 'failed', error: { code: 'source.offline' } })
  await preview()
  const sampled = await runNodes(own, { from, load }, { connections, offline: true, runId: 'sampled' })
  expect(sampled.finished).toMatchObject({ error: { code: 'source.offline', nodeId: 'from' } })
  const kept = async () => (await own.project.keptSources({ ...pipeline({ from, load }), connections }, never))[0]
  expect(await kept()).toEqual({ nodeId: 'from' })
  await runNodes(own, { from, load }, { connections, runId: 'online' })
  const before = asked.length
  expect(await kept()).toEqual({ nodeId: 'from', at: expect.stringMatching(/^20\d\d-/) })
  expect(asked).toHaveLength(before)
  const { events, finished } = await runNodes(own, { from, load }, { connections, offline: true, runId: 'offline' })
  expect(finished).toMatchObject({ state: 'succeeded' })
  expect(asked).toHaveLength(before)
  expect(events.find((event) => event.kind === 'log')).toMatchObject({ level: 'warn', nodeId: 'from' })
  expect(events.find((event) => event.kind === 'node' && event.nodeId === 'load' && event.rows)).toMatchObject({
    rows: { in: '25000' },
  })
})

test('a run offline takes what a preview saw, where that was all', async () => {
  read = async (_request, sink) => {
    await sink.write([[1n, 'x']])
    return {}
  }
  await preview()
  const { finished } = await runNodes(own, { from, load }, { connections, offline: true })
  expect(finished).toMatchObject({ state: 'succeeded' })
})

test('types that Parquet would change are refused by name', async () => {
  columns = [{ name: 'big', type: 'HUGEINT' }]
  const error = await errorOf(preview())
  expect(error).toMatchObject({ code: 'source.type', nodeId: 'from' })
})

test('both outputs are read at once, and the source is asked for its rows once', async () => {
  const rejected = { type: 'load.csv', inputs: { in: 'from.rejected' }, config: { path: 'rejected.csv' } }
  const { finished } = await runNodes(own, { from, load, rejected }, { connections })
  expect(finished?.error).toBeUndefined()
  expect(asked.filter((one) => one.startsWith('read'))).toEqual(['read all'])
})
