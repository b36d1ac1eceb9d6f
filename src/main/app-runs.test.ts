import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { RunEvent } from '../shared/engine/types.ts'
import { userError } from '../shared/errors.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
import { failure, finished, node, started } from './testing/app-fixtures.ts'
import { TestApp } from './testing/test-app.ts'

const own = TestApp.forEachTest()

describe('runs', () => {
  const path = 'pipelines/sales.pipeline.yaml'
  const document: PipelineDocument = { format: 'logidata/v1', name: 'x', nodes: {} }
  async function allEvents(runId: string): Promise<RunEvent[]> {
    const events: RunEvent[] = []
    for await (const event of own.app.stream('run.events', { runId })) events.push(event)
    return events
  }

  /** Waits for the record on disk, which is written after the last event. */
  async function record(runId: string): Promise<{ state: string }> {
    for (;;) {
      const found = JSON.parse(await readFile(join(own.root, '.logidata/runs', `${runId}.json`), 'utf8'))
      if (found.state !== 'running') return found
      await sleep(5)
    }
  }

  test('every follower gets all events, those before it came included', async () => {
    let go = () => {}
    const gate = new Promise<void>((resolve) => {
      go = resolve
    })
    own.behaviour = async function* (_, runId) {
      yield started(runId)
      yield node('a', 'running')
      await gate
      yield node('a', 'done')
      yield finished
    }
    const { runId } = await own.app.call('run.start', { document, path })
    const early = allEvents(runId)
    await sleep(20)
    const late = allEvents(runId)
    await sleep(20)
    expect((await own.app.call('run.list', {}))[0]).toMatchObject({ runId, path, state: 'running' })
    go()
    const expected = [started(runId), node('a', 'running'), node('a', 'done'), finished]
    expect(await early).toEqual(expected)
    expect(await late).toEqual(expected)
    expect(await allEvents(runId)).toEqual([started(runId), node('a', 'done'), finished])
  })

  test('a finished run is remembered after a restart, with what became of its nodes', async () => {
    own.behaviour = async function* (_, runId) {
      yield started(runId)
      yield node('a', 'running')
      yield { kind: 'progress', fraction: 0.5 }
      yield node('a', 'done')
      yield finished
    }
    const { runId } = await own.app.call('run.start', { document, path })
    await allEvents(runId)
    await record(runId)
    own.app = await own.start()
    expect(await own.app.call('run.list', { path })).toMatchObject([{ runId, state: 'succeeded', milliseconds: 5 }])
    expect(await own.app.call('run.list', { path: 'other' })).toEqual([])
    expect(await allEvents(runId)).toEqual([started(runId), node('a', 'done'), finished])
  })

  test('a run that is cancelled ends its nodes and itself as cancelled', async () => {
    let aborted = false
    own.behaviour = async function* (signal, runId) {
      yield started(runId)
      yield node('a', 'running')
      await sleep(60_000, undefined, { signal }).catch(() => {})
      aborted = true
    }
    const { runId } = await own.app.call('run.start', { document, path })
    await sleep(20)
    await own.app.call('run.cancel', { runId })
    const events = await allEvents(runId)
    expect(events.slice(-3)).toMatchObject([
      { kind: 'node', nodeId: 'a', state: 'cancelled' },
      { kind: 'node', nodeId: 'b', state: 'cancelled' },
      { kind: 'finished', state: 'cancelled' },
    ])
    expect(await record(runId)).toMatchObject({ state: 'cancelled' })
    expect(aborted).toBe(true)
  })

  test('a crash of the own.engine fails the run with a reason and a hint', async () => {
    own.behaviour = async function* (signal, runId) {
      yield started(runId)
      await sleep(60_000, undefined, { signal }).catch(() => {})
    }
    const { runId } = await own.app.call('run.start', { document, path })
    await sleep(20)
    own.engine.crash()
    expect((await allEvents(runId)).at(-1)).toMatchObject({
      kind: 'finished',
      state: 'failed',
      error: { code: 'engine.crashed', kind: 'operational' },
    })
  })

  test('an error before the first event fails the run instead of the request', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it has anything to yield.
    own.behaviour = async function* () {
      throw userError('pipeline.cycle', 'a reads itself.', { nodeId: 'a' })
    }
    const { runId } = await own.app.call('run.start', { document, path })
    expect(await allEvents(runId)).toMatchObject([
      { kind: 'finished', state: 'failed', error: { code: 'pipeline.cycle' } },
    ])
  })

  test('a run that was going when the application died is found as interrupted', async () => {
    own.behaviour = async function* (signal, runId) {
      yield started(runId)
      await sleep(60_000, undefined, { signal }).catch(() => {})
    }
    const { runId } = await own.app.call('run.start', { document, path })
    // What a killed process leaves is the record that it wrote at the start.
    const left = await readFile(join(own.root, '.logidata/runs', `${runId}.json`))
    const other = join(own.root, '../other')
    await mkdir(join(other, '.logidata/runs'), { recursive: true })
    await writeFile(join(other, '.logidata/runs', `${runId}.json`), left)
    await writeFile(join(other, '.logidata/runs', 'broken.json'), '{')
    own.app = await own.start(other)
    expect(await own.app.call('run.list', {})).toMatchObject([{ runId, state: 'interrupted' }])
    expect((await allEvents(runId)).at(-1)).toMatchObject({ kind: 'finished', error: { code: 'run.interrupted' } })
  })

  test('an unknown run is an error', async () => {
    expect((await failure(own.app.call('run.cancel', { runId: 'x' }))).code).toBe('run.unknown')
    expect((await failure(allEvents('x'))).code).toBe('run.unknown')
  })

  test('a disk that refuses the record refuses the run', async () => {
    await rm(join(own.root, '.logidata'), { recursive: true, force: true })
    await writeFile(join(own.root, '.logidata'), 'a file where the folder must be')
    expect((await failure(own.app.call('run.start', { document, path }))).kind).toBe('operational')
    expect(own.engine.requests).toEqual([])
  })
})
