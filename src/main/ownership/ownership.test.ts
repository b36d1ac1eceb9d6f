import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { connectToOwner, newHandOverAddress, serveHandOver } from './hand-over.ts'
import { currentOwner, inUse, OwnerLock } from './owner-lock.ts'

const PROGRAM = fileURLToPath(new URL('../testing/own-project.ts', import.meta.url))

/** Another process that claims the project. */
async function another(root: string): Promise<{ said: unknown; child: ChildProcess }> {
  const child = spawn(process.execPath, [PROGRAM, root], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout ?? child, 'data')
  return { said: JSON.parse(String(line)), child }
}

async function taken(root: string): Promise<OwnerLock> {
  const got = await OwnerLock.take(root, { application: 'this test' })
  if (!(got instanceof OwnerLock)) throw new Error('somebody else has it')
  onTestFinished(() => got.release())
  return got
}

test('one process has a project; another learns who that is', async () => {
  const root = await temporaryFolder()
  const { child } = await another(root)
  const got = await OwnerLock.take(root, { application: 'this test' })
  expect(got).toMatchObject({ taken: { pid: child.pid, application: 'a test' } })
  expect(await currentOwner(root)).toMatchObject({ pid: child.pid })
  const { info } = inUse('Sales', await currentOwner(root))
  expect(info.code).toBe('project.in-use')
  expect(info.message).toMatch(new RegExp(`“Sales” is open in a test \\(process ${child.pid}, since .* UTC\\)`))
})

test('an owner that is killed has nothing any more, whatever its row says', async () => {
  const root = await temporaryFolder()
  for (let times = 0; times < 3; times++) {
    const { said, child } = await another(root)
    expect(said).toEqual({ owns: child.pid })
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  await taken(root)
})

test('of many that start at once, one gets it', async () => {
  const root = await temporaryFolder()
  const all = await Promise.all(Array.from({ length: 4 }, () => another(root)))
  const owners = all.filter(({ said }) => typeof said === 'object' && said !== null && 'owns' in said)
  expect(owners).toHaveLength(1)
})

test('also within one process it is had once, until it is released', async () => {
  const root = await temporaryFolder()
  const lock = await taken(root)
  expect(await OwnerLock.take(root, { application: 'again' })).toMatchObject({ taken: { application: 'this test' } })
  lock.release()
  await taken(root)
  expect((await another(root)).said).toMatchObject({ taken: { pid: process.pid } })
})

test('a file that is none of SQLite’s is set aside', async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, '.logidata'))
  await writeFile(join(root, '.logidata/owner.db'), 'x'.repeat(5_000))
  await taken(root)
  expect(existsSync(join(root, '.logidata/owner.db.broken'))).toBe(true)
})

test.skipIf(process.platform === 'win32')(
  'the socket admits who knows the token, and nobody else of this computer',
  async () => {
    const root = await temporaryFolder()
    await mkdir(join(root, '.logidata'))
    const address = newHandOverAddress(root)
    // Of the handlers, none is called.
    const server = await serveHandOver(address, {} as Parameters<typeof serveHandOver>[1])
    onTestFinished(() => server.close())
    expect(statSync(address.endpoint).mode & 0o777).toBe(0o600)
    expect(statSync(join(root, '.logidata')).isDirectory()).toBe(true)

    const owner = { pid: 1, application: 'a', since: '', host: '', endpoint: address.endpoint, token: 'wrong' }
    const stranger = await connectToOwner(owner)
    await expect(stranger.client.call('run.list', {})).rejects.toMatchObject({ info: { code: 'rpc.disconnected' } })

    const raw = connect(address.endpoint)
    raw.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 1, 2]))
    await once(raw, 'close')
  },
)

test('a project that lies too deep for a socket’s name gets one elsewhere', async () => {
  const address = newHandOverAddress(`/tmp/${'deep/'.repeat(30)}`)
  expect(Buffer.byteLength(address.endpoint)).toBeLessThan(104)
})
