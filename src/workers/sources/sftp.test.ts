import { randomUUID } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { describeService, service } from '../../../tests/services/services.ts'
import { filesOf } from '../../modules/connectors/kit/project-file.ts'
import { openSsh } from '../../modules/connectors/kit/ssh.ts'
import { loginOf, SftpClient, withSftp } from '../../modules/connectors/sftp/client.ts'
import { sftpConnector } from '../../modules/connectors/sftp/connector.ts'
import { SftpStore } from '../../modules/connectors/sftp/store.ts'
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

describeService('sftp', 'SFTP', (server) => {
  const secrets = { private_key: readFileSync(server.privateKey, 'utf8') }
  const partnerOf = (
    settings: Record<string, JsonValue> = {},
    given: Record<string, string> = secrets,
  ): ResolvedConnection => ({
    name: 'partner',
    type: 'sftp',
    settings: {
      host: server.host,
      port: server.port,
      user: server.user,
      host_keys: [server.hostKey],
      folder: join(server.root),
      ...settings,
    },
    secrets: given,
  })
  const partner = partnerOf()
  const context = { projectRoot: tmpdir(), signal: never }
  let own: TemporaryProject
  let client: SftpClient
  let store: SftpStore
  let folder: string
  const scratch = mkdtempSync(join(tmpdir(), 'logidata-sftp-'))
  beforeAll(async () => {
    own = await temporaryProject()
    const { login, folder: root } = await loginOf(partner, filesOf(own.root))
    client = await SftpClient.open(await openSsh(login, never), login, root, never)
    store = new SftpStore(client, server.host, () => Promise.resolve())
  })
  beforeEach(() => {
    folder = `incoming/${randomUUID()}/`
  })
  afterEach(() => rmSync(join(server.root, folder), { recursive: true, force: true }))
  afterAll(async () => {
    client.close()
    rmSync(scratch, { recursive: true, force: true })
    await own.close()
  })

  async function put(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(scratch, randomUUID())
    writeFileSync(path, content)
    await store.put(path, name)
  }
  async function namesBelow(prefix: string): Promise<string[]> {
    const names: string[] = []
    for await (const page of store.list(prefix)) names.push(...page.map(({ name }) => name.slice(prefix.length)))
    return names.sort()
  }
  const from = (path: string, more: Record<string, JsonValue> = {}): TestNode & PipelineNode => ({
    type: 'extract.sftp',
    config: { connection: 'partner', path, ...more },
  })
  const to = (path: string, more: Record<string, JsonValue> = {}): PipelineNode => ({
    type: 'load.sftp',
    inputs: { in: 'from' },
    config: { connection: 'partner', path, ...more },
  })
  const sqlOf = (sql: string): PipelineNode => ({ type: 'transform.sql', config: { sql } })
  const look = (node: TestNode, connection = partner) =>
    own.project.preview(
      { ...pipeline({ from: node }), connections: { partner: connection }, nodeId: 'from', limit: 100, offset: 0 },
      never,
    )
  const run = (nodes: Record<string, PipelineNode>, more: Parameters<typeof runNodes>[2] = {}) =>
    runNodes(own, nodes, { connections: { partner }, runId: randomUUID(), ...more })
  const content = (name: string) => readFileSync(join(server.root, name), 'utf8')

  test('the test says step by step what is right; the tree is read level by level', async () => {
    const good = await sftpConnector.test(partner, context)
    expect(good.steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual([
      'settings true',
      'name true',
      'connect true',
      'login true',
      'rights true',
    ])
    const failedAt = async (settings: Record<string, JsonValue>, given?: Record<string, string>) => {
      const { ok, steps } = await sftpConnector.test(partnerOf(settings, given), context)
      expect(ok).toBe(false)
      return `${steps.at(-1)?.step}: ${steps.at(-1)?.message}`
    }
    expect(await failedAt({ host_keys: [] })).toMatch(/^login: .* is not known\. Its key has the fingerprint SHA256:/)
    expect(await failedAt({ host_keys: [`SHA256:${'A'.repeat(43)}`] })).toMatch(/^login: .* shows another key/)
    expect(await failedAt({}, { private_key: readFileSync(server.strangerKey, 'utf8') })).toMatch(
      /^login: .*does not let/,
    )
    expect(await failedAt({}, {})).toMatch(/^settings: .*no private key/)
    expect(await failedAt({ folder: '/no/such' })).toMatch(/^rights: There is no/)
    expect(await failedAt({ port: 1 })).toMatch(/^connect: /)
    const root = (await sftpConnector.browse?.(partner, [], context)) ?? []
    expect(root).toContainEqual({ name: 'chinook', kind: 'folder', children: true })
    const csv = (await sftpConnector.browse?.(partner, ['chinook', 'csv'], context)) ?? []
    expect(csv.find(({ name }) => name === 'artist.csv')?.extract).toEqual({
      type: 'extract.sftp',
      config: { path: 'chinook/csv/artist.csv' },
    })
  })

  test('passwords are taken too, and known hosts from a file', async () => {
    const other = service('sftp-password')
    if (!other) return
    copyFileSync(other.knownHosts, join(own.root, 'known_hosts'))
    const { host, port, user, password } = other
    const connection: ResolvedConnection = {
      name: 'partner',
      type: 'sftp',
      settings: { host, port, user, auth: 'password', known_hosts: 'known_hosts' },
      secrets: { password },
    }
    const files = filesOf(own.root)
    const names = await withSftp(connection, { files, signal: never }, async (one) =>
      (await one.list('.')).map(({ name }) => name),
    )
    expect(names).toContain('chinook')
    const wrong = { ...connection, secrets: { password: 'no' } }
    expect(await errorOf(withSftp(wrong, { files, signal: never }, async () => 1))).toMatchObject({
      code: 'connection.login',
    })
  })

  test('files, patterns and folders are read, of every format', async () => {
    expect((await look(from('chinook/csv/artist.csv'))).rows[0]).toEqual(['1', 'AC/DC'])
    expect((await look(from('chinook/parquet/artist.parquet'))).rows).toHaveLength(100)
    expect((await look(from('chinook/json*/artist.json'))).rows[0]?.[1]).toBe('AC/DC')
    await put(`${folder}a b/year=2024/[1]ü.csv`, 'n;t\n1;x\n')
    await put(`${folder}a b/year=2025/2.csv`, 'n;t\n2;y\n')
    await put(`${folder}a b/_hidden.csv`, 'n\n9\n')
    const { columns, rows } = await look(from(`${folder}a b/`, { csv: { delimiter: ';' }, file_name_column: 'file' }))
    expect(columns.map(({ name }) => name)).toEqual(['n', 't', 'year', 'file'])
    expect(rows.map(([n, t, year]) => [n, t, year])).toEqual([
      ['1', 'x', '2024'],
      ['2', 'y', '2025'],
    ])
    expect((await look(from(`${folder}a b/**/2*.csv`))).rows).toHaveLength(1)
    expect(await errorOf(look(from(`${folder}none.csv`)))).toMatchObject({ code: 'source.not-found' })
    expect(await errorOf(look(from('chinook/csv/artist.csv'), partnerOf({ host_keys: [] })))).toMatchObject({
      code: 'connection.host-unknown',
    })
  })

  test('what is written comes back; a file is replaced in one step and nothing temporary stays', async () => {
    const nodes = (mode: string, sql: string) => ({ from: sqlOf(sql), out: to(`${folder}deep/out.csv`, { mode }) })
    expect((await run(nodes('overwrite', 'SELECT 1 AS a'))).finished?.error).toBeUndefined()
    expect((await run(nodes('overwrite', 'SELECT i AS a FROM range(3) t(i)'))).finished?.error).toBeUndefined()
    expect(content(`${folder}deep/out.csv`)).toBe('a\n0\n1\n2\n')
    expect((await run(nodes('fail', 'SELECT 5 AS a'))).finished?.error).toMatchObject({ code: 'target.exists' })
    expect(content(`${folder}deep/out.csv`)).toBe('a\n0\n1\n2\n')
    expect(await client.list(`${folder}deep`).then((all) => all.map(({ name }) => name))).toEqual(['out.csv'])
    const big = {
      from: sqlOf('SELECT i, md5(i::VARCHAR) AS m FROM range(300000) t(i)'),
      out: to(`${folder}big.parquet`),
    }
    expect((await run(big)).finished?.error).toBeUndefined()
    const read = await run({
      from: from(`${folder}big.parquet`),
      out: { type: 'load.parquet', inputs: { in: 'from' }, config: { path: 'back.parquet' } },
    })
    expect(read.finished?.error).toBeUndefined()
    const { rows } = await own.project.preview(
      {
        ...pipeline({
          f: { type: 'extract.parquet', config: { path: 'back.parquet' } },
          s: { type: 'transform.sql', inputs: { in: 'f' }, config: { sql: 'SELECT count(*), sum(i) FROM "in"' } },
        }),
        nodeId: 's',
        limit: 1,
        offset: 0,
      },
      never,
    )
    expect(rows).toEqual([['300000', '44999850000']])
  })

  test('folders are appended to and replaced', async () => {
    const load = (mode: string) =>
      run({ from: sqlOf('SELECT 1 AS a'), out: to(`${folder}parts/`, { mode, format: 'csv' }) })
    await load('append')
    await load('append')
    expect((await namesBelow(`${folder}parts/part`)).length).toBe(2)
    expect((await look(from(`${folder}parts/`))).rows).toEqual([['1'], ['1']])
    await load('overwrite')
    expect((await look(from(`${folder}parts/`))).rows).toEqual([['1']])
  })

  test('a load is known by its key, until the file is another', async () => {
    const path = join(scratch, 'x')
    writeFileSync(path, 'one')
    await store.put(path, `${folder}x`, { key: 'k1' })
    expect(await store.keyOf(`${folder}x`)).toBe('k1')
    writeFileSync(path, 'three')
    await store.put(path, `${folder}x`, { key: 'k2' })
    expect(await store.keyOf(`${folder}x`)).toBe('k2')
    await put(`${folder}x`, 'somebody else')
    expect(await store.keyOf(`${folder}x`)).toBeUndefined()
  })

  test('incremental: files that came or changed, and those only', async () => {
    const rowsOfRun = async (state: JsonValue | undefined) => {
      const { events, finished } = await run(
        {
          from: from(`${folder}in/*.csv`, { incremental: {} }),
          out: { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'news.csv' } },
        },
        state === undefined ? {} : { cursors: { from: state } },
      )
      expect(finished?.error).toBeUndefined()
      const cursor = events.find((event) => event.kind === 'cursor')
      return {
        state: cursor?.kind === 'cursor' ? cursor.state : undefined,
        text: readFileSync(join(own.root, 'news.csv'), 'utf8'),
      }
    }
    await put(`${folder}in/a.csv`, 'n\n1\n')
    await put(`${folder}in/b.csv`, 'n\n2\n')
    const first = await rowsOfRun(undefined)
    expect(first.text).toBe('n\n1\n2\n')
    expect((await rowsOfRun(first.state)).text).toBe('n\n')
    await put(`${folder}in/b.csv`, 'n\n22\n')
    await put(`${folder}in/c.csv`, 'n\n3\n')
    expect((await rowsOfRun(first.state)).text).toBe('n\n22\n3\n')
  })

  test('a file that changes while it is read is an error', async () => {
    await put(`${folder}grows.csv`, 'n\n1\n')
    const found = await store.find(`${folder}grows.csv`)
    if (!found) throw new Error('it was put')
    await put(`${folder}grows.csv`, 'n\n1\n2\n')
    expect(await errorOf(store.fetch(found, join(scratch, randomUUID())))).toMatchObject({ code: 'source.changed' })
    const grown = await store.find(`${folder}grows.csv`)
    if (!grown) throw new Error('it was put')
    // As long as before: only its time tells.
    utimesSync(join(server.root, grown.name), 1_700_000_000, 1_700_000_000)
    expect(await errorOf(store.fetch(grown, join(scratch, randomUUID())))).toMatchObject({ code: 'source.changed' })
  })

  test('a connection that is cut is a lost one, reading and writing; the target stays as it was', async () => {
    const sockets = new Set<Socket>()
    let left = 400_000
    const proxy = createServer((socket) => {
      const onward = connect(server.port, server.host)
      for (const one of [socket, onward]) {
        sockets.add(one)
        one.on('error', () => undefined)
        one.on('data', (chunk: Buffer) => {
          left -= chunk.length
          if (left < 0) for (const each of sockets) each.destroy()
        })
      }
      socket.pipe(onward).pipe(socket)
    })
    const port = await new Promise<number>((resolve) => {
      proxy.listen(0, '127.0.0.1', () => resolve((proxy.address() as { port: number }).port))
    })
    onTestFinished(() => {
      proxy.close()
    })
    const noise = Array.from({ length: 60_000 }, (_, index) => `${index},${randomUUID()}`).join('\n')
    await put(`${folder}long.csv`, `n,id\n${noise}\n`)
    const broken = partnerOf({ port })
    const reading = await run(
      {
        from: from(`${folder}long.csv`),
        out: { type: 'load.csv', inputs: { in: 'from' }, config: { path: 'never.csv' } },
      },
      { connections: { partner: broken } },
    )
    expect(reading.finished?.error).toMatchObject({ code: 'connection.lost' })
    left = 400_000
    const writing = await run(
      { from: sqlOf('SELECT i, uuid() FROM range(60000) t(i)'), out: to(`${folder}long.csv`) },
      { connections: { partner: broken } },
    )
    expect(writing.finished?.error).toMatchObject({ code: 'connection.lost' })
    expect(content(`${folder}long.csv`)).toBe(`n,id\n${noise}\n`)
  })
})
