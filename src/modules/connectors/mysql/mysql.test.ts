import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { MysqlClient } from './client.ts'
import { mysqlConnector } from './connector.ts'
import { loginOf } from './login.ts'
import { connectionTo } from './temporary-database.ts'

const signal = new AbortController().signal

/** A packet of MySQL's protocol. */
const packet = (sequence: number, ...parts: (string | readonly number[])[]) => {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
  return Buffer.concat([Buffer.from([body.length & 255, body.length >> 8, 0, sequence]), body])
}
const OK = [0, 0, 0, 2, 0, 0, 0]

/** Lets everybody in, and answers the first statement that `asks` picks by asking for a file. */
function lyingServer(asks: (statement: string) => boolean) {
  const got: Buffer[] = []
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => undefined)
    const capabilities = [0xff, 0xf7, 0x21, 2, 0, 0xff, 0x81]
    socket.write(
      packet(
        0,
        [10],
        '8.0.0\0',
        [1, 0, 0, 0],
        'abcdefgh\0',
        capabilities,
        [21],
        new Array(10).fill(0),
        'abcdefghijkl\0',
        'mysql_native_password\0',
      ),
    )
    let state: 'login' | 'commands' | 'file' = 'login'
    socket.on('data', (data) => {
      const sequence = data[3] ?? 0
      if (state === 'login') {
        state = 'commands'
        socket.write(packet(sequence + 1, OK))
      } else if (state === 'file') {
        got.push(data)
        socket.write(packet(sequence + 1, OK))
        state = 'commands'
      } else if (asks(data.subarray(5).toString())) {
        state = 'file'
        socket.write(packet(1, [0xfb], '/etc/passwd'))
      } else socket.write(packet(1, OK))
    })
  })
  return new Promise<{ port: number; got: Buffer[]; close: () => void }>((resolve) => {
    server.listen(0, '127.0.0.1', () =>
      resolve({
        port: (server.address() as { port: number }).port,
        got,
        close: () => {
          for (const socket of sockets) socket.destroy()
          server.close()
        },
      }),
    )
  })
}

describe('a server that asks for local files', () => {
  const open = async (port: number, loads: boolean) =>
    MysqlClient.open(
      await loginOf(connectionTo({ host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' }), filesOf('.')),
      signal,
      { loads },
    )

  test.each([false, true])('gets nothing for a query, whether the session loads or not (%s)', async (loads) => {
    const server = await lyingServer((text) => text.includes('SELECT 42'))
    const client = await open(server.port, loads)
    await client.query('SELECT 42').catch(() => undefined)
    await client.close()
    expect(Buffer.concat(server.got)).toHaveLength(4)
    server.close()
  })

  test('gets nothing when it asks during the login’s own statements', async () => {
    const server = await lyingServer(() => true)
    await open(server.port, false).then(
      (client) => client.close(),
      () => undefined,
    )
    expect(Buffer.concat(server.got).toString('latin1')).not.toContain('root')
    expect(server.got.every((data) => data.length === 4)).toBe(true)
    server.close()
  })

  test('gets our own stream for a load, whatever file it names', async () => {
    const server = await lyingServer((text) => text.startsWith('LOAD DATA'))
    const client = await open(server.port, true)
    await client
      .loadData("LOAD DATA LOCAL INFILE 'logidata' INTO TABLE t", () => Readable.from([Buffer.from('ours\n')]))
      .catch(() => undefined)
    await client.close()
    expect(Buffer.concat(server.got).toString('latin1')).toContain('ours')
    expect(Buffer.concat(server.got).toString('latin1')).not.toContain('root')
    server.close()
  })
})

describeService('mariadb', 'Connecting to MySQL and MariaDB', (server) => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'logidata-mysql-'))
    for (const [name, path] of Object.entries({
      ca: server.ca,
      other: server.otherCa,
      client: server.clientCertificate,
    }))
      copyFileSync(path, join(root, `${name}.pem`))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  const diagnose = (settings: Record<string, string | number>, secrets: Record<string, string> = {}) => {
    const connection = connectionTo(server, settings)
    return mysqlConnector.test(
      { ...connection, secrets: { ...connection.secrets, ...secrets } },
      { projectRoot: root, signal },
    )
  }
  const failed = async (settings: Record<string, string | number>, secrets: Record<string, string> = {}) => {
    const { ok, steps } = await diagnose(settings, secrets)
    expect(ok).toBe(false)
    expect(steps.at(-1)).toMatchObject({ hint: expect.any(String) })
    expect(JSON.stringify(steps)).not.toContain(server.password)
    return steps.at(-1)?.step
  }

  test('a diagnosis in words, each step', async () => {
    const fine = await diagnose({})
    expect(fine.ok).toBe(true)
    expect(fine.server).toMatch(/^MariaDB \d+\.\d+/)
    expect(fine.steps.map(({ step }) => step)).toEqual(['name', 'connect', 'tls', 'login', 'database', 'rights'])
    expect(await failed({ host: 'no-such-host.invalid' })).toBe('name')
    expect(await failed({ port: 1 })).toBe('connect')
    expect(await failed({}, { password: 'wrong-word' })).toBe('login')
    expect(await failed({ user: 'nobody' })).toBe('login')
    expect(await failed({ database: 'no_such_database' })).toBe('database')
    expect(await failed({ tls_ca: 'none.pem', tls: 'verified' })).toBe('settings')
  })

  test('TLS: verified by our authority, refused by another, by another name, and without', async () => {
    expect(await diagnose({ tls: 'verified', tls_ca: 'ca.pem', user: server.tlsOnlyUser })).toMatchObject({ ok: true })
    expect(await diagnose({ tls: 'verified', tls_ca: 'ca.pem', host: 'localhost' })).toMatchObject({ ok: true })
    expect(await diagnose({ tls: 'required', user: server.tlsOnlyUser })).toMatchObject({ ok: true })
    expect(await failed({ tls: 'verified', tls_ca: 'other.pem' })).toBe('tls')
    expect(await failed({ tls: 'verified' })).toBe('tls')
    expect(await failed({ tls: 'verified', tls_ca: 'ca.pem', tls_server_name: 'db.example.com' })).toBe('tls')
    expect(await failed({ tls: 'off', user: server.tlsOnlyUser })).toBe('login')
  })

  test('a client certificate, and a password full of signs', async () => {
    const certificate = {
      tls: 'verified',
      tls_ca: 'ca.pem',
      tls_certificate: 'client.pem',
      user: server.certificateUser,
    }
    expect(await diagnose(certificate, { tls_key: readFileSync(server.clientKey, 'utf8') })).toMatchObject({ ok: true })
    expect(await failed({ tls: 'verified', tls_ca: 'ca.pem', user: server.certificateUser })).toBe('login')
    expect(await diagnose({ user: server.oddUser }, { password: server.oddPassword })).toMatchObject({ ok: true })
  })

  test('the tree: schemas, tables, columns, each only when opened', async () => {
    const browse = (...path: string[]) =>
      mysqlConnector.browse?.(connectionTo(server), path, { projectRoot: root, signal })
    expect((await browse())?.[0]).toEqual({ name: 'chinook', kind: 'schema', children: true })
    const tables = await browse('chinook')
    expect(tables?.find(({ name }) => name.toLowerCase() === 'album')).toMatchObject({
      kind: 'table',
      children: true,
      extract: { type: 'extract.mysql' },
    })
    const columns = await browse('chinook', tables?.find(({ name }) => name.toLowerCase() === 'album')?.name ?? '')
    expect(columns?.[0]).toMatchObject({ kind: 'column', children: false })
    expect(columns).toHaveLength(3)
  })

  test('an abort ends the login', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const stop = new AbortController()
    const login = await loginOf(
      connectionTo(server, { port: (silent.address() as { port: number }).port }),
      filesOf('.'),
    )
    setTimeout(() => stop.abort(), 50)
    expect(await errorOf(MysqlClient.open(login, stop.signal))).toMatchObject({ kind: 'cancelled' })
    expect(
      await errorOf(
        MysqlClient.open({ ...login, settings: { ...login.settings, connect_timeout_seconds: 1 } }, signal),
      ),
    ).toMatchObject({ code: 'connection.timeout' })
    silent.close()
  })
})
