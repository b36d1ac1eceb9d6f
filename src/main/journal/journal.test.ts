import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { importRecords } from '../runs/import-records.ts'
import { interrupted } from '../runs/run-failures.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { Journal } from './journal.ts'
import { openJournalToRead } from './open-journal.ts'
import { JournalReader } from './read-journal.ts'

const document = { format: 'logidata/v1' as const, name: 'Sales', nodes: {} }
const request = { document, parameters: { since: '2024-01-01' }, env: ['LOGIDATA_X'] }

let root: string
let file: string
beforeEach(async () => {
  root = await temporaryFolder()
  file = join(root, '.logidata/journal.db')
})

function open(): Journal {
  const { journal } = Journal.open(root)
  onTestFinished(() => journal.close())
  return journal
}

const add = (journal: Journal, runId: string, more: { key?: string; priority?: boolean; path?: string } = {}) =>
  journal.add({ runId, path: 'a.pipeline.yaml', request, trigger: { by: 'studio' }, ...more })

function run(journal: Journal, runId: string, events: readonly RunEvent[] = []): void {
  add(journal, runId)
  const { run: number, attempt, seq } = journal.begin(runId)
  const entries = events.map((event, index) => ({
    run: number,
    attempt,
    seq: seq + index + 1,
    at: '2024-01-01T00:00:00Z',
    offset: index,
    event,
  }))
  journal.end(number, attempt, { state: 'succeeded', milliseconds: 5 }, entries)
}

describe('what a run was', () => {
  const events: RunEvent[] = [
    {
      kind: 'started',
      runId: 'r',
      at: '2024-01-01T00:00:00Z',
      nodes: ['a', 'out'],
      stages: [{ key: 's', kind: 'load', nodes: ['a', 'out'], needs: [] }],
    },
    { kind: 'stage', key: 's', state: 'running', attempt: 1, at: '2024-01-01T00:00:00Z' },
    { kind: 'node', nodeId: 'out', state: 'running' },
    {
      kind: 'check',
      nodeId: 'a',
      port: 'out',
      check: 'total > 0',
      severity: 'warn',
      state: 'failed',
      failing: '3',
      rows: '12',
    },
    {
      kind: 'node',
      nodeId: 'a',
      state: 'done',
      rows: { out: '12345678901234567890' },
      metrics: { cpuMilliseconds: 3 },
      rejects: { rest: { rows: '7', kept: '5', file: '.logidata/rejects/x.parquet' } },
    },
    { kind: 'node', nodeId: 'out', state: 'done', rows: { in: '12345678901234567890' }, written: ['out/a.csv'] },
    {
      kind: 'stage',
      key: 's',
      state: 'done',
      attempt: 2,
      at: '2024-01-01T00:00:00Z',
      hash: 'h',
      files: [{ path: 'f', bytes: 3 }],
      rows: { out: '1' },
    },
    { kind: 'finished', state: 'succeeded', milliseconds: 5 },
  ]

  test('is read back as it was written, through a restart', async () => {
    const first = Journal.open(root).journal
    run(first, 'r', events)
    await first.close()
    const journal = open()
    const detail = journal.detail('r')
    expect(detail?.request).toEqual(request)
    expect(detail?.run).toMatchObject({
      number: 1,
      name: 'Sales',
      state: 'succeeded',
      attempt: 1,
      rowsLoaded: '12345678901234567890',
      rowsRejected: '7',
      checksFailed: 0,
      checksWarned: 1,
      resumable: false,
    })
    expect(detail?.attempts).toMatchObject([{ attempt: 1, state: 'succeeded', milliseconds: 5 }])
    expect(detail?.stages).toMatchObject([
      { key: 's', kind: 'load', nodes: ['a', 'out'], state: 'done', tries: 2, hash: 'h', from: 1, until: 6 },
    ])
    expect(detail?.nodes).toMatchObject([
      { nodeId: 'a', state: 'done', metrics: { cpuMilliseconds: 3 }, until: 4 },
      { nodeId: 'out', state: 'done', from: 2, until: 5, written: ['out/a.csv'] },
    ])
    expect(detail?.rejects).toEqual([
      { attempt: 1, nodeId: 'a', port: 'rest', rows: '7', kept: '5', file: '.logidata/rejects/x.parquet' },
    ])
    expect(detail?.checks).toMatchObject([{ check: 'total > 0', severity: 'warn', state: 'failed', failing: '3' }])
    expect(journal.checks({ path: 'a.pipeline.yaml', nodeId: 'a', limit: 5 })).toEqual(detail?.checks)
    expect(journal.events(1, 0, 100).map(({ event }) => event)).toEqual(events)
  })

  test('can be read by others while its owner writes', () => {
    const journal = open()
    run(journal, 'r')
    const db = openJournalToRead(root)
    if (!db) throw new Error('there is none')
    onTestFinished(() => void db.close())
    const reader = new JournalReader(db)
    expect(reader.list({ limit: 10 }).runs).toMatchObject([{ runId: 'r' }])
    run(journal, 's')
    expect(reader.list({ limit: 10 }).runs).toMatchObject([{ runId: 's' }, { runId: 'r' }])
  })

  test('that the schemas do not know is left out, and the rest is shown', () => {
    const journal = open()
    run(journal, 'r', [{ kind: 'finished', state: 'succeeded', milliseconds: 1 }])
    run(journal, 's')
    const raw = new Database(file)
    raw.exec(
      `UPDATE runs SET trigger = '{"by":"somebody"}' WHERE run_id = 's'; UPDATE events SET body = '{"kind":"new"}'`,
    )
    raw.close()
    expect(journal.list({ limit: 10 }).runs.map(({ runId }) => runId)).toEqual(['r'])
    expect(journal.events(1, 0, 10)).toEqual([])
  })

  test('is a page at a time, by pipeline, state and words, in the order of asking though the clock is set back', () => {
    const journal = open()
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-01') })
    onTestFinished(() => void vi.useRealTimers())
    for (const id of ['a', 'b', 'c']) run(journal, id)
    vi.setSystemTime(new Date('2020-01-01'))
    for (const id of ['d', 'e']) add(journal, id, { path: 'other_100%.pipeline.yaml' })
    const first = journal.list({ limit: 2 })
    expect(first).toMatchObject({
      runs: [
        { runId: 'e', position: 2 },
        { runId: 'd', position: 1 },
      ],
      next: 4,
    })
    expect(journal.list({ limit: 2, before: first.next }).runs.map(({ runId }) => runId)).toEqual(['c', 'b'])
    expect(journal.list({ limit: 9, before: 2 })).toMatchObject({ runs: [{ runId: 'a' }] })
    expect(journal.list({ limit: 9, states: ['succeeded'] }).runs).toHaveLength(3)
    expect(journal.list({ limit: 9, contains: '100%' }).runs).toHaveLength(2)
    expect(journal.list({ limit: 9, contains: '10%%' }).runs).toHaveLength(0)
    expect(journal.list({ limit: 9, path: 'a.pipeline.yaml' }).runs).toHaveLength(3)
  })
})

test('the same key gives the run that it gave first', () => {
  const journal = open()
  expect(add(journal, 'a', { key: 'k' })).toEqual({ runId: 'a', isNew: true })
  expect(add(journal, 'b', { key: 'k' })).toEqual({ runId: 'a', isNew: false })
  expect(journal.list({ limit: 9 }).runs).toHaveLength(1)
})

test('what waits keeps its order, which can be changed', async () => {
  const journal = open()
  for (const id of ['a', 'b', 'c']) add(journal, id)
  add(journal, 'first', { priority: true })
  const order = () => journal.queue().map(({ runId }) => runId)
  expect(order()).toEqual(['first', 'a', 'b', 'c'])
  expect(journal.move('c', 'a')).toBe(true)
  expect(journal.move('first', undefined)).toBe(true)
  expect(order()).toEqual(['c', 'a', 'b', 'first'])
  expect(journal.move('c', 'nobody')).toBe(false)
  journal.begin('a')
  expect(journal.move('a', 'c')).toBe(false)
  await journal.close()
  const next = open()
  expect(next.interruptOpen(interrupted().info)).toEqual(['a'])
  expect(next.queue().map(({ runId }) => runId)).toEqual(['c', 'b', 'first'])
  expect(next.run('a')).toMatchObject({ state: 'interrupted', resumable: true })
  expect(next.requeue('a')).toBe(true)
  expect(next.begin('a').attempt).toBe(2)
})

test('records of earlier versions are taken over once, and removed', async () => {
  const folder = join(root, '.logidata/runs')
  await mkdir(folder, { recursive: true })
  const record = (runId: string, state: string) =>
    writeFile(
      join(folder, `${runId}.json`),
      JSON.stringify({
        runId,
        path: 'a.pipeline.yaml',
        startedAt: '2024-01-01T00:00:00Z',
        state,
        milliseconds: 4,
        events: [{ kind: 'finished', state: 'succeeded', milliseconds: 4 }],
      }),
    )
  await record('20240101T000000Z-00000001', 'succeeded')
  await record('20240101T000001Z-00000002', 'running')
  await writeFile(join(folder, 'broken.json'), '{')
  const journal = open()
  await importRecords(root, journal)
  expect(journal.list({ limit: 9 }).runs).toMatchObject([
    { number: 2, state: 'interrupted', resumable: false },
    { number: 1, state: 'succeeded', milliseconds: 4, startedAt: '2024-01-01T00:00:00Z' },
  ])
  expect(existsSync(folder)).toBe(false)
  await importRecords(root, journal)
  expect(journal.list({ limit: 9 }).runs).toHaveLength(2)
})

test('among 10,000 runs the newest page is found, and one that is filtered', async () => {
  const { journal } = Journal.open(root)
  const raw = Reflect.get(journal, 'db') as Database.Database
  run(journal, 'first', [
    { kind: 'started', runId: 'x', at: '', nodes: ['a', 'b', 'c'] },
    { kind: 'finished', state: 'succeeded', milliseconds: 5 },
  ])
  raw.exec(`
    WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
    INSERT INTO runs (run_id, path, name, state, queued_at, attempt, trigger, document_hash, request)
      SELECT 'r' || i, 'p' || (i % 20) || '.pipeline.yaml', name, 'succeeded', queued_at, 1, trigger, document_hash, request FROM n, runs WHERE number = 1;
    INSERT INTO events (run, seq, attempt, at, "offset", kind, body)
      SELECT r.number, e.seq, 1, e.at, 0, e.kind, e.body FROM runs r, events e WHERE r.number > 1 AND e.run = 1;
    INSERT INTO nodes (run, attempt, node_id, place, state) SELECT r.number, 1, n.node_id, 0, 'done' FROM runs r, nodes n WHERE r.number > 1 AND n.run = 1`)
  await journal.close()
  const again = open()
  expect(again.list({ limit: 50 }).runs).toHaveLength(50)
  const page = again.list({ limit: 50, path: 'p7.pipeline.yaml', contains: 'sales' })
  expect(page.runs).toHaveLength(50)
})
