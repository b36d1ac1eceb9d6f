import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterEach, expect, test, vi } from 'vitest'
import { isInternal } from '../../shared/network/internal-address.ts'
import { type Channel, type MailServer, SCHEDULES_FORMAT } from '../../shared/schedules/document.ts'
import type { Clock, Notice } from '../schedules/scheduler.ts'
import { resolveOutside } from './address-guard.ts'
import type { Message } from './message.ts'
import { Notifier } from './notifier.ts'
import { MemoryDeliveries } from './outbox.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

/** A clock whose waits end when a test says so. */
class TestClock implements Clock {
  time = Date.parse('2026-01-05T06:00:00Z')
  #work: { at: number; run: () => void } | undefined
  now = () => new Date(this.time)
  after = (delay: number, run: () => void) => {
    this.#work = { at: this.time + delay, run }
    return () => {
      this.#work = undefined
    }
  }
  /** @returns how long the wait was */
  next = () => {
    const work = this.#work
    if (!work) throw new Error('nothing waits')
    const waited = work.at - this.time
    this.time = work.at
    work.run()
    return waited
  }
}

const notice: Notice = {
  kind: 'failure',
  schedule: 'nightly',
  pipeline: 'pipelines/sales.pipeline.yaml',
  channels: ['ops'],
  runId: '20260105T060000Z-0000',
  message: 'There is no file data/sales.csv.',
}

function setUp(
  channel: Channel,
  options: { mail?: MailServer; hosts?: string[]; variables?: Record<string, string> } = {},
) {
  const deliveries = new MemoryDeliveries()
  const clock = new TestClock()
  const shown: Message[] = []
  const logged: string[] = []
  const notifier = new Notifier({
    project: 'Sales',
    deliveries,
    clock,
    variable: (name) => options.variables?.[name],
    allowedHosts: new Set(options.hosts ?? ['127.0.0.1']),
    desktop: (message) => shown.push(message),
    log: (message) => logged.push(message),
  })
  closing.push(() => notifier.close())
  notifier.update({
    format: SCHEDULES_FORMAT,
    schedules: {},
    channels: { ops: channel },
    ...(options.mail ? { mail: options.mail } : {}),
  })
  const settled = (state: string) => vi.waitFor(() => expect(deliveries.recent(1)[0]?.state).toBe(state))
  return { notifier, deliveries, clock, shown, logged, settled }
}

async function webServer(answer: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server: Server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => {
      body += part
    })
    request.on('end', () => answer(request, response, body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
}

interface Mail {
  readonly to: string[]
  readonly text: string
  readonly user: string | undefined
}

async function mailServer(options: { user?: string; password?: string; refuse?: number } = {}) {
  const mails: Mail[] = []
  let refuse = options.refuse ?? 0
  const server = new SMTPServer({
    disabledCommands: options.user === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
    authOptional: options.user === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === options.user && password === options.password
        ? done(null, { user: username })
        : done(new Error('Invalid user name or password')),
    onData: (stream, session, done) => {
      let text = ''
      stream.on('data', (part) => {
        text += part
      })
      stream.on('end', () => {
        if (refuse-- > 0) return done(new Error('Mailbox is busy'))
        mails.push({ to: session.envelope.rcptTo.map(({ address }) => address), text, user: session.user })
        done()
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())))
  return { mails, port: (server.server.address() as AddressInfo).port }
}

test('an e-mail reaches a real server, with who, what and why', async () => {
  const { mails, port } = await mailServer({ user: 'studio', password: 'secret' })
  const mail: MailServer = {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 'studio@example.org',
    user: 'studio',
    password: '${env:SMTP_PASSWORD}',
  }
  const { notifier, settled } = setUp(
    { email: { to: ['a@example.org', 'b@example.org'] } },
    { mail, variables: { SMTP_PASSWORD: 'secret' } },
  )
  notifier.notify(notice)
  await settled('sent')
  expect(mails).toHaveLength(1)
  expect(mails[0]?.to).toEqual(['a@example.org', 'b@example.org'])
  expect(mails[0]?.user).toBe('studio')
  expect(mails[0]?.text).toContain('Subject: [LogiData] sales failed')
  expect(mails[0]?.text).toContain('There is no file data/sales.csv.')
  expect(mails[0]?.text).toContain('Run: 20260105T060000Z-0000')
})

test('a server that refuses is asked again, later and later, with the same message', async () => {
  const { mails, port } = await mailServer({ refuse: 2 })
  const mail: MailServer = { host: '127.0.0.1', port, security: 'none', from: 'studio@example.org' }
  const { notifier, clock, settled, logged, deliveries } = setUp({ email: { to: ['a@example.org'] } }, { mail })
  notifier.notify(notice)
  await vi.waitFor(() => expect(deliveries.recent(1)[0]?.attempts).toBe(1))
  await vi.waitFor(() => expect(clock.next()).toBe(10_000))
  await vi.waitFor(() => expect(deliveries.recent(1)[0]?.attempts).toBe(2))
  await vi.waitFor(() => expect(clock.next()).toBe(40_000))
  await settled('sent')
  expect(mails).toHaveLength(1)
  expect(logged).toHaveLength(2)
  expect(logged[0]).toContain('Mailbox is busy')
})

test('a wrong password, a server that is not there and a variable that was not granted are said in words', async () => {
  const { port } = await mailServer({ user: 'studio', password: 'secret' })
  const mail: MailServer = {
    host: '127.0.0.1',
    port,
    security: 'none',
    from: 's@example.org',
    user: 'studio',
    password: '${env:P}',
  }
  const wrong = setUp({ email: { to: ['a@example.org'] } }, { mail, variables: { P: 'guess' } })
  await expect(wrong.notifier.test('ops')).rejects.toThrow(/did not take a message: Invalid login/)
  const absent = setUp(
    { email: { to: ['a@example.org'] } },
    { mail: { host: '127.0.0.1', port: 1, security: 'none', from: 's@example.org' } },
  )
  await expect(absent.notifier.test('ops')).rejects.toThrow(/did not take a message/)
  const { notifier, settled, deliveries } = setUp({ email: { to: ['a@example.org'] } }, { mail })
  notifier.notify(notice)
  await settled('given up')
  expect(deliveries.recent(1)[0]?.error).toContain('“P” is not available')
})

test('security starttls never sends in the clear', async () => {
  const { mails, port } = await mailServer()
  const { notifier } = setUp(
    { email: { to: ['a@example.org'] } },
    { mail: { host: '127.0.0.1', port, from: 's@example.org' } },
  )
  await expect(notifier.test('ops')).rejects.toThrow(/did not take a message/)
  expect(mails).toEqual([])
})

test('a webhook gets JSON, signed, under the same key when it is sent again', async () => {
  const seen: { headers: IncomingMessage['headers']; body: string }[] = []
  const url = await webServer((request, response, body) => {
    seen.push({ headers: request.headers, body })
    response.writeHead(seen.length === 1 ? 503 : 204).end()
  })
  const { notifier, clock, settled } = setUp({ webhook: { url, secret: '${env:KEY}' } }, { variables: { KEY: 'k' } })
  notifier.notify(notice)
  await vi.waitFor(() => expect(seen).toHaveLength(1))
  await vi.waitFor(() => clock.next())
  await settled('sent')
  const [first, second] = seen
  expect(JSON.parse(first?.body ?? '')).toMatchObject({
    kind: 'failure',
    schedule: 'nightly',
    run_id: notice.runId,
    message: notice.message,
  })
  expect(first?.headers['x-logidata-signature']).toBe(
    `sha256=${createHmac('sha256', 'k')
      .update(first?.body ?? '')
      .digest('hex')}`,
  )
  expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key'])
})

test('a webhook follows no redirect, and does not reach into this network unless a person allows it', async () => {
  let asked = 0
  const url = await webServer((_, response) => {
    asked++
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
  })
  const redirected = setUp({ webhook: { url } })
  await expect(redirected.notifier.test('ops')).rejects.toThrow(/answered 302/)
  expect(asked).toBe(1)
  const refused = setUp({ webhook: { url } }, { hosts: [] })
  refused.notifier.notify(notice)
  await refused.settled('given up')
  expect(refused.deliveries.recent(1)[0]?.error).toContain('an address inside this network')
  const named = setUp({ webhook: { url: url.replace('127.0.0.1', 'localhost') } }, { hosts: [] })
  await expect(named.notifier.test('ops')).rejects.toThrow(/leads to (127\.0\.0\.1|::1)/)
  expect(asked).toBe(1)
})

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.0.1',
  '192.168.1.1',
  '169.254.169.254',
  '0.0.0.0',
  '::1',
  'fe80::1',
  'fd00::1',
  '::ffff:10.0.0.1',
  '100.64.0.1',
])('%s is inside', (address) => expect(isInternal(address)).toBe(true))
test.each(['93.184.216.34', '172.32.0.1', '2606:2800:220:1::1', '::ffff:8.8.8.8'])('%s is outside', (address) =>
  expect(isInternal(address)).toBe(false),
)
test.each(['2130706433', '0x7f.1', '[::1]'])('%s, another way to write an inside address, is refused', async (host) => {
  await expect(resolveOutside(new URL(`http://${host}/`).hostname, new Set())).rejects.toThrow(/inside this network/)
})

test('what waits is sent after a restart; what nobody takes is given up after a day', async () => {
  const url = await webServer((_, response) => response.writeHead(500).end())
  const { notifier, clock, deliveries, settled } = setUp({ webhook: { url } })
  notifier.notify(notice)
  await vi.waitFor(() => expect(deliveries.recent(1)[0]?.attempts).toBe(1))
  let waits = 0
  while (deliveries.recent(1)[0]?.state === 'waiting' && waits < 100) {
    const before = deliveries.recent(1)[0]?.attempts
    await vi.waitFor(() => clock.next())
    await vi.waitFor(() => expect(deliveries.recent(1)[0]?.attempts).not.toBe(before))
    waits++
  }
  await settled('given up')
  expect(waits).toBeGreaterThan(20)
  expect(clock.time - Date.parse('2026-01-05T06:00:00Z')).toBeLessThanOrEqual(24 * 3_600_000)
})

test('only what a channel asks for is told, on the desktop too', async () => {
  const { notifier, shown, settled, deliveries } = setUp({ on: ['recovery'], desktop: true })
  notifier.notify(notice)
  expect(deliveries.recent(1)).toEqual([])
  notifier.notify({ ...notice, kind: 'recovery' })
  await settled('sent')
  expect(shown.map(({ subject }) => subject)).toEqual(['[LogiData] sales works again'])
})

test('a failure is told with the pipeline’s own name, the step, and what can be done', async () => {
  const { notifier, shown } = setUp({ desktop: true })
  const about = { name: 'Monthly sales', nodeId: 'orders', hint: 'Put the file there.' }
  notifier.notify({ ...notice, ...about })
  await vi.waitFor(() => expect(shown).toHaveLength(1))
  expect(shown[0]?.subject).toBe('[LogiData] Monthly sales failed')
  expect(shown[0]?.text.split('\n')).toEqual([
    'Monthly sales failed.',
    'There is no file data/sales.csv.',
    'Put the file there.',
    '',
    'Project: Sales',
    'Pipeline: pipelines/sales.pipeline.yaml',
    'Schedule: nightly',
    'Step: orders',
    'Run: 20260105T060000Z-0000',
  ])
})
