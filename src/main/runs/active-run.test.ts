import { setTimeout as pause } from 'node:timers/promises'
import type Database from 'better-sqlite3'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { Journal } from '../journal/journal.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { ActiveRun } from './active-run.ts'

const document = { format: 'logidata/v1' as const, name: 'Sales', nodes: {} }

/** A journal with one run that begins, and a way to take all room from it, or give it back. */
async function limited() {
  const { journal } = Journal.open(await temporaryFolder())
  onTestFinished(() => journal.close())
  journal.add({
    runId: 'r',
    path: 'a.pipeline.yaml',
    request: { document, parameters: {}, env: [] },
    trigger: { by: 'studio' },
  })
  const db = Reflect.get(journal, 'db') as Database.Database
  const room = (pages: number) => {
    const used = Number(db.pragma('page_count', { simple: true }))
    db.pragma(`max_page_count = ${used + pages}`)
  }
  const numbers = () => db.prepare('SELECT seq FROM events ORDER BY seq').pluck().all()
  return { journal, first: journal.begin('r'), room, numbers }
}

const node = (nodeId: string, state: 'running' | 'done', more = {}): RunEvent => ({
  kind: 'node',
  nodeId,
  state,
  at: new Date().toISOString(),
  ...more,
})
const long = { kind: 'log', at: '', level: 'info', message: 'x'.repeat(200_000) } as const satisfies RunEvent

test('what a full disk kept out of the journal is there once the end of the run is', async () => {
  const { journal, first, room, numbers } = await limited()
  async function* start(): AsyncGenerator<RunEvent> {
    yield { kind: 'started', runId: 'r', at: '', nodes: ['a', 'b'] }
    yield node('a', 'running')
    journal.flush()
    room(0)
    yield long
    yield node('a', 'done', { rows: { out: '7' } })
    journal.flush()
    // The engine was done before it heard that it should stop.
    yield node('b', 'done')
    yield { kind: 'finished', state: 'succeeded', milliseconds: 5 }
  }
  const changed = vi.fn()
  const run = new ActiveRun({ runId: 'r', journal, start, changed, heard: () => {} })
  const followed = run.follow(first)
  await vi.waitFor(() => expect(run.lastWord).toMatchObject({ state: 'failed', error: { code: 'journal.disk-full' } }))
  expect(journal.run('r')?.state).toBe('running')

  room(1_000)
  await followed
  expect(run.lastWord).toBeUndefined()
  expect(journal.run('r')?.state).toBe('succeeded')
  expect(journal.nodes(first.run, first.attempt)).toMatchObject([
    { nodeId: 'a', state: 'done', rows: { out: '7' } },
    { nodeId: 'b', state: 'done' },
  ])
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6])
})

test('a run that cannot be written down is stopped, and its nodes end as such', async () => {
  const { journal, first, room, numbers } = await limited()
  async function* start(_: number, signal: AbortSignal): AsyncGenerator<RunEvent> {
    yield { kind: 'started', runId: 'r', at: '', nodes: ['a', 'b'] }
    yield node('a', 'running')
    journal.flush()
    room(0)
    yield long
    journal.flush()
    while (!signal.aborted) await pause(5)
    room(1_000)
    throw new Error('aborted')
  }
  const run = new ActiveRun({ runId: 'r', journal, start, changed: () => {}, heard: () => {} })
  await run.follow(first)
  expect(journal.run('r')).toMatchObject({ state: 'failed', error: { code: 'journal.disk-full' } })
  expect(journal.nodes(first.run, first.attempt).map(({ state }) => state)).toEqual(['cancelled', 'skipped'])
  expect(numbers()).toEqual([1, 2, 3, 4, 5, 6])
})
