import { existsSync } from 'node:fs'
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { operationalError, toErrorInfo } from '../../shared/errors.ts'
import type { PipelineDocument } from '../../shared/pipeline/document.ts'
import { writePipeline } from '../../shared/pipeline/write-pipeline.ts'
import type { RpcClient } from '../../shared/rpc/contract.ts'
import type { EngineContract } from '../../shared/rpc/engine-contract.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { readRejects, replayRejects } from './rejects.ts'
import { RunRegistry } from './run-registry.ts'

const PATH = 'pipelines/a.pipeline.yaml'
const never = new AbortController().signal
const pipeline = (condition: string, nodeId = 'check', type = 'transform.validate'): PipelineDocument => ({
  format: 'logidata/v1',
  name: 'Orders',
  parameters: { since: { type: 'text', default: '' } },
  nodes: { source: { type: 'extract.csv' }, [nodeId]: { type, inputs: { in: 'source' }, config: { condition } } },
})

let root: string
let registry: RunRegistry
/** How the next runs end. */
let outcome: RunEvent[]
/** Those under way wait for it. */
let gate: Promise<void>
let asked: { name: string; document: PipelineDocument; parameters: Record<string, string> }[]
let missing: boolean
const finished: RunEvent = { kind: 'finished', state: 'succeeded', milliseconds: 1 }
const failed: RunEvent = {
  kind: 'finished',
  state: 'failed',
  milliseconds: 1,
  error: { code: 'x', kind: 'user', message: 'It failed.' },
}
const load = (state: 'done' | 'failed'): RunEvent[] => [
  {
    kind: 'started',
    runId: '',
    at: '',
    nodes: ['out'],
    stages: [{ key: 'out', kind: 'load', nodes: ['out'], needs: [] }],
  },
  { kind: 'stage', key: 'out', state, attempt: 1, at: '' },
]

beforeEach(async () => {
  root = await temporaryFolder()
  asked = []
  missing = false
  gate = Promise.resolve()
  outcome = [finished]
  await mkdir(join(root, 'pipelines'))
  await writeFile(join(root, PATH), writePipeline(pipeline('old')))
  await open()
})

async function open() {
  const client = {
    async *stream() {
      await gate
      yield* outcome
    },
    async call(name: string, { target, ...input }: { target?: string } & Omit<(typeof asked)[number], 'name'>) {
      asked.push({ ...input, name })
      if (missing) throw operationalError('replay.columns', 'The kept rows have no column “x”.')
      if (target !== undefined) {
        await mkdir(join(root, target, '..'), { recursive: true })
        await writeFile(join(root, target), 'rows')
      }
      return name === 'rejects' ? { columns: [], rows: [], total: 10, editable: [] } : { rows: 1 }
    },
  } as unknown as RpcClient<EngineContract>
  registry = await RunRegistry.open({ projectRoot: root, engine: { client }, environment: () => ({}) })
  const own = registry
  onTestFinished(() => own.close())
}

async function ended(runId: string): Promise<string> {
  for await (const _ of registry.events(runId, never));
  return runId
}

/** A run that turned ten rows down. */
async function rejecting(): Promise<string> {
  const runId = registry.start({
    path: PATH,
    document: pipeline('old'),
    parameters: { since: '2024' },
    trigger: { by: 'studio' },
  })
  const file = `.logidata/rejects/${runId}/check.reject.parquet`
  const rejects = { reject: { rows: '10', kept: '10', file } }
  outcome = [{ kind: 'node', nodeId: 'check', state: 'done', rejects }, finished]
  await ended(runId)
  outcome = [finished]
  return runId
}

const of = (runId: string) => ({ runId, nodeId: 'check', port: 'reject' })
const replay = (runId: string, exclude: number[] = [], more: { again?: boolean; pipeline?: 'now' | 'then' } = {}) =>
  replayRejects(registry.rejects, { ...of(runId), repairs: [], exclude, again: false, pipeline: 'now', ...more }, never)
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (thrown) => toErrorInfo(thrown).code,
  )
const replayed = async (runId: string) => {
  const page = await readRejects(registry.rejects, { ...of(runId), limit: 1, offset: 0 }, never)
  return page.replayed.map(({ first, last, state }) => `${first}-${last} ${state}`)
}

describe('a row of kept rejects', () => {
  test('is replayed once, whichever others are asked for with it', async () => {
    const runId = await rejecting()
    await ended(await replay(runId, [0, 1, 2, 6, 7, 8, 9]))
    expect(await replayed(runId)).toEqual(['3-5 succeeded'])
    const failure = await replay(runId, [0, 1, 2, 3]).catch((thrown) => toErrorInfo(thrown))
    expect(failure).toMatchObject({
      code: 'replay.already',
      message: expect.stringMatching(/^2 rows were \(5, 6\) already replayed, by \d/),
      hint: expect.stringContaining('added once more'),
    })
    // What is refused leaves nothing.
    expect(registry.list({ limit: 9 }).runs).toHaveLength(2)
    await ended(await replay(runId, [0, 3, 4, 5, 9]))
    expect(await replayed(runId)).toEqual(['1-2 succeeded', '3-5 succeeded', '6-8 succeeded'])
  })

  test('is replayed again on purpose', async () => {
    const runId = await rejecting()
    const first = await ended(await replay(runId))
    expect(await codeOf(replay(runId, [0]))).toBe('replay.already')
    const second = await ended(await replay(runId, [], { again: true }))
    expect(second).not.toBe(first)
    expect(await replayed(runId)).toEqual(['0-9 succeeded', '0-9 succeeded'])
  })

  test('is claimed from the moment on in which its run waits; the same twice is the same run', async () => {
    const runId = await rejecting()
    let go = () => {}
    gate = new Promise((resolve) => {
      go = resolve
    })
    const first = await replay(runId)
    expect(await codeOf(replay(runId, [0]))).toBe('replay.already')
    expect(await replay(runId)).toBe(first)
    go()
    await ended(first)
  })

  test('is free again when nothing can have been written, not when something may have been', async () => {
    const runId = await rejecting()
    outcome = [...load('failed'), failed]
    const clean = await ended(await replay(runId))
    expect(await replayed(runId)).toEqual([])
    outcome = [...load('done'), failed]
    const half = await ended(await replay(runId, [0]))
    expect(await codeOf(replay(runId, [1]))).toBe('replay.already')
    // The first one's rows are the second one's now.
    expect(() => registry.resume(clean)).toThrow('already replayed')
    outcome = [finished]
    await ended(registry.resume(half))
    expect(await replayed(runId)).toEqual(['1-9 succeeded'])
  })

  test('is known as replayed after a restart, and when the run that did it is in the history no more', async () => {
    const runId = await rejecting()
    const by = await ended(await replay(runId, [0]))
    await registry.close()
    await open()
    const db = Reflect.get(registry.journal, 'db') as { exec(sql: string): void }
    db.exec(`DELETE FROM runs WHERE run_id = '${by}'`)
    expect(await codeOf(replay(runId, [0]))).toBe('replay.already')
    expect(() => registry.repeat(by, { by: 'studio' })).toThrow()
  })

  test('is not replayed by running its run again', async () => {
    const by = await ended(await replay(await rejecting()))
    expect(() => registry.repeat(by, { by: 'studio' })).toThrow('added twice')
  })
})

describe('the pipeline', () => {
  test('is the one of now, with what was mended in it', async () => {
    const runId = await rejecting()
    const fixed = { ...pipeline('fixed'), parameters: {} }
    await writeFile(join(root, PATH), writePipeline(fixed))
    const by = await ended(await replay(runId))
    expect(asked.at(-1)?.document.nodes.check?.config).toEqual({ condition: 'fixed' })
    const { request } = registry.read(by)
    expect(request.document.nodes.check?.config).toEqual({ condition: 'fixed' })
    // It has no such parameter any more.
    expect(request.parameters).toEqual({})
  })

  test('is said to have changed where the rows cannot go through it; then, asked for, it is the one of the run', async () => {
    const runId = await rejecting()
    await writeFile(join(root, PATH), writePipeline(pipeline('fixed', 'other')))
    expect(await replay(runId).catch((thrown) => toErrorInfo(thrown))).toMatchObject({
      code: 'replay.changed',
      message: 'The pipeline has no step “check” any more.',
    })
    const page = await readRejects(registry.rejects, { ...of(runId), limit: 1, offset: 0 }, never)
    expect(page.changed).toBe('The pipeline has no step “check” any more.')
    const by = await ended(await replay(runId, [], { pipeline: 'then' }))
    expect(registry.read(by).request).toMatchObject({ document: pipeline('old'), parameters: { since: '2024' } })
    await writeFile(join(root, PATH), writePipeline(pipeline('fixed', 'check', 'transform.filter')))
    expect(await codeOf(replay(runId))).toBe('replay.changed')
    await rm(join(root, PATH))
    expect(await codeOf(replay(runId))).toBe('replay.changed')
  })

  test('that reads other columns now is said to have changed', async () => {
    const runId = await rejecting()
    missing = true
    expect(await codeOf(replay(runId))).toBe('replay.changed')
    expect(registry.list({ limit: 9 }).runs).toHaveLength(1)
  })
})

test('repaired rows stay while a run that reads them waits or can be resumed', async () => {
  const runId = await rejecting()
  outcome = [...load('done'), failed]
  const by = await ended(await replay(runId))
  const file = registry.read(by).request.replay?.file ?? ''
  const old = new Date(Date.now() - 400 * 24 * 60 * 60 * 1000)
  const age = async () => {
    for (const path of [file, join(file, '..')]) await utimes(join(root, path), old, old)
  }
  await age()
  await registry.clean()
  expect(existsSync(join(root, file))).toBe(true)
  outcome = [finished]
  await ended(registry.resume(by))
  await age()
  await registry.clean()
  expect(existsSync(join(root, file))).toBe(false)
})
