import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { operationalError } from '../../shared/errors.ts'
import type { ParsedInputOf, RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import type { RunSummary } from '../../shared/runs/history.ts'
import { projectSettingsSchema } from '../../shared/runs/storage.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { compareRuns } from './compare-runs.ts'
import { endOrphanEngine } from './orphan-engine.ts'
import { RunRegistry, type RunRegistryOptions } from './run-registry.ts'

type Request = ParsedInputOf<EngineContract['run']>
type Behaviour = (request: Request, signal: AbortSignal) => AsyncIterable<RunEvent>

const document = { format: 'logidata/v1' as const, name: 'Sales', nodes: {} }
const start = { path: 'a.pipeline.yaml', document, parameters: {}, trigger: { by: 'studio' as const } }
const crash = () => operationalError('engine.crashed', 'It died.')
const succeeded: RunEvent = { kind: 'finished', state: 'succeeded', milliseconds: 5 }

let root: string
let behaviour: Behaviour
let requests: Request[]
beforeEach(async () => {
  root = await temporaryFolder()
  requests = []
  behaviour = async function* () {
    yield succeeded
  }
})

async function open(more: Partial<RunRegistryOptions> = {}): Promise<RunRegistry> {
  const client = {
    stream: (_name: string, request: Request, { signal }: { signal: AbortSignal }) => {
      requests.push(request)
      return behaviour(request, signal)
    },
  } as unknown as RpcClient<EngineContract>
  const registry = await RunRegistry.open({ projectRoot: root, engine: { client }, environment: () => ({}), ...more })
  onTestFinished(() => registry.close())
  return registry
}

async function all(registry: RunRegistry, runId: string): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  for await (const event of registry.events(runId, new AbortController().signal)) events.push(event)
  return events
}

/** An engine that computes until it is told to go on. */
function gate() {
  const waiting: (() => void)[] = []
  const order: string[] = []
  behaviour = async function* ({ runId }, signal) {
    order.push(runId)
    yield { kind: 'started', runId, at: '', nodes: ['a'] }
    await new Promise<void>((resolve) => {
      waiting.push(resolve)
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
    })
    if (!signal.aborted) yield succeeded
  }
  return {
    order,
    async open() {
      await vi.waitFor(() => expect(waiting).not.toHaveLength(0))
      waiting.shift()?.()
    },
  }
}

describe('the queue', () => {
  test('runs one after another, in an order that can be changed', async () => {
    const { order, open: next } = gate()
    const registry = await open()
    const [a = '', b = '', c = ''] = [1, 2, 3].map(() => registry.start(start))
    expect(registry.list({ limit: 9 }).runs.map(({ state, position }) => [state, position])).toEqual([
      ['queued', 2],
      ['queued', 1],
      ['running', undefined],
    ])
    registry.move(c, b)
    const urgent = registry.start({ ...start, priority: true })
    registry.cancel(b)
    expect(await all(registry, b)).toMatchObject([{ kind: 'finished', state: 'cancelled' }])
    expect(() => registry.move(a, c)).toThrow('Only runs that wait')
    for (const id of [a, urgent, c]) {
      await vi.waitFor(() => expect(order.at(-1)).toBe(id))
      await next()
      await all(registry, id)
    }
    expect(order).toEqual([a, urgent, c])
  })

  test('is told to those who watch it, after every change', async () => {
    const { open: next } = gate()
    const registry = await open()
    const controller = new AbortController()
    const seen: RunSummary[][] = []
    const watching = (async () => {
      for await (const queue of registry.queue(controller.signal)) seen.push(queue)
    })()
    const a = registry.start(start)
    const b = registry.start(start)
    await sleep(50)
    expect(seen.at(-1)).toMatchObject([
      { runId: a, state: 'running' },
      { runId: b, state: 'queued', position: 1 },
    ])
    await next()
    await all(registry, a)
    await sleep(50)
    expect(seen.at(-1)).toMatchObject([{ runId: b, state: 'running' }])
    controller.abort()
    await watching
  })

  test('survives the end of the application; what went is interrupted, what waited goes on', async () => {
    const first = gate()
    const registry = await open()
    const a = registry.start(start)
    const b = registry.start(start)
    const following = all(registry, a)
    await registry.close()
    expect((await following).at(-1)).toMatchObject({ kind: 'finished', error: { code: 'run.interrupted' } })
    expect(first.order).toEqual([a])
    const second = gate()
    const next = await open()
    expect(next.notices.map(({ code }) => code)).toEqual(['runs.continued'])
    expect(next.read(a).run).toMatchObject({ state: 'interrupted', resumable: true })
    await vi.waitFor(() => expect(second.order).toEqual([b]))
    await second.open()
    await all(next, b)
  })

  test('of others is left alone by a command', async () => {
    gate()
    const registry = await open()
    registry.start(start)
    const b = registry.start(start)
    await registry.close()
    const { order, open: next } = gate()
    const command = await open({ queue: 'own' })
    const own = command.start(start)
    await vi.waitFor(() => expect(order).toEqual([own]))
    await next()
    await all(command, own)
    expect(command.read(b).run.state).toBe('queued')
  })

  test('lets more run at once where it may', async () => {
    const { order } = gate()
    const registry = await open({ settings: projectSettingsSchema.parse({ runsAtOnce: 2 }) })
    const ids = [1, 2, 3].map(() => registry.start(start))
    await vi.waitFor(() => expect(order).toEqual(ids.slice(0, 2)))
  })
})

describe('an engine that dies', () => {
  test('is forgiven once: the run goes on with what was computed', async () => {
    behaviour = async function* ({ runId, attempt }) {
      yield { kind: 'started', runId, at: '', nodes: ['a', 'b'], attempt }
      if (attempt === 2) return yield succeeded
      const stage = { kind: 'stage' as const, attempt: 1, at: '' }
      yield { ...stage, key: 's', state: 'done', hash: 'h', files: [{ path: 'f', bytes: 1 }], rows: { out: '3' } }
      yield { ...stage, key: 't', state: 'running', hash: 'i' }
      throw crash()
    }
    const registry = await open()
    const runId = registry.start(start)
    const events = await all(registry, runId)
    expect(events.map(({ kind }) => kind)).toEqual(['started', 'stage', 'stage', 'log', 'started', 'finished'])
    expect(requests[1]).toMatchObject({
      attempt: 2,
      resume: { stages: [{ key: 's', hash: 'h', files: [{ path: 'f', bytes: 1 }], rows: { out: '3' } }] },
    })
    const { run, attempts, stages } = registry.read(runId)
    expect(run).toMatchObject({ state: 'succeeded', attempt: 2 })
    expect(attempts).toMatchObject([
      { state: 'interrupted', error: { code: 'engine.crashed' } },
      { state: 'succeeded' },
    ])
    expect(stages.find(({ key }) => key === 't')?.state).toBe('cancelled')
  })

  test('twice fails the run, which can then be resumed by hand', async () => {
    // biome-ignore lint/correctness/useYield: it dies before it has anything to say.
    behaviour = async function* () {
      throw crash()
    }
    const registry = await open()
    const runId = registry.start(start)
    expect((await all(registry, runId)).at(-1)).toMatchObject({
      kind: 'finished',
      state: 'failed',
      error: { code: 'engine.crashed', message: expect.stringContaining('attempt 2') },
    })
    behaviour = async function* () {
      yield succeeded
    }
    registry.resume(runId)
    expect((await all(registry, runId)).at(-1)).toEqual(succeeded)
    expect(registry.read(runId).run).toMatchObject({ state: 'succeeded', attempt: 3 })
    expect(() => registry.resume(runId)).toThrow('cannot be resumed')
  })
})

test('a run is taken up with the pipeline after it was mended, and remembers that one', async () => {
  const registry = await open()
  // biome-ignore lint/correctness/useYield: it fails before it has anything to say.
  behaviour = async function* () {
    throw operationalError('x', 'No such column.')
  }
  const runId = registry.start({ ...start, parameters: { since: '2024-01-01' } })
  await all(registry, runId)
  behaviour = async function* () {
    yield succeeded
  }
  const mended = { ...start.document, name: 'Mended', parameters: { until: { type: 'text' as const, default: 'x' } } }
  registry.resume(runId, { document: mended, parameters: { until: '2025' } })
  await all(registry, runId)
  expect(requests.at(-1)).toMatchObject({ attempt: 2, document: { name: 'Mended' }, parameters: { until: '2025' } })
  expect(requests.at(-1)?.parameters).not.toHaveProperty('since')
  expect(registry.read(runId)).toMatchObject({
    run: { name: 'Mended', state: 'succeeded' },
    request: { document: mended },
  })
})

test('a run is repeated with the pipeline and the parameters that it had', async () => {
  const registry = await open()
  const runId = registry.start({ ...start, parameters: { since: '2024-01-01' }, only: ['out'] })
  await all(registry, runId)
  const again = registry.repeat(runId, { by: 'studio' })
  await all(registry, again)
  expect(requests[1]).toMatchObject({ document, parameters: { since: '2024-01-01' }, only: ['out'], attempt: 1 })
  expect(registry.read(again).run.number).toBe(2)
})

test('progress reaches followers, and is not kept', async () => {
  let go = () => {}
  behaviour = async function* () {
    yield { kind: 'progress', fraction: 0.5 }
    await new Promise<void>((resolve) => {
      go = resolve
    })
    yield succeeded
  }
  const registry = await open()
  const runId = registry.start(start)
  const following = all(registry, runId)
  await sleep(40)
  go()
  expect(await following).toEqual([{ kind: 'progress', fraction: 0.5 }, succeeded])
  expect(await all(registry, runId)).toEqual([succeeded])
})

test('a run is in the journal before its engine is asked, and an event before a follower sees it', async () => {
  const registry = await open()
  behaviour = async function* ({ runId }) {
    expect(registry.read(runId)).toMatchObject({ run: { state: 'running' }, attempts: [{ attempt: 1 }] })
    yield { kind: 'node', nodeId: 'a', state: 'done' }
    yield succeeded
  }
  const runId = registry.start(start)
  for await (const event of registry.events(runId, new AbortController().signal))
    if (event.kind === 'node') expect(registry.read(runId).nodes).toMatchObject([{ nodeId: 'a', state: 'done' }])
  expect(registry.read(runId).run.state).toBe('succeeded')
})

test('a variable that is gone when the run is taken up stops it with a clear word', async () => {
  gate()
  const registry = await open()
  const runId = registry.start({ ...start, env: { TOKEN: 'x' } })
  await registry.close()
  const next = await open()
  next.resume(runId)
  expect((await all(next, runId)).at(-1)).toMatchObject({
    state: 'failed',
    error: { code: 'run.environment', hint: expect.stringContaining('--env TOKEN') },
  })
})

test('only outputs that both runs counted are compared', async () => {
  const registry = await open()
  const once = async (rows: Record<string, string>) => {
    behaviour = async function* () {
      yield { kind: 'node', nodeId: 'a', state: 'done', milliseconds: 10, rows }
      yield succeeded
    }
    const runId = registry.start(start)
    await all(registry, runId)
    return runId
  }
  for (const match of ['700', '700', '700']) await once({ match, rest: '300' })
  // This time the other output would have taken too long to count.
  const [node] = compareRuns(registry.journal, await once({ match: '700' }), undefined, 0.5).nodes
  expect(node).toMatchObject({ now: { rows: '700' }, before: { rows: '700' }, median: { rows: '700' }, flags: [] })
  const [more] = compareRuns(
    registry.journal,
    await once({ match: '700', rest: '300', left: '9' }),
    undefined,
    0.5,
  ).nodes
  expect(more).toMatchObject({ now: { rows: '1009' }, flags: [] })
})

test('a run is compared with the one before, and with what is usual', async () => {
  const registry = await open()
  const once = async (milliseconds: number, rows: string, nodeIds = ['a', 'out']) => {
    behaviour = async function* () {
      for (const nodeId of nodeIds) yield { kind: 'node', nodeId, state: 'done', milliseconds, rows: { in: rows } }
      yield { kind: 'finished', state: 'succeeded', milliseconds }
    }
    const runId = registry.start(start)
    await all(registry, runId)
    return runId
  }
  for (const time of [1000, 1100, 900, 5000]) await once(time, '100')
  const slow = await once(2000, '40', ['a', 'new_one'])
  const comparison = compareRuns(registry.journal, slow, undefined, 0.5)
  expect(comparison).toMatchObject({ with: { number: 4 }, medianOf: 4, total: { flags: ['slower', 'fewer'] } })
  expect(comparison.nodes).toEqual([
    {
      nodeId: 'a',
      now: { milliseconds: 2000, rows: '40' },
      before: { milliseconds: 5000, rows: '100' },
      median: { milliseconds: 1000, rows: '100' },
      flags: ['slower', 'fewer'],
    },
    { nodeId: 'new_one', now: { milliseconds: 2000, rows: '40' }, flags: ['new'] },
    {
      nodeId: 'out',
      before: { milliseconds: 5000, rows: '100' },
      median: { milliseconds: 1000, rows: '100' },
      flags: ['gone'],
    },
  ])
  const first = registry.list({ limit: 9 }).runs.at(-1)?.runId ?? ''
  expect(compareRuns(registry.journal, first, undefined, 0.5)).toMatchObject({
    medianOf: 0,
    nodes: [{ flags: [] }, {}],
  })
  expect(compareRuns(registry.journal, slow, first, 0.5).with?.number).toBe(1)
})

test('a journal that cannot be opened refuses runs and says why, and never more than that', async () => {
  const { writeFile } = await import('node:fs/promises')
  await writeFile(`${root}/.logidata`, 'a file where the folder must be')
  const registry = await open()
  expect(registry.notices).toHaveLength(1)
  expect(() => registry.start(start)).toThrow(expect.objectContaining({ info: registry.notices[0] }))
  expect(requests).toEqual([])
})

test('an engine that outlived its application is gone before the run can be taken up', async () => {
  const orphan = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'engine-process'], { stdio: 'ignore' })
  onTestFinished(() => void orphan.kill('SIGKILL'))
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  onTestFinished(() => void other.kill('SIGKILL'))
  await Promise.all([once(orphan, 'spawn'), once(other, 'spawn')])
  await endOrphanEngine(orphan.pid ?? 0)
  if (process.platform !== 'linux') return
  await vi.waitFor(() => expect(orphan.signalCode).toBe('SIGKILL'))
  // A number that another program has now.
  await endOrphanEngine(other.pid ?? 0)
  expect(other.signalCode).toBeNull()
})
