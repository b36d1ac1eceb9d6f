import { randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, DeleteBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { describeService } from '../../../tests/services/services.ts'
import { filesOf } from '../../modules/connectors/kit/project-file.ts'
import { openS3, type S3Session } from '../../modules/connectors/s3/client.ts'
import { s3Connector } from '../../modules/connectors/s3/connector.ts'
import { S3Store } from '../../modules/connectors/s3/store.ts'
import type { ResolvedConnection } from '../../shared/connections/connection.ts'
import type { JsonValue, PipelineNode } from '../../shared/pipeline/document.ts'
import { runNodes } from '../run/testing.ts'
import {
  errorOf,
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

describeService('minio', 'S3', (minio) => {
  const bucket = `test-${randomUUID()}`
  const lakeOf = (settings: Record<string, JsonValue> = {}, secret = minio.secretAccessKey): ResolvedConnection => ({
    name: 'lake',
    type: 's3',
    settings: {
      endpoint: minio.endpoint,
      region: minio.region,
      bucket,
      path_style: true,
      access_key_id: minio.accessKeyId,
      ...settings,
    },
    secrets: { secret_access_key: secret },
  })
  const lake = lakeOf()
  let own: TemporaryProject
  let session: S3Session
  let store: S3Store
  let folder: string
  beforeAll(async () => {
    own = await temporaryProject()
    session = await openS3(lake, filesOf(own.root))
    store = new S3Store(session, never)
    await session.client.send(new CreateBucketCommand({ Bucket: bucket }))
  })
  beforeEach(() => {
    folder = `${randomUUID()}/`
  })
  afterAll(async () => {
    await store.remove(await namesBelow(''))
    await session.client.send(new DeleteBucketCommand({ Bucket: bucket }))
    session.close()
    await own.close()
  })

  const scratch = mkdtempSync(join(tmpdir(), 'logidata-s3-'))
  afterAll(() => rmSync(scratch, { recursive: true, force: true }))
  async function put(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(scratch, randomUUID())
    writeFileSync(path, content)
    await store.put(path, name)
  }
  async function namesBelow(prefix: string): Promise<string[]> {
    const names: string[] = []
    for await (const page of store.list(prefix)) names.push(...page.map(({ name }) => name))
    return names
  }
  const from = (path: string, more: Record<string, JsonValue> = {}): TestNode & PipelineNode => ({
    type: 'extract.s3',
    config: { connection: 'lake', path, ...more },
  })
  const to = (path: string, more: Record<string, JsonValue> = {}): PipelineNode => ({
    type: 'load.s3',
    inputs: { in: 'from' },
    config: { connection: 'lake', path, ...more },
  })
  const sqlOf = (sql: string): PipelineNode => ({ type: 'transform.sql', config: { sql } })
  const look = (node: TestNode, connections = { lake }) =>
    own.project.preview({ ...pipeline({ from: node }), connections, nodeId: 'from', limit: 100, offset: 0 }, never)
  const run = (nodes: Record<string, PipelineNode>, more: Parameters<typeof runNodes>[2] = {}) =>
    runNodes(own, nodes, { connections: { lake }, runId: randomUUID(), ...more })
  const staged = () => readdirSync(join(own.root, '.logidata/staging')).filter((name) => /remote|upload/.test(name))

  test('what is written as Parquet comes back with the same types and values', async () => {
    const sql = `SELECT 9007199254740993::BIGINT AS big, 1.10::DECIMAL(38,10) AS exact, 'é' AS text, DATE '1500-02-28' AS old,
      TIMESTAMPTZ '2026-01-02 03:04:05.123456+02' AS at, [1, NULL] AS list, {'a': 1} AS of, 'x'::BLOB AS bytes, NULL::UUID AS id`
    const { finished } = await run({ from: sqlOf(sql), out: to(`${folder}all.parquet`) })
    expect(finished?.error).toBeUndefined()
    const { columns, rows } = await look(from(`${folder}all.parquet`))
    expect(columns.map(({ type }) => type)).toEqual([
      'BIGINT',
      'DECIMAL(38,10)',
      'VARCHAR',
      'DATE',
      'TIMESTAMP WITH TIME ZONE',
      'INTEGER[]',
      'STRUCT(a INTEGER)',
      'BLOB',
      'UUID',
    ])
    expect(rows[0]?.slice(0, 5)).toEqual([
      '9007199254740993',
      '1.1000000000',
      'é',
      '1500-02-28',
      '2026-01-02 01:04:05.123456+00',
    ])
    expect(staged()).toEqual([])
  })

  test.each([
    ['csv.gz', { csv: { delimiter: ';' } }, { csv: { delimiter: ';' } }],
    ['ndjson', {}, {}],
    ['json', {}, {}],
    ['arrow', {}, {}],
    ['xlsx', {}, {}],
  ])('%s is written and read', async (ending, writing, reading) => {
    const nodes = {
      from: sqlOf(`SELECT i AS id, 'a;' || i AS name FROM range(3) r(i)`),
      out: to(`${folder}x.${ending}`, writing),
    }
    expect((await run(nodes)).finished?.error).toBeUndefined()
    const { rows } = await look(from(`${folder}x.${ending}`, reading))
    expect(rows.map(([id, name]) => [Number(id), name])).toEqual([0, 1, 2].map((id) => [id, `a;${id}`]))
  })

  test('names may be anything; folders become columns, and the name and the date of the file do too', async () => {
    const odd = `${folder}a b/ü+ñ%20/x../year=2024/[1]&=?#.csv`
    await put(odd, 'n\n1\n')
    await put(`${folder}a b/ü+ñ%20/x../year=2025/'q'.csv`, 'n\n2\n')
    await put(`${folder}a b/_SUCCESS`, '')
    const { columns, rows } = await look(
      from(`${folder}a b/`, { format: 'csv', file_name_column: 'file', modified_column: 'at' }),
    )
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'n BIGINT',
      'year BIGINT',
      'file VARCHAR',
      'at TIMESTAMP WITH TIME ZONE',
    ])
    expect(rows.map(([n, year, file]) => [n, year, file])).toEqual([
      ['1', '2024', odd],
      ['2', '2025', `${folder}a b/ü+ñ%20/x../year=2025/'q'.csv`],
    ])
    expect((await look(from(odd))).rows).toEqual([['1']])
  })

  test('columns that differ between files are never lost in silence', async () => {
    const many = Array.from({ length: 14 }, (_, index) => String(index).padStart(2, '0'))
    for (const name of many) await put(`${folder}${name}.csv`, `id,amount\n${name},1.5\n`)
    await put(`${folder}05.csv`, 'id\n5\n')
    const out: PipelineNode = { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'out/differ.csv' } }
    expect((await run({ from: from(folder), out })).finished?.error).toBeUndefined()
    // Not among the files that are looked at for the columns.
    await put(`${folder}06.csv`, 'id,amount,new\n6,1.5,x\n')
    const changed = await run({ from: from(`${folder}*.csv`), out })
    const seen = changed.finished?.error
    if (seen) expect(seen).toMatchObject({ code: 'source.changed', nodeId: 'from' })
    else expect((await look(from(`${folder}*.csv`))).columns.map(({ name }) => name)).toContain('new')
    await put(`${folder}06.csv`, 'id,amount\n6,abc\n')
    const bad = await run({
      from: from(`${folder}0[5-7].csv`, { csv: { columns: { amount: { type: 'DOUBLE' } } } }),
      out,
    })
    expect(bad.finished?.error?.message).toMatch(/06\.csv/)
    expect(bad.finished?.error?.message).toContain('abc')
    expect(staged()).toEqual([])
  })

  test('rejected rows say their file and line', async () => {
    await put(`${folder}bad.csv`, 'id\n1\nx\n3\n')
    const nodes = {
      from: from(`${folder}bad.csv`, { csv: { on_bad_row: 'reject', columns: { id: { type: 'BIGINT' } } } }),
      good: { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'out/good.csv' } },
      bad: { type: 'load.csv', inputs: { in: 'from.reject' }, config: { path: 'out/bad.csv' } },
    }
    const { finished } = await run(nodes)
    expect(finished?.error).toBeUndefined()
    const read = async (path: string) => (await own.project.previewFile(path, 10, never)).rows
    expect(await read('out/good.csv')).toEqual([['1'], ['3']])
    expect((await read('out/bad.csv'))[0]?.slice(0, 3)).toEqual([`${folder}bad.csv`, '3', 'id'])
  })

  test('a folder is replaced, added to, and replaced by partitions; what others read has no half', async () => {
    const rows = (year: number, n: number) => sqlOf(`SELECT ${year} AS year, i AS id FROM range(${n}) r(i)`)
    const all = async () => (await look(from(folder))).rows.map((row) => row.join()).sort()
    const parted = { partition_by: ['year'] }
    await run({ from: rows(2024, 2), out: to(folder, parted) })
    await run({ from: rows(2025, 1), out: to(folder, { ...parted, mode: 'append' }) })
    expect(await all()).toEqual(['0,2024', '0,2025', '1,2024'])
    await run({ from: rows(2025, 2), out: to(folder, { ...parted, mode: 'overwrite_partitions' }) })
    expect(await all()).toEqual(['0,2024', '0,2025', '1,2024', '1,2025'])
    await run({ from: rows(2026, 1), out: to(folder, parted) })
    expect(await all()).toEqual(['0,2026'])
    expect(
      (await run({ from: rows(2026, 1), out: to(folder, { ...parted, mode: 'fail' }) })).finished?.error?.code,
    ).toBe('target.exists')
  })

  test('a load that was done is not done again, and what an attempt left is written over', async () => {
    const nodes = { from: sqlOf('SELECT 1 AS id'), out: to(folder, { mode: 'append' }) }
    const runId = randomUUID()
    await run(nodes, { runId })
    const [name = ''] = (await namesBelow(folder)).filter((one) => one.endsWith('.parquet'))
    await put(name.replace('-0.parquet', '-7.parquet'), 'left by an attempt')
    const again = await run(nodes, { runId, attempt: 2, resume: { stages: [] } })
    expect(again.stages.out).toEqual(['reused'])
    // The note is lost, as when the run was killed before it.
    await store.remove((await namesBelow(folder)).filter((one) => one.includes('_logidata_loads')))
    rmSync(join(own.root, '.logidata/commits'), { recursive: true, force: true })
    expect((await run(nodes, { runId, attempt: 2, resume: { stages: [] } })).finished?.state).toBe('succeeded')
    expect((await namesBelow(folder)).filter((one) => one.endsWith('.parquet'))).toEqual([name])

    // What may be made again has the key of its rows: another attempt at them knows it by, other rows are another load.
    const over = (id: number) => ({ from: sqlOf(`SELECT ${id} AS id`), out: to(`${folder}over.csv`) })
    const keys: (string | undefined)[] = []
    for (const id of [1, 1, 2]) {
      await run(over(id), { runId, attempt: 2, resume: { stages: [] } })
      keys.push(await store.keyOf(`${folder}over.csv`))
    }
    expect(keys[0]).toMatch(`${runId}/out/`)
    expect([keys[1] === keys[0], keys[2] === keys[0]]).toEqual([true, false])

    const one = { from: sqlOf('SELECT 1 AS id'), out: to(`${folder}one.csv`, { mode: 'fail' }) }
    await run(one, { runId })
    expect((await run(one, { runId, attempt: 2, resume: { stages: [] } })).stages.out).toEqual(['reused'])
    expect((await run(one)).finished?.error?.code).toBe('target.exists')
  })

  test('an incremental source reads new and changed files only', async () => {
    const node = from(`${folder}*.csv`, { incremental: {} })
    const nodes = { from: node, out: { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'out/new.csv' } } }
    const rows = async () => (await own.project.previewFile('out/new.csv', 10, never)).rows
    await put(`${folder}1.csv`, 'id\n1\n')
    await put(`${folder}2.csv`, 'id\n2\n')
    const first = await run(nodes)
    const cursor = first.events.find((event) => event.kind === 'cursor')
    const cursors = { from: cursor?.kind === 'cursor' ? cursor.state : null }
    await put(`${folder}2.csv`, 'id\n22\n')
    await put(`${folder}3.csv`, 'id\n3\n')
    await run(nodes, { cursors })
    expect(await rows()).toEqual([['22'], ['3']])
    await run({ ...nodes, from: from(`${folder}*.csv`, { incremental: {} }) }, { cursors })
    const other = await run({ ...nodes, from: from(`${folder}?.csv`, { incremental: {} }) }, { cursors })
    expect(other.finished?.error?.code).toBe('cursor.other')
  })

  test('an object that is overwritten while it is read is refused', async () => {
    await put(`${folder}a.csv`, 'id\n1\n')
    const listed = await store.find(`${folder}a.csv`)
    await put(`${folder}a.csv`, 'id\n2\n')
    expect(listed && (await errorOf(store.fetch(listed, join(scratch, randomUUID()))))).toMatchObject({
      code: 'source.changed',
    })
    expect(
      await errorOf(store.fetch({ name: 'none', bytes: 3, modified: 0, version: '"x"' }, join(scratch, 'none'))),
    ).toMatchObject({
      code: 'source.not-found',
    })
  })

  test('thousands of objects are listed in pages', async () => {
    const names = Array.from({ length: 1100 }, (_, index) => `${folder}many/${index}.csv`)
    const waiting = names.values()
    await Promise.all(
      Array.from({ length: 16 }, async () => {
        for (const name of waiting) await put(name, 'id\n1\n')
      }),
    )
    expect(await namesBelow(`${folder}many/`)).toHaveLength(1100)
    const seen: string[] = []
    let path = [...folder.split('/').slice(0, -1), 'many']
    for (let page = 0; page < 3; page++) {
      const entries = await s3Connector.browse?.(lake, path, { projectRoot: own.root, signal: never })
      seen.push(...(entries ?? []).flatMap(({ name, kind }) => (kind === 'file' ? [name] : [])))
      const more = entries?.find(({ kind }) => kind === 'folder')
      if (!more) break
      path = [...path, more.name]
    }
    expect([seen.length, new Set(seen).size]).toEqual([1100, 1100])
    const out: PipelineNode = { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'out/many.csv' } }
    const { finished } = await run({ from: from(`${folder}many/`), out })
    expect(finished?.error).toBeUndefined()
    const [counted] = (await own.project.previewFile('out/many.csv', 2000, never)).rows.slice(-1)
    expect(counted).toEqual(['1'])
  }, 60_000)

  test('a connection that is cut in the middle ends the run, and leaves nothing', async () => {
    await put(`${folder}large.csv`, `id\n${'123456789\n'.repeat(4_000_000)}`)
    const sockets = new Set<Socket>()
    let passed = 0
    const proxy = createServer((socket) => {
      const server = connect({ host: minio.host, port: minio.port })
      sockets.add(socket)
      server.on('data', (data) => {
        passed += data.length
        if (passed > 20e6) for (const one of sockets) one.destroy()
        else socket.write(data)
      })
      socket.on('data', (data) => server.write(data))
      for (const one of [socket, server])
        one.on('error', () => undefined).on('close', () => [socket, server].map((s) => s.destroy()))
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void proxy.close())
    const address = proxy.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const through = lakeOf({ endpoint: `http://127.0.0.1:${port}`, timeout_seconds: 5 })
    const out: PipelineNode = { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'out/cut.csv' } }
    const { finished } = await run(
      { from: from(`${folder}large.csv`, { sample_megabytes: 1 }), out },
      { connections: { lake: through } },
    )
    expect(finished?.error).toMatchObject({
      code: expect.stringMatching(/^connection\.(lost|timeout|refused)$/),
      nodeId: 'from',
    })
    expect(staged()).toEqual([])
  }, 60_000)

  test('what is wrong with a connection is said in words, and the secret is in none of them', async () => {
    const context = { projectRoot: own.root, signal: never }
    const failing = async (connection: ResolvedConnection) => {
      const { steps } = await s3Connector.test(connection, context)
      expect(JSON.stringify(steps)).not.toContain(minio.secretAccessKey)
      return steps.at(-1)
    }
    expect(await s3Connector.test(lake, context)).toMatchObject({ ok: true })
    expect(await failing(lakeOf({}, 'wrong'))).toMatchObject({ step: 'login', ok: false })
    expect(await failing(lakeOf({ access_key_id: 'nobody' }))).toMatchObject({ step: 'login', ok: false })
    expect(await failing(lakeOf({ bucket: 'none-such' }))).toMatchObject({ step: 'database', ok: false })
    expect(await failing(lakeOf({ endpoint: 'http://127.0.0.1:1' }))).toMatchObject({ step: 'connect', ok: false })
    expect(await failing({ ...lake, secrets: {} })).toMatchObject({ step: 'settings', ok: false })
    expect((await failing(lakeOf({ endpoint: minio.endpoint.replace('http:', 'https:') })))?.step).toBe('tls')
    await put(`${folder}x/a.csv`, 'id\n1\n')
    expect(await s3Connector.browse?.(lake, folder.split('/').slice(0, -1), context)).toMatchObject([
      { name: 'x', kind: 'folder', children: true, extract: { config: { path: `${folder}x/` } } },
    ])
    expect(await errorOf(look(from(`${folder}none.csv`)))).toMatchObject({ code: 'source.not-found', nodeId: 'from' })
    await put(`${folder}y/a.csv`, 'id\n')
    await put(`${folder}y/b.parquet`, 'id\n')
    expect(await errorOf(look(from(`${folder}y/`)))).toMatchObject({ code: 'source.format' })
  }, 60_000)
})
