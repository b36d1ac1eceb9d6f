import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { formFields } from '../../kit/module-info.ts'
import { checkName, checkPort, diagnose, openSocket, unlessAborted } from './diagnose.ts'
import { errorOf } from './error-of.ts'
import { addressOf, networkError } from './errors.ts'
import { filesOf } from './project-file.ts'
import { tlsFields } from './tls.ts'
import { tlsOptions } from './tls-options.ts'

const never = new AbortController().signal
const remote = { host: 'db.example.com', port: 5432 }
let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'logidata-kit-'))
  writeFileSync(join(root, 'text.pem'), 'no certificate')
  symlinkSync('/etc/hostname', join(root, 'link.pem'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

const withCode = (code: string) => Object.assign(new Error(`password hunter2 ${code}`), { code })

test.each([
  ['ENOTFOUND', 'connection.name'],
  ['EAI_AGAIN', 'connection.name'],
  ['ECONNREFUSED', 'connection.refused'],
  ['EHOSTUNREACH', 'connection.refused'],
  ['ETIMEDOUT', 'connection.timeout'],
  ['ECONNRESET', 'connection.lost'],
  ['EPIPE', 'connection.lost'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'connection.tls'],
  ['CERT_HAS_EXPIRED', 'connection.tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'connection.tls'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'connection.tls'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'connection.tls'],
])('%s is %s, with a hint and nothing of the driver’s own text', (code, expected) => {
  const info = networkError(withCode(code), remote)?.info
  expect(info).toMatchObject({ code: expected, kind: 'operational' })
  expect(info?.message).toContain('db.example.com')
  expect(info?.hint).toBeTruthy()
  expect(JSON.stringify(info)).not.toContain('hunter2')
})

test('what is not of the network is left to others; what hides below is found', () => {
  expect(networkError(withCode('28P01'), remote)).toBeUndefined()
  expect(networkError('x', remote)).toBeUndefined()
  const nested = new Error('failed', { cause: withCode('ECONNREFUSED') })
  expect(networkError(nested, remote)?.info.code).toBe('connection.refused')
  const all = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')])
  expect(networkError(all, remote)?.info.code).toBe('connection.refused')
  expect(addressOf({ host: '::1', port: 1 })).toBe('[::1]:1')
})

test('a diagnosis ends with the first step that fails', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const port = (server.address() as { port: number }).port
  const here = { host: '127.0.0.1', port }
  const good = await diagnose([checkName(here, never), checkPort(here, 1000, never)], never, () => 'Test 1')
  expect(good).toMatchObject({ ok: true, server: 'Test 1', steps: [{ step: 'name' }, { step: 'connect' }] })
  await new Promise((resolve) => server.close(resolve))
  const gone = await diagnose(
    [checkPort(here, 1000, never), { step: 'login', run: () => Promise.reject(new Error('never asked')) }],
    never,
  )
  expect(gone).toMatchObject({ ok: false, steps: [{ step: 'connect', ok: false, hint: expect.any(String) }] })
  expect(gone.steps).toHaveLength(1)
  const unknown = { host: 'no-such-host.invalid', port }
  const named = await diagnose([checkName(unknown, never), checkPort(unknown, 1000, never)], never)
  expect(named.steps).toMatchObject([{ step: 'name', ok: false }])
})

test('a test that is cancelled ends at once', async () => {
  const stop = new AbortController()
  const forever = new Promise<string>(() => undefined)
  const waiting = diagnose([{ step: 'login', run: () => unlessAborted(forever, stop.signal) }], stop.signal)
  setTimeout(() => stop.abort(), 10)
  expect(await errorOf(waiting)).toMatchObject({ code: 'cancelled' })
  expect(await errorOf(openSocket(remote, 60_000, stop.signal))).toMatchObject({ code: 'cancelled' })
})

test('somebody who never answers is not waited for longer than the time given', async () => {
  // Nobody has an address of this block.
  const error = await errorOf(openSocket({ host: '192.0.2.1', port: 9 }, 50, never))
  expect(['connection.timeout', 'connection.refused']).toContain(error.code)
})

test('TLS: off is nothing, required checks nobody, verified checks the name', async () => {
  const files = filesOf(root)
  const host = 'db.example.com'
  expect(await tlsOptions({ tls: 'off' }, {}, { host, files })).toBeUndefined()
  expect(await tlsOptions({ tls: 'required' }, {}, { host, files })).toMatchObject({ rejectUnauthorized: false })
  const verified = await tlsOptions({ tls: 'verified' }, {}, { host: '127.0.0.1', files })
  expect(verified).toMatchObject({ rejectUnauthorized: true })
  expect(verified).not.toHaveProperty('servername')
  const peer = { subject: { CN: 'localhost' }, subjectaltname: 'DNS:localhost' } as never
  expect(verified?.checkServerIdentity?.('localhost', peer)).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
  const named = await tlsOptions({ tls: 'verified', tls_server_name: 'localhost' }, {}, { host: '127.0.0.1', files })
  expect(named).toMatchObject({ servername: 'localhost' })
  expect(named?.checkServerIdentity?.('127.0.0.1', peer)).toBeUndefined()
})

test('certificates are files of the project that hold one', async () => {
  const files = filesOf(root)
  const ca = (tls_ca: string) => errorOf(tlsOptions({ tls: 'verified', tls_ca }, {}, { host: 'h', files }))
  expect(await ca('text.pem')).toMatchObject({ code: 'connection.tls', message: 'text.pem holds no certificate.' })
  expect(await ca('none.pem')).toMatchObject({ code: 'file.not-found' })
  for (const path of ['link.pem', '/etc/hostname', '../x.pem'])
    expect((await ca(path)).code).toMatch(/^file\.(outside-project|not-found)$/)
  expect(await ca('link.pem')).toMatchObject({ code: 'file.outside-project' })
})

test('the form shows the certificates where they count', () => {
  const fields = formFields(z.strictObject(tlsFields))
  expect(fields.map(({ name }) => name)).toEqual(['tls', 'tls_ca', 'tls_server_name', 'tls_certificate'])
  expect(z.strictObject(tlsFields).parse({})).toEqual({ tls: 'verified' })
})
