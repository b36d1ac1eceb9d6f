import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { openJournalToRead } from '../journal/open-journal.ts'
import { JournalReader } from '../journal/read-journal.ts'
import type { Owner } from '../ownership/owner-lock.ts'
import { createMemoryEngine } from '../testing/memory-engine.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { openRuns } from './headless.ts'

const STUDIO = fileURLToPath(new URL('../testing/studio.ts', import.meta.url))

const document = {
  format: 'logidata/v1' as const,
  name: 'x',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: that is how it is written in a pipeline.
  nodes: { a: { type: 'load.csv', config: { path: '${env:LOGIDATA_SLOW}' } } },
}

let root: string
let home: string
beforeEach(async () => {
  const folder = await temporaryFolder()
  root = join(folder, 'project')
  home = join(folder, 'home')
  await mkdir(join(root, 'pipelines'), { recursive: true })
})

async function studio(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [STUDIO, root, home], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

async function command(signal: AbortSignal = new AbortController().signal) {
  const waited: (Owner | undefined)[] = []
  const runs = await openRuns({
    projectRoot: root,
    application: 'logidata run',
    engine: async () =>
      createMemoryEngine(async function* ({ runId }) {
        yield { kind: 'started', runId, at: '', nodes: ['a'] }
        yield { kind: 'finished', state: 'succeeded', milliseconds: 1 }
      }),
    environment: () => ({}),
    onWait: (owner) => waited.push(owner),
    signal,
  })
  onTestFinished(() => runs.close())
  return { ...runs, waited }
}

const start = { path: 'pipelines/x.pipeline.yaml', document, parameters: {} }

async function all(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const seen: RunEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

test('where nobody has the project, the command runs it itself and journals it', async () => {
  const runs = await command()
  expect(runs.owner).toBeUndefined()
  const runId = await runs.start({ ...start, env: {} })
  expect((await all(runs.events(runId))).at(-1)).toMatchObject({ kind: 'finished', state: 'succeeded' })
  await runs.close()
  const again = await command()
  expect(again.waited).toEqual([])
})

test('a studio that has the project open runs it, with the variables of the command, whose values are nowhere on the disk', async () => {
  const child = await studio()
  const runs = await command()
  expect(runs.owner).toMatchObject({ pid: child.pid, application: 'a studio of this test' })
  const runId = await runs.start({ ...start, env: { LOGIDATA_NAME: 'a value that is secret' }, key: 'once' })
  const events = await all(runs.events(runId))
  expect(events).toContainEqual(expect.objectContaining({ kind: 'log', message: 'got LOGIDATA_NAME' }))
  expect(events.at(-1)).toMatchObject({ state: 'succeeded' })
  expect(await runs.start({ ...start, env: {}, key: 'once' })).toBe(runId)
  const db = openJournalToRead(root)
  if (!db) throw new Error('there is no journal')
  onTestFinished(() => void db.close())
  const detail = new JournalReader(db).detail(runId)
  expect(detail).toMatchObject({
    run: { trigger: { by: 'command' }, rowsLoaded: '3' },
    request: { env: ['LOGIDATA_NAME'] },
  })
  for (const table of ['runs', 'documents', 'events', 'attempts'])
    expect(JSON.stringify(db.prepare(`SELECT * FROM ${table}`).all())).not.toContain('secret')
})

test('a run that was handed over is cancelled from the command', async () => {
  await studio()
  const runs = await command()
  const runId = await runs.start({ ...start, env: { LOGIDATA_SLOW: '1' } })
  const events = all(runs.events(runId))
  await sleep(100)
  await runs.cancel(runId)
  expect((await events).at(-1)).toMatchObject({ kind: 'finished', state: 'cancelled' })
})

test('when the studio is killed the command hears of it, and the next one finds the run interrupted and takes it up', async () => {
  const child = await studio()
  const runs = await command()
  const runId = await runs.start({ ...start, env: { LOGIDATA_SLOW: '1' } })
  const ended = all(runs.events(runId)).catch((thrown: unknown) => thrown)
  await sleep(200)
  child.kill('SIGKILL')
  expect(await ended).toMatchObject({ info: { code: 'rpc.disconnected' } })
  const next = await command()
  expect(next.owner).toBeUndefined()
  await next.call('run.resume', { runId, pipeline: 'then' })
  // The variable came from the first command, and this one does not have it.
  expect((await all(next.events(runId))).at(-1)).toMatchObject({ state: 'failed', error: { code: 'run.environment' } })
})

test('another command is waited for', async () => {
  const first = await command()
  const second = command()
  await sleep(400)
  await first.close()
  expect((await second).waited).toMatchObject([{ application: 'logidata run', pid: process.pid }])
  await (await second).close()
})

test('who waits can leave', async () => {
  await command()
  const controller = new AbortController()
  const second = command(controller.signal)
  await sleep(200)
  controller.abort()
  await expect(second).rejects.toMatchObject({ info: { code: 'project.in-use' } })
})

test('what else is asked goes to who owns the project: this process, or a studio', async () => {
  const own = await command()
  expect(await own.call('cursor.reset', { path: start.path })).toEqual({ forgotten: 0 })
  expect(await own.call('run.clean', { dryRun: true })).toMatchObject({ runs: 0, busy: false })
  await own.close()
  await studio()
  const other = await command()
  expect(other.owner?.application).toBe('a studio of this test')
  expect(await other.call('cursor.reset', { path: start.path })).toEqual({ forgotten: 0 })
  await expect(other.call('run.replay', { runId: 'none', nodeId: 'a', port: 'b', repairs: [] })).rejects.toMatchObject({
    info: { code: 'run.unknown' },
  })
})
