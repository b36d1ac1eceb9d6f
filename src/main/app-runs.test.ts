import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
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
    expect((await own.app.call('run.list', {})).runs[0]).toMatchObject({ runId, path, state: 'running' })
    go()
    const expected = [started(runId), node('a', 'running'), node('a', 'done'), finished]
    expect(await early).toEqual(expected)
    expect(await late).toEqual(expected)
    expect(await allEvents(runId)).toEqual(expected)
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
    own.app = await own.start()
    expect(await own.app.call('run.list', { path })).toMatchObject({
      runs: [{ runId, number: 1, state: 'succeeded', milliseconds: 5, attempt: 1 }],
    })
    expect(await own.app.call('run.list', { path: 'other' })).toEqual({ runs: [] })
    expect(await allEvents(runId)).toEqual([started(runId), node('a', 'running'), node('a', 'done'), finished])
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
    expect((await own.app.call('run.read', { runId })).run).toMatchObject({ state: 'cancelled', resumable: true })
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
    await sleep(50)
    // What a killed process leaves is what is on the disk now.
    const other = join(own.root, '../other')
    await mkdir(join(other, '.logidata'), { recursive: true })
    for (const name of ['journal.db', 'journal.db-wal'])
      await copyFile(join(own.root, '.logidata', name), join(other, '.logidata', name))
    own.app = await own.start(other)
    expect(await own.app.call('run.list', {})).toMatchObject({
      runs: [{ runId, state: 'interrupted', resumable: true }],
    })
    expect((await allEvents(runId)).at(-1)).toMatchObject({ kind: 'finished', error: { code: 'run.interrupted' } })
  })

  test('an unknown run is an error', async () => {
    expect((await failure(own.app.call('run.cancel', { runId: 'x' }))).code).toBe('run.unknown')
    expect((await failure(allEvents('x'))).code).toBe('run.unknown')
  })

  test('a disk that refuses the record refuses the run', async () => {
    await own.stop()
    await rm(join(own.root, '.logidata'), { recursive: true, force: true })
    await writeFile(join(own.root, '.logidata'), 'a file where the folder must be')
    own.app = await own.start()
    expect((await failure(own.app.call('run.start', { document, path }))).kind).toBe('operational')
    expect(own.engine.requests).toEqual([])
  })
})
