import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expect, test } from 'vitest'
import { describeService } from '../../../../tests/services/services.ts'
import { mongodbConnector } from './connector.ts'
import { mongodbSettings } from './descriptor.ts'
import { connectionTo } from './testing.ts'

/** The last step of a test. */
const is = (ok: boolean, step?: string, message?: unknown, server?: unknown) => ({
  ok,
  ...(step === undefined ? {} : { step }),
  ...(message === undefined ? {} : { message }),
  ...(server === undefined ? {} : { server }),
})

const signal = new AbortController().signal

test('settings that contradict each other are refused', () => {
  const base = { host: 'h', database: 'd' }
  const wrong = (more: object) => mongodbSettings.safeParse({ ...base, ...more }).error?.issues[0]?.path.join('.')
  expect(mongodbSettings.parse(base)).toMatchObject({ port: 27_017, tls: 'verified', direct: false })
  expect(wrong({ auth_mechanism: 'plain', tls: 'off' })).toBe('auth_mechanism')
  expect(wrong({ auth_mechanism: 'x509', tls: 'off' })).toBe('auth_mechanism')
  expect(wrong({ srv: true, direct: true })).toBe('srv')
  expect(wrong({ direct: true, more_hosts: ['b:1'] })).toBe('direct')
  expect(wrong({ host: 'mongodb://u:p@h/' })).toBe('host')
  expect(wrong({ host: 'h,user:p@other' })).toBe('host')
  expect(wrong({ database: 'a.b' })).toBe('database')
  expect(wrong({ password: 'x' })).toBe('')
})

describeService('mongodb', 'A connection to MongoDB', (server) => {
  const steps = async (
    settings: Record<string, string | number | boolean>,
    password = server.password,
    projectRoot = '/',
  ) => {
    const connection = { ...connectionTo(server, { connect_timeout_seconds: 3, ...settings }), secrets: { password } }
    const { ok, steps: taken, server: name } = await mongodbConnector.test(connection, { projectRoot, signal })
    expect(JSON.stringify(taken)).not.toContain(server.password)
    return { ok, step: taken.at(-1)?.step, message: taken.at(-1)?.message, server: name }
  }

  test('the test says step by step what is wrong', async () => {
    expect(await steps({})).toMatchObject(
      is(true, 'rights', 'Its documents can be read.', expect.stringContaining('FerretDB')),
    )
    expect(await steps({ host: 'no.such.name.invalid' })).toMatchObject(is(false, 'name', expect.anything()))
    expect(await steps({ port: 1 })).toMatchObject(is(false, 'connect', expect.stringContaining('refused')))
    expect(await steps({}, 'wrong')).toMatchObject(
      is(false, 'login', expect.stringContaining('does not let “logidata” in')),
    )
    expect(await steps({ auth_source: 'admin' })).toMatchObject(is(false, 'login', expect.anything()))
    expect(await steps({ tls: 'required' })).toMatchObject(
      is(false, 'tls', expect.stringContaining('before it said anything')),
    )
    expect(await steps({ port: server.tlsPort })).toMatchObject(is(false, 'tls', expect.anything()))
    expect(await steps({ database: 'empty_one' })).toMatchObject(is(true, 'rights', 'There is nothing to read yet.'))
  })

  test('TLS: verified by the authority that is given, and by no other', async () => {
    const root = dirname(server.ca)
    const tls = { port: server.tlsPort, tls: 'verified' }
    expect(readFileSync(server.ca, 'utf8')).toContain('CERTIFICATE')
    expect(await steps({ ...tls, tls_ca: basename(server.ca) }, server.password, root)).toMatchObject(
      is(true, 'rights'),
    )
    expect(
      await steps({ ...tls, host: 'localhost', tls_ca: basename(server.ca) }, server.password, root),
    ).toMatchObject(is(true))
    expect(await steps({ ...tls, tls_ca: basename(server.otherCa) }, server.password, root)).toMatchObject(
      is(false, 'tls'),
    )
    expect(await steps(tls)).toMatchObject(is(false, 'tls', expect.stringContaining('authority')))
    expect(
      await steps({ ...tls, tls_ca: basename(server.ca), tls_server_name: 'other.example' }, server.password, root),
    ).toMatchObject(is(false, 'tls', expect.stringContaining('another name')))
    expect(await steps({ port: server.tlsPort, tls: 'required' })).toMatchObject(is(true))
  })

  test('the tree: databases, collections, fields', async () => {
    const look = (...path: string[]) =>
      mongodbConnector.browse?.(connectionTo(server), path, { projectRoot: '/', signal })
    expect(await look()).toContainEqual({ name: 'chinook', kind: 'database', children: true })
    expect(await look('chinook')).toContainEqual({
      name: 'invoice',
      kind: 'collection',
      children: true,
      extract: { type: 'extract.mongodb', config: { collection: 'invoice' } },
    })
    expect(await look('chinook', 'invoice')).toContainEqual(
      expect.objectContaining({
        name: 'billing',
        kind: 'column',
        type: expect.stringContaining('STRUCT("address" VARCHAR'),
      }),
    )
  })
})
