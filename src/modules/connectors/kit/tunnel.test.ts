import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService, service } from '../../../../tests/services/services.ts'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { MysqlClient } from '../mysql/client.ts'
import { mysqlConnector } from '../mysql/connector.ts'
import { loginOf as mysqlLogin } from '../mysql/login.ts'
import { openPostgres } from '../postgres/client.ts'
import { postgresConnector } from '../postgres/connector.ts'
import { errorOf } from './error-of.ts'
import { filesOf } from './project-file.ts'
import { openRoute, tunnelOf } from './tunnel.ts'

const never = new AbortController().signal
const postgres = service('postgres')
const mariadb = service('mariadb')

describeService('sftp', 'A tunnel', (ssh) => {
  let root: string
  let proxy: Server
  let port: number
  const sockets = new Set<Socket>()
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy()
  }
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'logidata-tunnel-'))
    copyFileSync(ssh.privateKey, join(root, 'key'))
    copyFileSync(ssh.knownHosts, join(root, 'known_hosts'))
    copyFileSync(ssh.wrongKnownHosts, join(root, 'wrong_hosts'))
    if (postgres) copyFileSync(postgres.ca, join(root, 'ca.pem'))
    // Between us and the SSH server, to be cut.
    proxy = createServer((socket) => {
      const onward = connect(ssh.port, ssh.host)
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

  const way = (more: object = {}) => ({
    tunnel: 'ssh',
    tunnel_host: ssh.host,
    tunnel_port: ssh.port,
    tunnel_user: ssh.user,
    tunnel_host_keys: [ssh.hostKey],
    ...more,
  })
  const secrets = { tunnel_key: readFileSync(ssh.privateKey, 'utf8') }
  const to = (
    type: 'postgres' | 'mysql',
    more: object = {},
    given: Record<string, string> = secrets,
  ): ResolvedConnection => {
    const server = type === 'postgres' ? postgres : mariadb
    if (!server) throw new Error(`${type} does not run`)
    const { host, port: at, database, user, password } = server
    return {
      name: 'shop',
      type,
      settings: { host, port: at, database, user, tls: 'off', ...way(more) },
      secrets: { password, ...given },
    }
  }
  const open = (more: object = {}, given?: Record<string, string>, signal = never) =>
    openPostgres(to('postgres', more, given), { files: filesOf(root), signal })
  const asked = async (more: object = {}, given?: Record<string, string>) => {
    const client = await open(more, given)
    try {
      return (await client.query('SELECT count(*) FROM track')).rows[0]?.[0]
    } finally {
      await client.close()
    }
  }

  test.skipIf(!postgres)('leads to PostgreSQL, in the clear and with TLS that is checked', async () => {
    expect(await asked()).toBe('3503')
    expect(await asked({ tls: 'verified', tls_ca: 'ca.pem' })).toBe('3503')
    expect(await asked({ tls: 'required' })).toBe('3503')
  })

  test.skipIf(!postgres)('takes keys from files and with a passphrase, and files of known hosts', async () => {
    expect(await asked({ tunnel_key_file: 'key' }, {})).toBe('3503')
    expect(await asked({ tunnel_host_keys: [], tunnel_known_hosts: 'known_hosts' })).toBe('3503')
    const locked = { tunnel_key: readFileSync(ssh.privateKeyWithPassphrase, 'utf8') }
    expect(await asked({}, { ...locked, tunnel_key_passphrase: ssh.passphrase })).toBe('3503')
    expect(await errorOf(open({}, locked))).toMatchObject({ code: 'connection.login', kind: 'user' })
    const wrong = await errorOf(open({}, { ...locked, tunnel_key_passphrase: 'no' }))
    expect(wrong.message).toBe('The passphrase does not open the private key.')
    expect(await errorOf(open({}, { tunnel_key: 'nonsense' }))).toMatchObject({ code: 'connection.login' })
    expect(await errorOf(open({}, {}))).toMatchObject({ code: 'connection.no-secret' })
    expect(await errorOf(open({ tunnel_user: undefined }))).toMatchObject({ code: 'connection.invalid' })
  })

  test.skipIf(!postgres)('a host that is not known, or another one, gets nothing', async () => {
    const unknown = await errorOf(open({ tunnel_host_keys: [] }))
    expect(unknown).toMatchObject({ code: 'connection.host-unknown', kind: 'user' })
    const fingerprint = /SHA256:[A-Za-z0-9+/]{43}/.exec(unknown.hint ?? '')?.[0] ?? ''
    expect(await asked({ tunnel_host_keys: [fingerprint] })).toBe('3503')
    const other = `SHA256:${'A'.repeat(43)}`
    expect(await errorOf(open({ tunnel_host_keys: [other] }))).toMatchObject({ code: 'connection.host-changed' })
    expect(await errorOf(open({ tunnel_host_keys: [], tunnel_known_hosts: 'wrong_hosts' }))).toMatchObject({
      code: 'connection.host-changed',
    })
  })

  test.skipIf(!postgres)('tells who is not let in, what refuses and what does not answer', async () => {
    const stranger = { tunnel_key: readFileSync(ssh.strangerKey, 'utf8') }
    expect(await errorOf(open({}, stranger))).toMatchObject({ code: 'connection.login', kind: 'operational' })
    const closed = await errorOf(open({ port: 1 }))
    expect(closed).toMatchObject({ code: 'connection.refused' })
    expect(closed.message).toContain('cannot reach 127.0.0.1:1')
    expect(await errorOf(open({ host: 'no-such-host.invalid' }))).toMatchObject({ code: 'connection.name' })
    expect(await errorOf(open({ tunnel_port: 1 }))).toMatchObject({ code: 'connection.refused' })
    // The database itself does not speak SSH.
    const silent = await errorOf(open({ tunnel_port: postgres?.port, connect_timeout_seconds: 2 }))
    expect(['connection.ssh', 'connection.timeout', 'connection.lost']).toContain(silent.code)
  })

  test.skipIf(!postgres)('cut while rows come: a lost connection, and nothing hangs', async () => {
    const client = await open({ tunnel_port: port })
    let bytes = 0
    const failed = client.copyOut(
      'COPY (SELECT i, repeat(md5(i::text), 30) FROM generate_series(1, 3000000) i) TO STDOUT',
      {
        take(_, start, end) {
          bytes += end - start
          if (bytes > 2_000_000) cut()
        },
      },
    )
    expect(await errorOf(failed)).toMatchObject({ code: 'connection.lost', kind: 'operational' })
    expect(bytes).toBeGreaterThan(2_000_000)
    await client.close()
  })

  test.skipIf(!postgres)('an abort ends the query, the tunnel and its session', async () => {
    const stop = new AbortController()
    const client = await open({ tunnel_port: port }, undefined, stop.signal)
    const waiting = errorOf(client.query("SELECT pg_sleep(30), 'tunnel-abort'"))
    await sleep(200)
    expect(sockets.size).toBe(2)
    stop.abort()
    expect(await waiting).toMatchObject({ code: 'cancelled' })
    await client.close()
    const straight = await open({ tunnel: 'off' })
    const left = await straight.query(
      `SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%tunnel-abort%' AND pid <> pg_backend_pid() AND state = 'active'`,
    )
    await straight.close()
    expect(left.rows[0]?.[0]).toBe('0')
    for (let tries = 0; sockets.size > 0 && tries < 40; tries++) await sleep(50)
    expect(sockets.size).toBe(0)
  })

  test.skipIf(!mariadb)('leads to MariaDB, and is missed when it is cut', async () => {
    const login = await mysqlLogin(to('mysql', { tunnel_port: port }), filesOf(root))
    const client = await MysqlClient.open(login, never)
    expect(await client.query('SELECT COUNT(*) FROM Track')).toEqual([['3503']])
    const waiting = errorOf(client.query('SELECT SLEEP(20)'))
    await sleep(200)
    cut()
    expect(await waiting).toMatchObject({ code: 'connection.lost' })
    await client.close()
    const secured = await mysqlLogin(to('mysql', { tls: 'required' }), filesOf(root))
    const second = await MysqlClient.open(secured, never)
    expect((await second.query("SHOW STATUS LIKE 'Ssl_cipher'"))[0]?.[1]).not.toBe('')
    await second.close()
  })

  test.skipIf(!postgres || !mariadb)('is a step of a test', async () => {
    const context = { projectRoot: root, signal: never }
    const steps = async (type: 'postgres' | 'mysql', more?: object) => {
      const connector = type === 'postgres' ? postgresConnector : mysqlConnector
      return (await connector.test(to(type, more), context)).steps.map(({ step, ok }) => `${step} ${ok}`)
    }
    const all = ['tunnel true', 'connect true', 'tls true', 'login true', 'database true', 'rights true']
    expect(await steps('postgres')).toEqual(['settings true', ...all])
    expect(await steps('mysql')).toEqual(all)
    expect(await steps('postgres', { tunnel_host_keys: [] })).toEqual(['settings true', 'tunnel false'])
    expect(await steps('mysql', { port: 1 })).toEqual(['tunnel true', 'connect false'])
  })

  test('a server that allows no tunnels says so', async () => {
    const password = service('sftp-password')
    if (!password) return
    const files = filesOf(root)
    const tunnel = await tunnelOf(
      {
        tunnel: 'ssh',
        tunnel_host: password.host,
        tunnel_port: password.port,
        tunnel_user: password.user,
        tunnel_auth: 'password',
        tunnel_host_keys: [password.hostKey],
      },
      { secrets: { tunnel_password: password.password } },
      files,
      5000,
    )
    const info = await errorOf(openRoute({ host: '127.0.0.1', port: 5432 }, tunnel, 5000, never))
    expect(info).toMatchObject({ code: 'connection.rights', kind: 'operational' })
  })
})
