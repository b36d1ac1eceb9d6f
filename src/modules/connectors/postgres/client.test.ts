import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import type { ResolvedConnection } from '../../../shared/connections/connection.ts'
import { errorOf } from '../kit/error-of.ts'
import { filesOf } from '../kit/project-file.ts'
import { openPostgres, type PostgresClient, quoteName } from './client.ts'
import { sqlStateOf } from './errors.ts'

const never = new AbortController().signal

describeService('postgres', 'A session of PostgreSQL', (server) => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'logidata-pg-'))
    copyFileSync(server.ca, join(root, 'ca.pem'))
    copyFileSync(server.otherCa, join(root, 'other.pem'))
    copyFileSync(server.clientCertificate, join(root, 'client.pem'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const connection = (settings: object = {}, secrets: Record<string, string> = {}): ResolvedConnection => ({
    name: 'shop',
    type: 'postgres',
    settings: {
      host: server.host,
      port: server.port,
      database: server.database,
      user: server.user,
      tls: 'off',
      ...settings,
    },
    secrets: { password: server.password, ...secrets },
  })
  const open = (settings: object = {}, secrets: Record<string, string> = {}, signal = never) =>
    openPostgres(connection(settings, secrets), { files: filesOf(root), signal })
  const using = async <T>(
    settings: object,
    secrets: Record<string, string>,
    work: (c: PostgresClient) => Promise<T>,
  ) => {
    const client = await open(settings, secrets)
    try {
      return await work(client)
    } finally {
      await client.close()
    }
  }
  const one = async (client: PostgresClient, text: string, values: string[] = []) =>
    (await client.query(text, values)).rows[0]
  const encrypted = (settings: object, secrets: Record<string, string> = {}) =>
    using(settings, secrets, (client) =>
      one(client, 'SELECT current_user, ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()'),
    )

  test('values come as the server writes them', async () => {
    await using({ application_name: 'mine', search_path: ['a b', 'public'] }, {}, async (client) => {
      expect(client.version).toBeGreaterThan(100_000)
      const text = `SELECT true, 1e100::float8, '2024-01-02 03:04:05.678901+02'::timestamptz, 'infinity'::date, '\\x00ff'::bytea, NULL, $1,
        current_setting('application_name'), current_setting('search_path')`
      expect(await one(client, text, ["it's"])).toEqual([
        't',
        '1e+100',
        '2024-01-02 01:04:05.678901+00',
        'infinity',
        '\\x00ff',
        null,
        "it's",
        'mine',
        '"a b", "public"',
      ])
    })
  })

  test('with and without TLS, by certificates, and with a password full of signs', async () => {
    expect(await encrypted({})).toEqual(['logidata', 'false'])
    expect(await encrypted({ tls: 'required' })).toEqual(['logidata', 'true'])
    expect(await encrypted({ tls: 'verified', tls_ca: 'ca.pem' })).toEqual(['logidata', 'true'])
    const certificate = {
      tls: 'verified',
      tls_ca: 'ca.pem',
      tls_certificate: 'client.pem',
      user: server.certificateUser,
    }
    const key = readFileSync(server.clientKey, 'utf8')
    expect(await encrypted(certificate, { password: '', tls_key: key })).toEqual([server.certificateUser, 'true'])
    expect(await encrypted({ user: server.oddUser }, { password: server.oddPassword })).toEqual([
      server.oddUser,
      'false',
    ])
  })

  test.each([
    ['a wrong password', {}, { password: 'wrong-password' }, 'connection.login'],
    ['no password', {}, { password: '' }, 'connection.login'],
    ['an unknown user', { user: 'nobody' }, {}, 'connection.login'],
    ['a user who needs TLS', { user: 'tls_user' }, {}, 'connection.login'],
    ['an unknown database', { database: 'nowhere' }, {}, 'connection.database'],
    ['an unknown authority', { tls: 'verified' }, {}, 'connection.tls'],
    ['another authority', { tls: 'verified', tls_ca: 'other.pem' }, {}, 'connection.tls'],
    ['another name', { tls: 'verified', tls_ca: 'ca.pem', tls_server_name: 'db.example.com' }, {}, 'connection.tls'],
    ['a closed port', { port: 1 }, {}, 'connection.refused'],
    ['an unknown host', { host: 'no-such-host.invalid' }, {}, 'connection.name'],
    ['a role that is not ours', { role: 'postgres' }, {}, 'connection.rights'],
  ])('%s is told', async (_name, settings, secrets, code) => {
    const info = await errorOf(open(settings, secrets as Record<string, string>))
    expect(info).toMatchObject({ code, kind: 'operational' })
    expect(info.hint).toBeTruthy()
    expect(JSON.stringify(info)).not.toContain('wrong-password')
  })

  test('the environment of the process is not asked', async () => {
    process.env.PGPASSWORD = server.password
    process.env.PGOPTIONS = '-c default_transaction_read_only=on'
    try {
      expect(await errorOf(open({}, { password: '' }))).toMatchObject({ code: 'connection.login' })
      expect(await using({}, {}, (client) => one(client, 'SHOW default_transaction_read_only'))).toEqual(['off'])
    } finally {
      delete process.env.PGPASSWORD
      delete process.env.PGOPTIONS
    }
  })

  test('a statement is described without being run', async () => {
    await using({}, {}, async (client) => {
      const { parameters, columns } = await client.describe(
        'SELECT 1/0 AS a, $1::date AS b, name FROM artist WHERE artist_id = $2',
      )
      expect(parameters).toEqual([1082, 23])
      expect(columns.map(({ name, dataTypeID }) => [name, dataTypeID])).toEqual([
        ['a', 23],
        ['b', 1082],
        ['name', 1043],
      ])
      expect(await errorOf(client.describe('SELECT 1; SELECT 2'))).toMatchObject({ code: 'source.query' })
      expect(await one(client, 'SELECT 1')).toEqual(['1'])
    })
  })

  const read = async (client: PostgresClient, text: string) => {
    const chunks: Buffer[] = []
    const rows = await client.copyOut(text, {
      take: (bytes, start, end) => chunks.push(Buffer.from(bytes.subarray(start, end))),
    })
    return { text: Buffer.concat(chunks).toString(), rows }
  }

  test('COPY gives all of its text, rows of any length, in the clear and encrypted', async () => {
    for (const settings of [{}, { tls: 'required' }])
      await using(settings, {}, async (client) => {
        const select = 'SELECT i, repeat(chr(65 + i % 26), i % 3000) FROM generate_series(1, 20000) i'
        const { text, rows } = await read(client, `COPY (${select}) TO STDOUT (FORMAT csv)`)
        expect(rows).toBe(20_000n)
        const expected = Array.from({ length: 20_000 }, (_, at) => {
          const i = at + 1
          return `${i},${String.fromCharCode(65 + (i % 26)).repeat(i % 3000) || '""'}\n`
        }).join('')
        expect(text === expected).toBe(true)
        expect(await read(client, 'COPY (SELECT 1 WHERE false) TO STDOUT')).toEqual({ text: '', rows: 0n })
        expect((await read(client, "COPY (SELECT repeat('x', 3000000)) TO STDOUT")).text).toHaveLength(3_000_001)
        expect(await one(client, 'SELECT 2')).toEqual(['2'])
      })
  })

  test('an error of COPY, before and after its first rows, is an error', async () => {
    await using({}, {}, async (client) => {
      for (const text of [
        'COPY nothing TO STDOUT',
        'COPY (SELECT 1 / (50000 - i) FROM generate_series(1, 100000) i) TO STDOUT',
        'COPY (SELECT 1) TO STDOUT; SELECT 1',
      ]) {
        const failed = await read(client, text).catch((thrown: unknown) => thrown)
        expect(['42P01', '22012', '42601']).toContain(sqlStateOf(failed))
        expect(await one(client, 'SELECT 2')).toEqual(['2'])
      }
    })
  })

  test('what the taker throws ends the reading and is what went wrong', async () => {
    await using({}, {}, async (client) => {
      let rows = 0
      const take = () => {
        if (++rows === 1000) throw new TypeError('enough')
      }
      const all = 'COPY (SELECT i FROM generate_series(1, 10000000) i) TO STDOUT'
      await expect(client.copyOut(all, { take })).rejects.toThrow('enough')
      expect(rows).toBe(1000)
    })
  })

  test('a server that is killed in the middle is a lost connection', async () => {
    await using({}, {}, async (client) => {
      const pid = (await one(client, 'SELECT pg_backend_pid()'))?.[0] ?? ''
      const reading = errorOf(
        read(client, 'COPY (SELECT i, pg_sleep(0.001) FROM generate_series(1, 1000000) i) TO STDOUT'),
      )
      await sleep(100)
      await using({}, {}, (other) => one(other, 'SELECT pg_terminate_backend($1)', [pid]))
      expect(await reading).toMatchObject({
        code: 'connection.lost',
        kind: 'operational',
      })
    })
  })

  test('an abort ends what the server is doing', async () => {
    const stop = new AbortController()
    const client = await open({}, {}, stop.signal)
    const mark = randomBytes(6).toString('hex')
    const busy = () =>
      using({}, {}, (other) =>
        one(other, "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE $1", [
          `%from_${mark}%`,
        ]),
      )
    const waiting = errorOf(client.query(`SELECT pg_sleep(60) AS from_${mark}`))
    await sleep(100)
    expect(await busy()).toEqual(['1'])
    const started = performance.now()
    stop.abort()
    expect(await waiting).toMatchObject({ code: 'cancelled' })
    expect(performance.now() - started).toBeLessThan(500)
    await client.close()
    await sleep(100)
    expect(await busy()).toEqual(['0'])
  })

  test('time limits of statements hold', async () => {
    await using({ statement_timeout_seconds: 1 }, {}, async (client) => {
      expect(await errorOf(client.query('SELECT pg_sleep(5)'))).toMatchObject({ code: 'connection.timeout' })
    })
  })

  test('COPY takes text, and what does not fit is an error', async () => {
    await using({}, {}, async (client) => {
      await client.query('CREATE TEMP TABLE taken(a int, b text)')
      const into = client.copyIn('COPY taken FROM STDIN (FORMAT csv)')
      await pipeline(async function* () {
        yield '1,x\n2,y\n'
      }, into)
      expect(into.rowCount).toBe(2)
      const wrong = client.copyIn('COPY taken FROM STDIN (FORMAT csv)')
      const failed = await pipeline(async function* () {
        yield 'x,x\n'
      }, wrong).catch((thrown: unknown) => client.error(thrown))
      expect(sqlStateOf(failed)).toBe('22P02')
      expect(await one(client, `SELECT count(*) FROM ${quoteName('taken')}`)).toEqual(['2'])
    })
  })
})
