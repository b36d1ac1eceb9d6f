import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../shared/engine/types.ts'
import { userError } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { type AppContract, appContract } from '../shared/rpc/app-contract.ts'
import { createClient } from '../shared/rpc/client.ts'
import type { RpcClient } from '../shared/rpc/contract.ts'
import { serve } from '../shared/rpc/host.ts'
import { createTransportPair } from '../shared/rpc/memory-transport.ts'
import { createApp } from './app.ts'
import { failure, finished, node, SALES, started } from './testing/app-fixtures.ts'
import { createMemoryEngine } from './testing/memory-engine.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

let root: string
let dataDirectory: string
let engine: ReturnType<typeof createMemoryEngine>
let app: RpcClient<AppContract>
let behaviour: (signal: AbortSignal, runId: string) => AsyncIterable<RunEvent>

const environment = { LOGIDATA_FILE: 'sales', SECRET: 'hidden', GRANTED: 'given', OTHER: 'x' }

async function start(projectRoot: string | undefined = root): Promise<RpcClient<AppContract>> {
  engine = createMemoryEngine(({ runId }, signal) => behaviour(signal, runId))
  const options = { dataDirectory, engine, environment, grants: ['GRANTED'] }
  const created = await createApp(projectRoot === '' ? options : { ...options, projectRoot })
  const [clientEnd, hostEnd] = createTransportPair()
  serve(appContract, created.handlers, hostEnd, { checkOutput: true })
  onTestFinished(async () => {
    hostEnd.close()
    await created.close()
  })
  return createClient(appContract, clientEnd)
}

beforeEach(async () => {
  const folder = await temporaryFolder()
  root = join(folder, 'project')
  dataDirectory = join(folder, 'home')
  await mkdir(join(root, 'pipelines'), { recursive: true })
  await mkdir(join(root, 'data/more'), { recursive: true })
  await writeFile(join(root, 'pipelines/sales.pipeline.yaml'), SALES)
  behaviour = async function* () {}
  app = await start()
})

async function documentOf(path = 'pipelines/sales.pipeline.yaml') {
  const { document, revision } = await app.call('pipeline.read', { path })
  if (!document) throw new Error('no document')
  return { document, revision }
}

describe('the project', () => {
  test('lists its pipelines by the names in them, at the root and in pipelines/', async () => {
    await writeFile(join(root, 'b.pipeline.yaml'), 'name: >\n  folded\n')
    await writeFile(join(root, 'pipelines/.x.pipeline.yaml'), SALES)
    await writeFile(join(root, 'pipelines/notes.yaml'), SALES)
    const { pipelines, name, sample } = await app.call('project.current', {})
    expect(pipelines.map(({ path, name: title }) => [path, title])).toEqual([
      ['b.pipeline.yaml', 'b'],
      ['pipelines/sales.pipeline.yaml', 'Sales: all'],
    ])
    expect([name, sample]).toEqual(['Project', false])
  })

  test('tells every watcher of a change on disk, by whatever program', async () => {
    const seen = app.stream('project.watch', {})[Symbol.asyncIterator]()
    expect((await seen.next()).value?.pipelines).toHaveLength(1)
    await sleep(200)
    await writeFile(join(root, 'pipelines/second.pipeline.yaml'), SALES)
    expect((await seen.next()).value?.pipelines).toHaveLength(2)
    await rm(join(root, 'pipelines/second.pipeline.yaml'))
    expect((await seen.next()).value?.pipelines).toHaveLength(1)
    await seen.return?.()
  })

  test('another folder can be opened, and watchers hear of it', async () => {
    const seen = app.stream('project.watch', {})[Symbol.asyncIterator]()
    await seen.next()
    const other = await temporaryFolder()
    expect((await app.call('project.open', { root: other })).root).toBe(other)
    expect((await seen.next()).value?.root).toBe(other)
    expect((await app.call('project.current', {})).root).toBe(other)
    await seen.return?.()
  })

  test('a folder that is not there, or is a file, is refused and changes nothing', async () => {
    expect((await failure(app.call('project.open', { root: join(root, 'nothing') }))).code).toBe('file.not-found')
    const file = join(root, 'pipelines/sales.pipeline.yaml')
    expect((await failure(app.call('project.open', { root: file }))).code).toBe('project.not-folder')
    expect((await app.call('project.current', {})).root).toBe(root)
  })

  test('without a folder it is the one that was opened last, and the sample once that is gone', async () => {
    const other = `${root} two`
    await mkdir(other)
    app = await start('')
    expect((await app.call('project.current', {})).root).toBe(root)
    await app.call('project.open', { root: other })
    app = await start('')
    expect(await app.call('project.current', {})).toMatchObject({ root: other, sample: false })
    await rm(other, { recursive: true })
    app = await start('')
    expect((await app.call('project.current', {})).sample).toBe(true)
  })

  test('before any was opened it is a copy of the sample project, made once', async () => {
    dataDirectory = `${dataDirectory} of another person`
    app = await start('')
    const project = await app.call('project.current', {})
    expect(project.root).toBe(join(dataDirectory, 'sample-project'))
    expect(project.sample).toBe(true)
    await writeFile(join(project.root, 'pipelines/mine.pipeline.yaml'), SALES)
    app = await start('')
    expect((await app.call('project.current', {})).pipelines.map(({ path }) => path)).toContain(
      'pipelines/mine.pipeline.yaml',
    )
  })

  test('finds data files by a part of their path', async () => {
    for (const name of ['data/a.csv', 'data/more/b.parquet', 'data/c.json.gz', 'data/readme.md', 'out.ndjson'])
      await writeFile(join(root, name), 'x')
    const find = async (contains: string) => (await app.call('project.files', { contains })).map(({ path }) => path)
    expect(await find('')).toEqual(['data/a.csv', 'data/c.json.gz', 'data/more/b.parquet', 'out.ndjson'])
    expect(await find('MORE')).toEqual(['data/more/b.parquet'])
  })

  test('folders are listed to choose from', async () => {
    const { path, parent, folders } = await app.call('folders.list', { path: root })
    expect({ path, parent, folders }).toEqual({ path: root, parent: join(root, '..'), folders: ['data', 'pipelines'] })
    expect((await failure(app.call('folders.list', { path: 'data' }))).code).toBe('folder.not-absolute')
    expect((await failure(app.call('folders.list', { path: join(root, 'x') }))).code).toBe('file.not-found')
  })
})

describe('a pipeline file', () => {
  const path = 'pipelines/sales.pipeline.yaml'

  test('is read, changed and saved with its comments', async () => {
    const { document, revision } = await documentOf()
    const saved = await app.call('pipeline.save', { path, revision, document: { ...document, description: 'New' } })
    const text = await readFile(join(root, path), 'utf8')
    expect(text).toContain('# who asked for this: finance')
    expect(text).toContain('# ours')
    expect(text).toContain('description: New')
    expect((await app.call('pipeline.read', { path })).revision).toBe(saved.revision)
    expect(saved.revision).not.toBe(revision)
  })

  test('that could be read only in part is not saved over', async () => {
    const { document } = await documentOf()
    const broken = `${SALES}\nmisspelt: true\n`
    await writeFile(join(root, path), broken)
    const { revision } = await app.call('pipeline.read', { path })
    expect((await failure(app.call('pipeline.save', { path, revision, document }))).code).toBe('pipeline.incomplete')
    expect(await readFile(join(root, path), 'utf8')).toBe(broken)
  })

  test('that somebody changed meanwhile is not overwritten', async () => {
    const { document, revision } = await documentOf()
    await writeFile(join(root, path), `${SALES}\n# mine`)
    expect((await failure(app.call('pipeline.save', { path, revision, document }))).code).toBe('pipeline.conflict')
    expect(await readFile(join(root, path), 'utf8')).toBe(`${SALES}\n# mine`)
    await rm(join(root, path))
    expect((await failure(app.call('pipeline.save', { path, revision, document }))).code).toBe('pipeline.conflict')
    expect(existsSync(join(root, path))).toBe(false)
  })

  test('saved by two windows at once is changed by one of them', async () => {
    const { document, revision } = await documentOf()
    const save = (description: string) =>
      app.call('pipeline.save', { path, revision, document: { ...document, description } })
    const results = await Promise.allSettled([save('one'), save('two')])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  })

  test('that cannot be read as a pipeline says where and why, and keeps its text', async () => {
    await writeFile(join(root, path), 'format: logidata/v1\nname: x\nnodes: [1, 2\n')
    const file = await app.call('pipeline.read', { path })
    expect(file.document).toBeUndefined()
    expect(file.text).toContain('nodes: [1, 2')
    expect(file.problems[0]?.position?.line).toBeGreaterThan(0)
  })

  test('of other than UTF-8 bytes is an error for people', async () => {
    await writeFile(join(root, path), Buffer.from([0x6e, 0xe9, 0xff]))
    expect((await failure(app.call('pipeline.read', { path }))).code).toBe('pipeline.encoding')
  })

  test.each([
    '../outside.pipeline.yaml',
    '/etc/outside.pipeline.yaml',
    'pipelines/../../outside.pipeline.yaml',
    'linked/outside.pipeline.yaml',
  ])('%s is outside the project, for reading and for writing', async (outside) => {
    const { document, revision } = await documentOf()
    await writeFile(join(root, '../outside.pipeline.yaml'), SALES)
    await symlink(join(root, '..'), join(root, 'linked'))
    const codes = await Promise.all([
      failure(app.call('pipeline.read', { path: outside })),
      failure(app.call('pipeline.save', { path: outside, revision, document })),
      failure(app.call('pipeline.remove', { path: outside })),
    ])
    expect(codes.map(({ code }) => code)).toEqual(Array(3).fill('file.outside-project'))
    expect(existsSync(join(root, '../outside.pipeline.yaml'))).toBe(true)
  })

  test('must be named as one', async () => {
    await writeFile(join(root, 'data/a.csv'), 'x')
    for (const other of ['data/a.csv', '.logidata/x.pipeline.yaml', 'data/.pipeline.yaml'])
      expect((await failure(app.call('pipeline.read', { path: other }))).code).toBe('pipeline.path')
  })

  test('is created under a name of its own', async () => {
    const first = await app.call('pipeline.create', { name: 'Été, par pays (€)' })
    const second = await app.call('pipeline.create', { name: 'Été, par pays (€)' })
    expect([first.path, second.path]).toEqual([
      'pipelines/ete-par-pays.pipeline.yaml',
      'pipelines/ete-par-pays-2.pipeline.yaml',
    ])
    expect(first.document).toMatchObject({ name: 'Été, par pays (€)', nodes: {} })
    expect((await app.call('pipeline.create', { name: '../../売上' })).path).toBe('pipelines/pipeline.pipeline.yaml')
    // With steps, under its own name and never over a file that is there.
    const document = { format: 'logidata/v1', name: 'x', nodes: { a: { type: 'extract.inline' } } } as const
    const third = await app.call('pipeline.create', { name: 'Été, par pays (€)', document })
    expect(third).toMatchObject({ path: 'pipelines/ete-par-pays-3.pipeline.yaml', document: { nodes: document.nodes } })
    expect(third.document?.name).toBe('Été, par pays (€)')
  })

  test('that is removed can be taken back from the trash', async () => {
    await app.call('pipeline.remove', { path })
    expect((await app.call('project.current', {})).pipelines).toEqual([])
    const [kept] = await readdir(join(root, '.logidata/trash'))
    expect(await readFile(join(root, '.logidata/trash', String(kept)), 'utf8')).toBe(SALES)
    expect((await failure(app.call('pipeline.remove', { path }))).code).toBe('file.not-found')
  })
})

describe('what the engine is asked', () => {
  test('names the project, and only the variables that were granted', async () => {
    const { document } = await documentOf()
    await app.call('draft.analyse', { document })
    await app.call('draft.preview', { document, nodeId: 'sales', limit: 5 })
    expect(engine.requests.map(({ method }) => method)).toEqual(['analyse', 'preview'])
    for (const { input } of engine.requests)
      expect(input).toMatchObject({ projectRoot: root, env: { LOGIDATA_FILE: 'sales', GRANTED: 'given' } })
    expect(JSON.stringify(engine.requests)).not.toContain('hidden')
  })

  test('its state and memory are told', async () => {
    expect(await app.call('engine.status', {})).toEqual({
      state: 'ready',
      restarts: 0,
      memoryBytes: 10,
      memoryLimitBytes: 20,
    })
  })
})

describe('runs', () => {
  const path = 'pipelines/sales.pipeline.yaml'
  const document: PipelineDocument = { format: 'logidata/v1', name: 'x', nodes: {} }
  async function allEvents(runId: string): Promise<RunEvent[]> {
    const events: RunEvent[] = []
    for await (const event of app.stream('run.events', { runId })) events.push(event)
    return events
  }

  /** Waits for the record on disk, which is written after the last event. */
  async function record(runId: string): Promise<{ state: string }> {
    for (;;) {
      const found = JSON.parse(await readFile(join(root, '.logidata/runs', `${runId}.json`), 'utf8'))
      if (found.state !== 'running') return found
      await sleep(5)
    }
  }

  test('every follower gets all events, those before it came included', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    behaviour = async function* (_, runId) {
      yield started(runId)
      yield node('a', 'running')
      await gate
      yield node('a', 'done')
      yield finished
    }
    const { runId } = await app.call('run.start', { document, path })
    const early = allEvents(runId)
    await sleep(20)
    const late = allEvents(runId)
    await sleep(20)
    expect((await app.call('run.list', {}))[0]).toMatchObject({ runId, path, state: 'running' })
    go()
    const expected = [started(runId), node('a', 'running'), node('a', 'done'), finished]
    expect(await early).toEqual(expected)
    expect(await late).toEqual(expected)
    expect(await allEvents(runId)).toEqual([started(runId), node('a', 'done'), finished])
  })

  test('a finished run is remembered after a restart, with what became of its nodes', async () => {
    behaviour = async function* (_, runId) {
      yield started(runId)
      yield node('a', 'running')
      yield { kind: 'progress', fraction: 0.5 }
      yield node('a', 'done')
      yield finished
    }
    const { runId } = await app.call('run.start', { document, path })
    await allEvents(runId)
    await record(runId)
    app = await start()
    expect(await app.call('run.list', { path })).toMatchObject([{ runId, state: 'succeeded', milliseconds: 5 }])
    expect(await app.call('run.list', { path: 'other' })).toEqual([])
    expect(await allEvents(runId)).toEqual([started(runId), node('a', 'done'), finished])
  })

  test('a run that is cancelled ends its nodes and itself as cancelled', async () => {
    let aborted = false
    behaviour = async function* (signal, runId) {
      yield started(runId)
      yield node('a', 'running')
      await sleep(60_000, undefined, { signal }).catch(() => {})
      aborted = true
    }
    const { runId } = await app.call('run.start', { document, path })
    await sleep(20)
    await app.call('run.cancel', { runId })
    const events = await allEvents(runId)
    expect(events.slice(-3)).toMatchObject([
      { kind: 'node', nodeId: 'a', state: 'cancelled' },
      { kind: 'node', nodeId: 'b', state: 'cancelled' },
      { kind: 'finished', state: 'cancelled' },
    ])
    expect(await record(runId)).toMatchObject({ state: 'cancelled' })
    expect(aborted).toBe(true)
  })

  test('a crash of the engine fails the run with a reason and a hint', async () => {
    behaviour = async function* (signal, runId) {
      yield started(runId)
      await sleep(60_000, undefined, { signal }).catch(() => {})
    }
    const { runId } = await app.call('run.start', { document, path })
    await sleep(20)
    engine.crash()
    expect((await allEvents(runId)).at(-1)).toMatchObject({
      kind: 'finished',
      state: 'failed',
      error: { code: 'engine.crashed', kind: 'operational' },
    })
  })

  test('an error before the first event fails the run instead of the request', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything to yield.
    behaviour = async function* () {
      throw userError('pipeline.cycle', 'a reads itself.', { nodeId: 'a' })
    }
    const { runId } = await app.call('run.start', { document, path })
    expect(await allEvents(runId)).toMatchObject([
      { kind: 'finished', state: 'failed', error: { code: 'pipeline.cycle' } },
    ])
  })

  test('a run that was going when the application died is found as interrupted', async () => {
    behaviour = async function* (signal, runId) {
      yield started(runId)
      await sleep(60_000, undefined, { signal }).catch(() => {})
    }
    const { runId } = await app.call('run.start', { document, path })
    // What a killed process leaves is the record that it wrote at the start.
    const left = await readFile(join(root, '.logidata/runs', `${runId}.json`))
    const other = join(root, '../other')
    await mkdir(join(other, '.logidata/runs'), { recursive: true })
    await writeFile(join(other, '.logidata/runs', `${runId}.json`), left)
    await writeFile(join(other, '.logidata/runs', 'broken.json'), '{')
    app = await start(other)
    expect(await app.call('run.list', {})).toMatchObject([{ runId, state: 'interrupted' }])
    expect((await allEvents(runId)).at(-1)).toMatchObject({ kind: 'finished', error: { code: 'run.interrupted' } })
  })

  test('an unknown run is an error', async () => {
    expect((await failure(app.call('run.cancel', { runId: 'x' }))).code).toBe('run.unknown')
    expect((await failure(allEvents('x'))).code).toBe('run.unknown')
  })

  test('a disk that refuses the record refuses the run', async () => {
    await rm(join(root, '.logidata'), { recursive: true, force: true })
    await writeFile(join(root, '.logidata'), 'a file where the folder must be')
    expect((await failure(app.call('run.start', { document, path }))).kind).toBe('operational')
    expect(engine.requests).toEqual([])
  })
})

test('settings are changed key by key; what is no setting is refused', async () => {
  await app.call('settings.write', { theme: 'dark' })
  expect((await app.call('settings.write', { language: 'fr' })).theme).toBe('dark')
  expect((await failure(app.call('settings.write', { theme: 'pink' as 'dark' }))).code).toBe('rpc.invalid-input')
})

test('a project folder that vanishes is an operational error', async () => {
  await rename(root, `${root}-away`)
  expect(await failure(app.call('project.current', {}))).toMatchObject({ code: 'file.not-found', kind: 'operational' })
})
