import { expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { operationalError } from '../../shared/errors.ts'
import type { ParsedInputOf, RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import { projectSettingsSchema } from '../../shared/runs/storage.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { RunRegistry } from './run-registry.ts'

type Request = ParsedInputOf<EngineContract['run']>

const document = {
  format: 'logidata/v1' as const,
  name: 'Sales',
  nodes: { orders: { type: 'extract.shop', config: { incremental: { column: 'id' } } } },
}
const settings = projectSettingsSchema.parse({ runsAtOnce: 3 })
const start = { path: 'a.pipeline.yaml', document, parameters: {}, trigger: { by: 'studio' as const } }
const stages = [{ key: 'load', kind: 'load' as const, nodes: ['orders', 'load'], needs: [] }]
const loading = (state: 'running' | 'done' | 'failed'): RunEvent => ({
  kind: 'stage',
  key: 'load',
  state,
  attempt: 1,
  at: '',
})
const readUpTo = (state: number): RunEvent => ({ kind: 'cursor', nodeId: 'orders', state })
const finished = (state: 'succeeded' | 'failed'): RunEvent => ({ kind: 'finished', state, milliseconds: 1 })

/** A project whose engine says what each run is told to, and the cursors that it was asked with. */
async function project() {
  const root = await temporaryFolder()
  const asked: Request['cursors'][] = []
  const script: (readonly RunEvent[] | 'crash')[] = []
  const open = async () => {
    const client = {
      async *stream(_name: string, request: Request) {
        asked.push(request.cursors)
        yield { kind: 'started', runId: request.runId, at: '', nodes: ['orders', 'load'], stages }
        const events = script.shift() ?? []
        for (const event of events === 'crash' ? [readUpTo(99), loading('running')] : events) yield event
        if (events === 'crash') throw operationalError('engine.crashed', 'It died.')
      },
    } as unknown as RpcClient<EngineContract>
    const registry = await RunRegistry.open({
      projectRoot: root,
      engine: { client },
      environment: () => ({}),
      settings,
    })
    onTestFinished(() => registry.close())
    return registry
  }
  return { asked, script, open, registry: await open() }
}

async function ended(registry: RunRegistry, runId: string) {
  for await (const _event of registry.events(runId, new AbortController().signal));
  return registry.read(runId).run
}

test('the next run goes on where the last one that succeeded ended', async () => {
  const { asked, script, registry } = await project()
  script.push(
    [readUpTo(10), loading('done'), finished('succeeded')],
    [readUpTo(20), loading('failed'), finished('failed')],
    [],
  )
  await ended(registry, registry.start(start))
  await ended(registry, registry.start(start))
  // Nothing of the second was loaded: its rows are read again.
  await ended(registry, registry.start(start))
  expect(asked).toEqual([{}, { orders: 10 }, { orders: 10 }])
  expect(registry.journal.cursors.list()).toMatchObject([{ path: 'a.pipeline.yaml', nodeId: 'orders', state: 10 }])
})

test('what a run has loaded in part is loaded to its end before another one reads', async () => {
  const { asked, script, registry } = await project()
  script.push(
    [readUpTo(10), loading('done'), finished('failed')],
    [readUpTo(10), finished('succeeded')],
    [readUpTo(20), loading('done'), finished('succeeded')],
  )
  const first = registry.start(start)
  await ended(registry, first)
  expect((await ended(registry, registry.start(start))).state).toBe('succeeded')
  expect(registry.read(first).run).toMatchObject({ state: 'succeeded', attempt: 2 })
  expect(asked).toEqual([{}, {}, { orders: 10 }])
  expect(registry.journal.cursors.list()).toMatchObject([{ state: 20 }])
})

test('where it fails again, the other one does not begin', async () => {
  const { asked, script, registry } = await project()
  script.push([readUpTo(10), loading('done'), finished('failed')], [readUpTo(10), finished('failed')])
  await ended(registry, registry.start(start))
  const second = await ended(registry, registry.start(start))
  expect(second).toMatchObject({ state: 'failed', error: { code: 'run.unsettled' } })
  expect(asked).toHaveLength(2)
  expect(registry.journal.cursors.reset('a.pipeline.yaml')).toBe(0)
  script.push([loading('done'), finished('succeeded')])
  expect((await ended(registry, registry.start(start))).state).toBe('succeeded')
})

test('an engine that dies with a load open goes on with the same rows', async () => {
  const { asked, script, registry } = await project()
  script.push('crash', [readUpTo(10), loading('done'), finished('succeeded')])
  expect((await ended(registry, registry.start(start))).state).toBe('succeeded')
  expect(asked).toEqual([{}, {}])
  expect(registry.journal.cursors.list()).toMatchObject([{ state: 10 }])
})

test('a run that is taken up after another has read the same rows is refused', async () => {
  const { script, registry } = await project()
  script.push(
    [readUpTo(10), loading('failed'), finished('failed')],
    [readUpTo(10), loading('done'), finished('succeeded')],
  )
  const first = registry.start(start)
  await ended(registry, first)
  await ended(registry, registry.start(start))
  registry.resume(first)
  expect(await ended(registry, first)).toMatchObject({ state: 'failed', error: { code: 'run.superseded' } })
})

test('runs of one incremental pipeline wait for each other, and others do not', async () => {
  const { registry, script } = await project()
  script.push([readUpTo(1), finished('succeeded')], [readUpTo(2), finished('succeeded')])
  const one = registry.start(start)
  const two = registry.start(start)
  expect(registry.read(one).run.state).toBe('running')
  expect(registry.read(two).run.state).toBe('queued')
  const other = registry.start({ ...start, path: 'b.pipeline.yaml' })
  expect(registry.read(other).run.state).not.toBe('queued')
  await Promise.all([one, two, other].map((runId) => ended(registry, runId)))
})

test('a reset reads everything again', async () => {
  const { asked, script, registry } = await project()
  script.push([readUpTo(10), finished('succeeded')], [])
  await ended(registry, registry.start(start))
  expect(registry.journal.cursors.reset('a.pipeline.yaml', 'orders')).toBe(1)
  await ended(registry, registry.start(start))
  expect(asked).toEqual([{}, {}])
})
