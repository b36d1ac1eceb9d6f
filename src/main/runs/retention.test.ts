import { existsSync } from 'node:fs'
import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { projectSettingsSchema } from '../../shared/runs/storage.ts'
import { Journal } from '../journal/journal.ts'
import { readProjectSettings, writeProjectSettings } from '../settings/project-settings.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { cleanRuns, storageStatus } from './retention.ts'

const DAY = 24 * 60 * 60 * 1000
const document = { format: 'logidata/v1' as const, name: 'x', nodes: {} }

let root: string
let journal: Journal
beforeEach(async () => {
  root = await temporaryFolder()
  journal = Journal.open(root).journal
  onTestFinished(() => journal.close())
})

/** A run that ended so many days ago, with a staged result, rejected rows and the note of a load. */
async function run(
  runId: string,
  days: number,
  state: 'succeeded' | 'failed' | 'queued',
  bytes = 1_000,
): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - days * DAY })
  journal.add({
    runId,
    path: 'a.pipeline.yaml',
    request: { document: { ...document, name: runId }, parameters: {}, env: [] },
    trigger: { by: 'studio' },
  })
  const { run: number, attempt, seq } = journal.begin(runId)
  const hash = `hash-${runId}`
  const files = [`staging/runs/${hash}/out.parquet`, `rejects/${runId}/a.rest.parquet`, `commits/${runId}.a.json`]
  const events: RunEvent[] = [
    { kind: 'stage', key: 's', state: 'done', attempt: 1, at: '', hash, files: [], rows: {} },
    { kind: 'node', nodeId: 'a', state: 'done', rejects: { rest: { rows: '3', kept: '3', file: files[1] ?? '' } } },
    { kind: 'finished', state: 'failed', milliseconds: 1 },
  ]
  const entry = { run: number, attempt, at: '', offset: 0 }
  journal.end(
    number,
    attempt,
    { state: state === 'queued' ? 'interrupted' : state },
    events.map((event, index) => ({ ...entry, seq: seq + 1 + index, event })),
  )
  if (state === 'queued') journal.requeue(runId)
  const then = new Date()
  vi.useRealTimers()
  for (const name of files) {
    const path = join(root, '.logidata', name)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, 'x'.repeat(bytes))
    await utimes(path, then, then)
    await utimes(join(path, '..'), then, then)
  }
}

const there = (runId: string) => ({
  staged: existsSync(join(root, `.logidata/staging/runs/hash-${runId}`)),
  rejects: existsSync(join(root, `.logidata/rejects/${runId}`)),
  commit: existsSync(join(root, `.logidata/commits/${runId}.a.json`)),
})
const ALL = { staged: true, rejects: true, commit: true }
const NONE = { staged: false, rejects: false, commit: false }

const clean = (settings: object = {}, busy = false) =>
  cleanRuns({ projectRoot: root, journal, settings: projectSettingsSchema.parse(settings), busy: () => busy })

test('what is old goes: events, staged results, rejected rows; what became of the run stays', async () => {
  await run('old', 40, 'succeeded')
  await run('young', 2, 'succeeded')
  expect(await clean()).toEqual({ runs: 0, bytes: 2_000, inUse: { runs: 0, bytes: 0 }, busy: false })
  expect(there('old')).toEqual(NONE)
  expect(there('young')).toEqual(ALL)
  expect(journal.events(1, 0, 9).map(({ event }) => event.kind)).toEqual(['finished'])
  expect(journal.detail('old')).toMatchObject({
    run: { state: 'succeeded', rowsRejected: '3' },
    nodes: [{ nodeId: 'a', state: 'done' }],
    rejects: [{ rows: '3', kept: '0' }],
  })
  expect(journal.events(2, 0, 9)).toHaveLength(3)
})

test('staged results beyond the size go, longest unused first; never of what waits or can be resumed', async () => {
  await run('queued', 50, 'queued')
  await run('failed', 9, 'failed')
  await run('a', 8, 'succeeded')
  await run('b', 7, 'succeeded')
  await clean({ stagingBytes: 3_500 })
  expect(['queued', 'failed', 'a', 'b'].map((id) => there(id).staged)).toEqual([true, true, false, true])
  await clean({ stagingBytes: 0 })
  expect(['queued', 'failed', 'a', 'b'].map((id) => there(id).staged)).toEqual([true, true, false, false])
  expect(there('queued')).toEqual(ALL)
  await clean({ stagingBytes: 0, keepDays: 5 })
  expect(there('failed')).toEqual(NONE)
  expect(there('queued')).toEqual(ALL)
})

test('while a run goes no staged result is touched, and what was just written never is', async () => {
  await run('old', 40, 'succeeded')
  await clean({ stagingBytes: 0 }, true)
  expect(there('old').staged).toBe(true)
  await run('now', 0, 'succeeded')
  await clean({ stagingBytes: 0, keepDays: 0 })
  expect(there('old').staged).toBe(false)
  expect(there('now')).toEqual(ALL)
})

test('of the history the newest so many runs stay, and all that wait', async () => {
  await run('waits', 3, 'queued')
  for (let count = 0; count < 120; count++) {
    journal.add({
      runId: `r${count}`,
      path: 'a.pipeline.yaml',
      request: { document: { ...document, name: `n${count}` }, parameters: {}, env: [] },
      trigger: { by: 'studio' },
    })
    const { run: number, attempt } = journal.begin(`r${count}`)
    journal.end(number, attempt, { state: 'succeeded' })
  }
  expect(await clean({ keepRuns: 10 })).toMatchObject({ runs: 110 })
  expect(journal.count()).toBe(11)
  expect(journal.queue()).toMatchObject([{ runId: 'waits' }])
  expect(journal.detail('waits')?.request.document.name).toBe('waits')
  // A number is never given again.
  expect(journal.list({ limit: 1 }).runs).toMatchObject([{ number: 121 }])
})

test('settings are kept beside the journal; what cannot be read there takes its default', async () => {
  expect(await readProjectSettings(root)).toEqual({ runsAtOnce: 1, keepRuns: 1000, keepDays: 30, stagingBytes: 5e9 })
  await writeProjectSettings(root, { keepDays: 7, runsAtOnce: undefined })
  expect(await readProjectSettings(root)).toMatchObject({ keepDays: 7, runsAtOnce: 1 })
  await writeFile(join(root, '.logidata/settings.json'), '{"keepDays": "x"')
  expect((await readProjectSettings(root)).keepDays).toBe(30)
})

test('people are told what it takes on the disk', async () => {
  await run('a', 1, 'succeeded')
  const status = await storageStatus(root, journal, projectSettingsSchema.parse({}))
  expect(status).toMatchObject({ runs: 1, bytes: { staging: 1_000, rejects: 1_000, logs: 0 } })
  expect(status.bytes.journal).toBeGreaterThan(10_000)
})

test('a dry run says what would go and what is in use, and removes nothing', async () => {
  await run('queued', 50, 'queued')
  await run('old', 40, 'succeeded')
  await run('failed', 3, 'failed')
  await run('young', 2, 'succeeded')
  const settings = projectSettingsSchema.parse({ keepRuns: 1, stagingBytes: 0 })
  const asked = { projectRoot: root, journal, settings, busy: () => false }
  const said = await cleanRuns({ ...asked, dryRun: true })
  // Of the run that waits: rows by their age, and a staged result by its size.
  expect(said).toEqual({ runs: 2, bytes: 5_000, inUse: { runs: 1, bytes: 2_000 }, busy: false })
  expect(['queued', 'old', 'failed', 'young'].map(there)).toEqual([ALL, ALL, ALL, ALL])
  expect(journal.count()).toBe(4)
  expect(await cleanRuns(asked)).toEqual(said)
  expect(['queued', 'old', 'failed', 'young'].map(there)).toEqual([ALL, NONE, NONE, { ...ALL, staged: false }])
})

test('what sources said of themselves goes with its age, the sample of one with the rest of it', async () => {
  const folder = join(root, '.logidata/staging/sources')
  await mkdir(folder, { recursive: true })
  const write = async (name: string, days: number) => {
    await writeFile(join(folder, name), 'x')
    const then = new Date(Date.now() - days * DAY)
    await utimes(join(folder, name), then, then)
  }
  await write('old.json', 60)
  await write('old.whole.json', 50)
  await write('used.json', 60)
  await write('used.sample.parquet', 1)
  const settings = projectSettingsSchema.parse({ keepDays: 30 })
  const options = { projectRoot: root, journal, settings, busy: () => true }
  expect(await cleanRuns({ ...options, dryRun: true })).toMatchObject({ bytes: 2 })
  expect(existsSync(join(folder, 'old.json'))).toBe(true)
  expect(await cleanRuns(options)).toMatchObject({ bytes: 2 })
  const left = ['old.json', 'old.whole.json', 'used.json', 'used.sample.parquet']
  expect(left.filter((name) => existsSync(join(folder, name)))).toEqual(['used.json', 'used.sample.parquet'])
})
