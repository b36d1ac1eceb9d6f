import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { importRecords } from '../runs/import-records.ts'
import { interrupted } from '../runs/run-failures.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { Backups } from './backups.ts'
import { Journal } from './journal.ts'
import { MIGRATIONS } from './migrations.ts'
import { openJournalFile, openJournalToRead } from './open-journal.ts'
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

/** As a killed process leaves it: the files as they are while the journal is open. */
async function crashedCopy(): Promise<string> {
  const other = await temporaryFolder()
  await cp(join(root, '.logidata'), join(other, '.logidata'), { recursive: true })
  return other
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

describe('damage', () => {
  /** A journal with a backup of run `a`, and run `b` after that. */
  async function withBackup(): Promise<void> {
    const { journal } = Journal.open(root)
    for (let count = 0; count < 200; count++) run(journal, `a${count}`)
    await journal.close()
    expect(readdirSync(join(root, '.logidata/backups'))).toEqual(['journal-000001.db'])
    const again = Journal.open(root).journal
    run(again, 'b')
    await again.close()
  }
  const damages: [string, () => Promise<void>][] = [
    ['garbage', () => writeFile(file, Buffer.alloc(50_000, 0xa5))],
    ['a file cut in half', async () => truncate(file, Math.floor((await readFile(file)).length / 2 / 4096) * 4096)],
    ['a file cut in the middle of a page', () => truncate(file, 9_000)],
    ['an empty file', () => truncate(file, 0)],
    [
      'pages overwritten in the middle',
      async () => {
        const bytes = await readFile(file)
        bytes.fill(0x5a, 8192, bytes.length - 8192)
        await writeFile(file, bytes)
      },
    ],
  ]

  test.each(damages)(
    '%s: the newest copy is put back, the damaged file is kept, and people are told',
    async (_, damage) => {
      await withBackup()
      await damage()
      const { journal, warning } = Journal.open(root)
      expect(warning?.code).toBe('journal.restored')
      expect(warning?.message).toMatch(/journal\.db\.broken-\d+T\d+Z/)
      expect(journal.list({ limit: 1 }).runs).toMatchObject([{ runId: 'a199' }])
      run(journal, 'c')
      await journal.close()
      expect((await readdir(join(root, '.logidata'))).some((name) => name.startsWith('journal.db.broken-'))).toBe(true)
      expect(open().list({ limit: 1 }).runs).toMatchObject([{ runId: 'c' }])
    },
  )

  test('a damaged copy is passed over for the one before it; without any, a new journal is begun', async () => {
    await withBackup()
    const { journal } = Journal.open(root)
    await new Backups(root).makeInBackground(new Database(file, { readonly: true }))
    await journal.close()
    await writeFile(join(root, '.logidata/backups/journal-000002.db'), 'nothing')
    await writeFile(file, 'SQLite format 3\0 and then nothing of the kind')
    const restored = Journal.open(root)
    expect(restored.warning?.code).toBe('journal.restored')
    await restored.journal.close()
    await rm(join(root, '.logidata/backups'), { recursive: true })
    await writeFile(file, 'x'.repeat(4096))
    const anew = Journal.open(root)
    expect(anew.warning?.code).toBe('journal.begun-anew')
    expect(anew.journal.list({ limit: 5 }).runs).toEqual([])
    await anew.journal.close()
  })

  test('a log that is torn loses what came after the tear, and nothing before it', async () => {
    const journal = open()
    for (let count = 0; count < 50; count++) run(journal, `r${count}`)
    const size = (await readFile(`${file}-wal`)).length
    for (const cut of [size - 1, size - 5_000, Math.floor(size / 2), 31, 0]) {
      const other = await crashedCopy()
      await truncate(join(other, '.logidata/journal.db-wal'), cut)
      await rm(join(other, '.logidata/journal.db-shm'), { force: true })
      const { db, warning } = openJournalFile(other)
      expect(warning).toBeUndefined()
      const runs = new JournalReader(db).list({ limit: 100 }).runs
      // Whole runs, from the first on without a gap.
      expect(runs.map(({ number }) => number)).toEqual(runs.map((_, index) => runs.length - index))
      expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
      db.close()
    }
  })

  test('a log of garbage is ignored', async () => {
    const journal = open()
    run(journal, 'r')
    const other = await crashedCopy()
    const wal = join(other, '.logidata/journal.db-wal')
    await writeFile(wal, Buffer.alloc((await readFile(wal)).length, 0x77))
    const { db } = openJournalFile(other)
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
    db.close()
  })
})

test('a journal of a newer version is refused, and not one byte of it changes', async () => {
  const { journal } = Journal.open(root)
  run(journal, 'r')
  await journal.close()
  const raw = new Database(file)
  raw.pragma(`user_version = ${MIGRATIONS.length + 3}`)
  raw.close()
  const before = await readFile(file)
  expect(() => Journal.open(root)).toThrow(
    expect.objectContaining({ info: expect.objectContaining({ code: 'journal.newer' }) }),
  )
  expect(() => openJournalToRead(root)).toThrow(/newer LogiData Studio/)
  expect(await readFile(file)).toEqual(before)
  expect((await readdir(join(root, '.logidata'))).filter((name) => name.startsWith('journal.db'))).toEqual([
    'journal.db',
  ])
})

test('before it is brought to a new version, a copy is kept', async () => {
  const { journal } = Journal.open(root)
  run(journal, 'r')
  await journal.close()
  const next = [...MIGRATIONS, { name: 'more', up: (db: Database.Database) => db.exec('CREATE TABLE more (x) STRICT') }]
  // A step that fails leaves all as it was.
  expect(() => openJournalFile(root, next)).toThrow('missing datatype')
  const good = [
    ...MIGRATIONS,
    { name: 'more', up: (db: Database.Database) => db.exec('CREATE TABLE more (x TEXT) STRICT') },
  ]
  const { db, backups } = openJournalFile(root, good)
  expect(db.prepare('SELECT name FROM migrations ORDER BY version').pluck().all().at(-1)).toBe('more')
  db.close()
  const [copy = ''] = backups.list()
  const old = new Database(copy, { readonly: true })
  expect(old.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length)
  old.close()
})

test('three copies are kept, in an order that the clock has no part in', async () => {
  const journal = open()
  run(journal, 'r')
  const backups = new Backups(root)
  const db = new Database(file)
  onTestFinished(() => void db.close())
  for (let count = 0; count < 5; count++) await backups.makeInBackground(db)
  expect(readdirSync(join(root, '.logidata/backups')).sort()).toEqual(
    [3, 4, 5].map((number) => `journal-00000${number}.db`),
  )
})

test('a full disk is said to be one; what was written stays, and writing goes on when there is room', async () => {
  const journal = open()
  run(journal, 'r')
  const raw = Reflect.get(journal, 'db') as Database.Database
  const pages = Number(raw.pragma('page_count', { simple: true }))
  // SQLite's own way to run out of room.
  raw.pragma(`max_page_count = ${pages}`)
  const failures: unknown[] = []
  const {
    run: number,
    attempt,
    seq,
  } = (() => {
    add(journal, 's')
    return journal.begin('s')
  })()
  const event: RunEvent = { kind: 'log', at: '', level: 'info', message: 'x'.repeat(100_000) }
  journal.append({ run: number, attempt, seq: seq + 1, at: '', offset: 0, event }, (thrown) => failures.push(thrown))
  await vi.waitFor(() => expect(failures).toMatchObject([{ info: { code: 'journal.disk-full' } }]), 5_000)
  expect(() =>
    journal.end(number, attempt, { state: 'failed', error: { code: 'x', kind: 'user', message: 'y'.repeat(100_000) } }),
  ).toThrow('The disk is full')
  expect(journal.run('r')?.state).toBe('succeeded')
  raw.pragma(`max_page_count = ${pages + 1_000}`)
  journal.end(number, attempt, { state: 'failed' })
  expect(journal.run('s')?.state).toBe('failed')
})

test('a folder that cannot be written is said to be one', async () => {
  await writeFile(join(root, '.logidata'), 'a file where the folder must be')
  expect(() => Journal.open(root)).toThrow(
    expect.objectContaining({ info: expect.objectContaining({ kind: 'operational' }) }),
  )
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

test('a process that is killed at any moment has lost nothing that it knew to be safe', async () => {
  const program = fileURLToPath(new URL('../testing/write-journal.ts', import.meta.url))
  const safe = { runs: 0, events: 0 }
  for (let times = 0; times < 6; times++) {
    const child = spawn(process.execPath, [program, root], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    await once(child.stdout, 'data')
    await sleep(30 + Math.random() * 150)
    child.kill('SIGKILL')
    await once(child, 'close')
    const { journal, warning } = Journal.open(root)
    expect(warning).toBeUndefined()
    for (const line of said.split('\n').slice(0, -1)) {
      const [what, runId = '', seq] = line.split(' ')
      const summary = journal.run(runId)
      expect(summary).toBeDefined()
      if (what === 'end') expect(summary?.state).toBe('succeeded')
      if (what === 'run') safe.runs++
      if (what !== 'event' || !summary) continue
      safe.events++
      expect(journal.events(summary.number, Number(seq) - 1, 1)).toMatchObject([{ seq: Number(seq) }])
    }
    expect(journal.interruptOpen(interrupted().info).length).toBeLessThanOrEqual(1)
    await journal.close()
  }
  expect(safe.runs).toBeGreaterThan(6)
  expect(safe.events).toBeGreaterThan(100)
}, 60_000)

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

test('a copy is taken daily, and while the journal is used', async () => {
  const { journal } = Journal.open(root)
  run(journal, 'r')
  await journal.close()
  const [copy = ''] = new Backups(root).list()
  await copyFile(copy, file)
  expect(open().list({ limit: 5 }).runs).toMatchObject([{ runId: 'r' }])
  expect(new Backups(root).due).toBe(false)
})
