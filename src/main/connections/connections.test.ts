import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { ConnectorInfo } from '../../shared/connections/connection.ts'
import { readConnections } from '../../shared/connections/read-connections.ts'
import { writeConnections } from '../../shared/connections/write-connections.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import { connectEngine } from '../engine/connected-engine.ts'
import { createMemoryEngine } from '../testing/memory-engine.ts'
import { Connections } from './connections.ts'
import { Keychain } from './keychain.ts'
import { Secrets } from './secrets.ts'
import { Vault } from './vault.ts'

const both = (word: string) => ({ en: word, fr: word })
const connector: ConnectorInfo = {
  type: 'shop',
  title: both('Shop'),
  summary: both('Shop'),
  documentation: both('Shop'),
  icon: 'table',
  keywords: [],
  fields: [],
  secrets: [{ name: 'password', title: both('Password') }],
  settingsSchema: {},
  defaultSettings: { port: 1 },
  audience: ['host', 'port'],
  browses: false,
}
const file = `# where the data is
format: logidata-connections/v1
connections:
  warehouse: # asked for by sales
    type: shop
    settings:
      host: a.example
      database: sales
    environments:
      production:
        host: b.example
`
const PASSPHRASE = 'correct horse battery'

let root: string
let data: string
let vault: Vault
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'logidata-connections-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  root = join(folder, 'project')
  data = join(folder, 'data')
  mkdirSync(root)
  writeFileSync(join(root, 'connections.yaml'), file)
  vault = new Vault(data)
})

class NoKeychain extends Keychain {
  override whyNot = async () => 'there is none'
}

function open(environment?: string, variables: Record<string, string> = {}) {
  const secrets = new Secrets(new NoKeychain(), vault, variables)
  return new Connections({
    projectRoot: root,
    secrets,
    connectors: async () => [connector],
    environment: () => environment,
  })
}

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (thrown) => toErrorInfo(thrown).code,
  )
const document = (connection: string) => ({
  format: 'logidata/v1' as const,
  name: 'p',
  nodes: { orders: { type: 'extract.shop', config: { connection } } },
})

test('the file is written as it was read, with what a person wrote beside', () => {
  const { connections, complete } = readConnections(file)
  expect(complete).toBe(true)
  expect(writeConnections(connections, file)).toBe(file)
  const sorted = writeConnections({ z: { type: 'shop', settings: {} }, a: { type: 'shop', settings: {} } })
  expect(sorted.indexOf(' a:')).toBeLessThan(sorted.indexOf(' z:'))
})

test.each([
  ['not YAML', 'a: [', /./, []],
  ['another format', 'format: x\nconnections: {}', /format/, []],
  ['a name that is none', `${file}  Other One:\n    type: shop\n    settings: {}\n`, /Other One/, ['warehouse']],
  ['an unknown key', `${file}  other:\n    type: shop\n    password: x\n    settings: {}\n`, /other/, ['warehouse']],
  ['no settings', `${file}  other:\n    type: shop\n`, /settings/, ['warehouse']],
])('what is wrong in the file is said with its place, and the rest stays: %s', (_what, text, message, left) => {
  const { connections, complete, problems } = readConnections(text)
  expect(complete).toBe(false)
  expect(problems[0]?.message).toMatch(message)
  expect(problems[0]?.position).toBeDefined()
  expect(Object.keys(connections)).toEqual(left)
})

test('a file with faults is not written over', async () => {
  writeFileSync(join(root, 'connections.yaml'), `${file}  other:\n    type: shop\n`)
  expect(await codeOf(open().file.change((all) => delete all.warehouse))).toBe('connections.incomplete')
})

test('a change leaves the others and the comments', async () => {
  await open().file.change((all) => {
    all.archive = { type: 'shop', settings: { host: 'c.example' } }
  })
  expect(readFileSync(join(root, 'connections.yaml'), 'utf8')).toContain('warehouse: # asked for by sales')
  expect(readFileSync(join(root, 'connections.yaml'), 'utf8')).toContain('archive:')
})

test('a vault keeps secrets for whoever has its passphrase, and shows none', async () => {
  expect(await codeOf(vault.create('short'))).toBe('vault.passphrase-short')
  await vault.create(PASSPHRASE)
  await open().setSecret('warehouse', 'password', 'hunter22')
  const text = readFileSync(vault.path, 'utf8')
  expect(text).not.toContain('hunter22')
  expect(text).not.toContain('warehouse')
  expect(statSync(vault.path).mode & 0o077).toBe(0)

  vault = new Vault(data)
  expect(await open().resolve(document('warehouse'))).toMatchObject({
    warehouse: { secrets: {}, problem: { code: 'vault.locked' } },
  })
  expect(await codeOf(vault.unlock('another passphrase'))).toBe('vault.passphrase')
  await vault.unlock(PASSPHRASE)
  expect(await open().resolve(document('warehouse'))).toMatchObject({
    warehouse: { settings: { host: 'a.example' }, secrets: { password: 'hunter22' } },
  })
  vault.lock()
  expect(await codeOf(vault.get('x'))).toBe('vault.locked')
  expect(await codeOf(vault.create(PASSPHRASE))).toBe('vault.exists')
})

test('a vault that somebody changed does not open, and one that another window wrote is read again', async () => {
  await vault.create(PASSPHRASE)
  const other = new Vault(data)
  await other.unlock(PASSPHRASE)
  await other.set('a', '1')
  expect(await vault.get('a')).toBe('1')
  const changed = JSON.parse(readFileSync(vault.path, 'utf8'))
  changed.cipher.data = Buffer.from('x').toString('base64')
  writeFileSync(vault.path, JSON.stringify(changed))
  expect(await codeOf(new Vault(data).unlock(PASSPHRASE))).toBe('vault.passphrase')
  writeFileSync(vault.path, '{')
  expect(await codeOf(new Vault(data).unlock(PASSPHRASE))).toBe('vault.damaged')
  changed.kdf.N = 2 ** 30
  writeFileSync(vault.path, JSON.stringify(changed))
  expect(await codeOf(new Vault(data).unlock(PASSPHRASE))).toBe('vault.damaged')
})

test('a secret is not sent to another host than it was stored for', async () => {
  await vault.create(PASSPHRASE)
  await open().setSecret('warehouse', 'password', 'hunter22')
  writeFileSync(join(root, 'connections.yaml'), file.replace('a.example', 'evil.example'))
  const { warehouse } = await open().resolve(document('warehouse'))
  expect(warehouse).toMatchObject({ secrets: {}, problem: { code: 'secret.stale' } })
  expect(JSON.stringify(warehouse)).not.toContain('hunter22')
  writeFileSync(join(root, 'connections.yaml'), file.replace('database: sales', 'database: other'))
  expect((await open().resolve(document('warehouse'))).warehouse?.secrets).toEqual({ password: 'hunter22' })
})

test('an environment has its own settings and its own secrets', async () => {
  await vault.create(PASSPHRASE)
  await open().setSecret('warehouse', 'password', 'for a')
  const production = open('production')
  expect((await production.resolve(document('warehouse'))).warehouse).toMatchObject({
    settings: { host: 'b.example', database: 'sales' },
    secrets: {},
  })
  await production.setSecret('warehouse', 'password', 'for b')
  expect((await production.resolve(document('warehouse'))).warehouse?.secrets).toEqual({ password: 'for b' })
  expect((await open().resolve(document('warehouse'))).warehouse?.secrets).toEqual({ password: 'for a' })
  // Looked at from outside of both.
  const staging = open('staging')
  const given = await staging.named('warehouse')
  await staging.setSecret('warehouse', 'password', 'for b too', 'production')
  expect((await staging.one('warehouse', given, {}, 'production')).secrets).toEqual({ password: 'for b too' })
  expect((await production.one('warehouse', given, {}, null)).secrets).toEqual({ password: 'for a' })
  expect(await staging.states('warehouse', given, 'production')).toEqual([{ name: 'password', state: 'stored' }])
  // One that changes nothing of it uses the same.
  expect((await open('staging').resolve(document('warehouse'))).warehouse?.secrets).toEqual({ password: 'for a' })
})

test('a new name takes the secrets along', async () => {
  await vault.create(PASSPHRASE)
  const connections = open()
  await connections.setSecret('warehouse', 'password', 'hunter22')
  const before = await connections.named('warehouse')
  await connections.file.change((all) => {
    delete all.warehouse
    all.store = before
  })
  await connections.moveSecrets('warehouse', before, 'store')
  expect(await connections.states('store', before)).toEqual([{ name: 'password', state: 'stored' }])
  expect(await connections.states('warehouse', before)).toEqual([{ name: 'password', state: 'missing' }])
})

test('a new name that leads elsewhere is not sent the secrets, and a variable is kept nowhere', async () => {
  await vault.create(PASSPHRASE)
  const variables: Record<string, string> = {}
  const connections = open(undefined, variables)
  await connections.setSecret('warehouse', 'password', 'hunter22')
  const before = await connections.named('warehouse')
  const elsewhere = { ...before, settings: { ...before.settings, host: 'evil.example' } }
  const rename = async (from: string, to: string) => {
    await connections.file.change((all) => {
      delete all[from]
      all[to] = elsewhere
    })
    await connections.moveSecrets(from, before, to)
  }
  await rename('warehouse', 'store')
  expect(await connections.states('store', elsewhere)).toEqual([{ name: 'password', state: 'stale' }])
  expect((await connections.resolve(document('store'))).store?.secrets).toEqual({})

  await connections.removeSecret('store', 'password', elsewhere)
  variables.LOGIDATA_SECRET_STORE_PASSWORD = 'from outside'
  await rename('store', 'shop')
  expect(await connections.states('shop', elsewhere)).toEqual([{ name: 'password', state: 'missing' }])
})

test('a machine without a person gets secrets from variables', async () => {
  const variables = { LOGIDATA_SECRET_WAREHOUSE_PASSWORD: 'hunter22' }
  expect((await open(undefined, variables).resolve(document('warehouse'))).warehouse?.secrets).toEqual({
    password: 'hunter22',
  })
  await vault.create(PASSPHRASE)
  vault = new Vault(data)
  await open(undefined, { LOGIDATA_VAULT_PASSPHRASE: PASSPHRASE }).setSecret('warehouse', 'password', 'x')
})

test('without a keychain and a vault nothing is stored, and it is said', async () => {
  expect(await codeOf(open().setSecret('warehouse', 'password', 'x'))).toBe('secret.nowhere')
})

test('only the connections that a document names are in its requests', async () => {
  const engine = createMemoryEngine(async function* () {
    yield { kind: 'finished', state: 'succeeded', milliseconds: 1 }
  })
  onTestFinished(() => engine.close())
  const variables = { LOGIDATA_SECRET_WAREHOUSE_PASSWORD: 'hunter22' }
  const connections = open(undefined, variables)
  const { client } = connectEngine(engine, (_root, documents) => connections.resolve(...documents))
  await client.call('analyse', { projectRoot: root, document: document('other') })
  await client.call('analyse', { projectRoot: root, document: document('warehouse') })
  for await (const _event of client.stream('run', { projectRoot: root, document: document('warehouse'), runId: 'r' }));
  const sent = engine.requests.map(({ input }) => (input as { connections: Record<string, unknown> }).connections)
  expect(sent[0]).toEqual({})
  expect(sent[1]).toMatchObject({ warehouse: { secrets: { password: 'hunter22' } } })
  expect(sent[2]).toMatchObject({ warehouse: { secrets: { password: 'hunter22' } } })
})
