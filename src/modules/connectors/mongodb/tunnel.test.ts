import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService, service } from '../../../../tests/services/services.ts'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { settingsOf } from '../../kit/connector.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { withMongodb } from './client.ts'
import { mongodbConnector } from './connector.ts'
import { mongodbDescriptor } from './descriptor.ts'

const never = new AbortController().signal
const ssh = service('sftp')

describeService('mongodb', 'a tunnel to MongoDB', (server) => {
  let root: string
  let proxy: Server
  let port: number
  const sockets = new Set<Socket>()
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'logidata-mongodb-'))
    copyFileSync(server.ca, join(root, 'ca.pem'))
    // Between us and the SSH server, to be cut.
    proxy = createServer((socket) => {
      const onward = connect(ssh?.port ?? 0, ssh?.host)
      for (const one of [socket, onward]) {
        sockets.add(one)
        one.on('error', () => undefined).on('close', () => sockets.delete(one))
      }
      socket.pipe(onward).pipe(socket)
    })
    port = await new Promise<number>((resolve) => {
      proxy.listen(0, '127.0.0.1', () => resolve((proxy.address() as { port: number }).port))
    })
  })
  afterAll(() => {
    cut()
    proxy.close()
    rmSync(root, { recursive: true, force: true })
  })

  const to = (more: object = {}): ResolvedConnection => ({
    name: 'shop',
    type: 'mongodb',
    settings: {
      host: server.host,
      port: server.port,
      user: server.user,
      database: server.database,
      auth_source: server.database,
      tls: 'off',
      tunnel: 'ssh',
      tunnel_host: ssh?.host ?? '',
      tunnel_port: ssh?.port ?? 0,
      tunnel_user: ssh?.user ?? '',
      tunnel_host_keys: [ssh?.hostKey ?? ''],
      ...more,
    },
    secrets: { password: server.password, tunnel_key: ssh ? readFileSync(ssh.privateKey, 'utf8') : '' },
  })
  const access = (signal = never) => ({ files: filesOf(root), signal })
  const tracks = (more: object = {}) =>
    withMongodb(to(more), access(), (session) => session.db().collection('track').countDocuments())
  const ports = () => readdirSync(tmpdir()).filter((name) => name.startsWith('logidata-tunnel-'))

  test.skipIf(!ssh)('leads there, in the clear and with TLS that is checked', async () => {
    expect(await tracks()).toBe(3503)
    const secured = { port: server.tlsPort, tls: 'verified', tls_ca: 'ca.pem' }
    expect(await tracks(secured)).toBe(3503)
    const other = await errorOf(tracks({ ...secured, tls_server_name: 'other.example', connect_timeout_seconds: 2 }))
    expect(other).toMatchObject({ code: 'connection.tls' })
  })

  test.skipIf(!ssh || process.platform === 'win32')('begins where nobody else can, and leaves nothing', async () => {
    const before = new Set(ports())
    await withMongodb(to(), access(), async (session) => {
      await session.db().command({ ping: 1 })
      const modes = ports()
        .filter((name) => !before.has(name))
        .map((name) => (statSync(join(tmpdir(), name)).mode & 0o777).toString(8))
      expect(modes).toContain('700')
    })
    expect(ports().filter((name) => !before.has(name))).toEqual([])
  })

  test.skipIf(!ssh)('what does not get through is told as the tunnel tells it', async () => {
    const quick = { connect_timeout_seconds: 3 }
    expect(await errorOf(tracks({ ...quick, tunnel_host_keys: [] }))).toMatchObject({ code: 'connection.host-unknown' })
    const closed = await errorOf(tracks({ ...quick, port: 1 }))
    expect(closed).toMatchObject({ code: 'connection.refused' })
    expect(closed.message).toContain('cannot reach 127.0.0.1:1')
    expect(await errorOf(tracks({ ...quick, auth_source: 'nowhere', user: 'nobody' }))).toMatchObject({
      code: 'connection.login',
    })
  })

  test.skipIf(!ssh)('cut while documents come: a lost connection, and nothing hangs', async () => {
    const reading = withMongodb(to({ tunnel_port: port, connect_timeout_seconds: 3 }), access(), async (session) => {
      const cursor = session.db().collection('playlist_track').find({}, { batchSize: 100 })
      await cursor.next()
      cut()
      proxy.close()
      return cursor.toArray()
    })
    expect(['connection.lost', 'connection.refused']).toContain((await errorOf(reading)).code)
  })

  test.skipIf(!ssh)('is a step of a test', async () => {
    const context = { projectRoot: root, signal: never }
    const { steps } = await mongodbConnector.test(to(), context)
    expect(steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual(
      ['tunnel', 'connect', 'tls', 'login', 'database', 'rights'].map((step) => `${step} true`),
    )
    const unknown = await mongodbConnector.test(to({ tunnel_host_keys: [] }), context)
    expect(unknown.steps.map(({ step, ok }) => `${step} ${ok}`)).toEqual(['tunnel false'])
  })

  test('leads to one server', () => {
    for (const more of [{ srv: true }, { more_hosts: ['db2:27017'] }])
      expect(() => settingsOf(mongodbDescriptor, to(more))).toThrow(/leads to one server/)
    expect(() => settingsOf(mongodbDescriptor, to({ tunnel_user: undefined }))).toThrow(/name the user/)
  })
})
