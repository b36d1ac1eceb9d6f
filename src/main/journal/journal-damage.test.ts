import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { copyFile, cp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
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

test('a copy is taken daily, and while the journal is used', async () => {
  const { journal } = Journal.open(root)
  run(journal, 'r')
  await journal.close()
  const [copy = ''] = new Backups(root).list()
  await copyFile(copy, file)
  expect(open().list({ limit: 5 }).runs).toMatchObject([{ runId: 'r' }])
  expect(new Backups(root).due).toBe(false)
})
