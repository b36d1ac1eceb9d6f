import { appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { type LogLine, logFilterSchema } from '../../shared/runs/log-line.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { ProjectLog, type ProjectLogOptions, projectLogPath } from './project-log.ts'
import { hideParameters, secretsOf } from './secrets.ts'

let root: string
beforeEach(async () => {
  root = await temporaryFolder()
})

async function open(options?: ProjectLogOptions): Promise<ProjectLog> {
  const log = await ProjectLog.open(root, options)
  onTestFinished(() => log.close())
  return log
}

async function lines(log: ProjectLog, filter: Record<string, unknown> = {}): Promise<string[]> {
  const found: string[] = []
  const signal = new AbortController().signal
  for await (const batch of log.read(logFilterSchema.parse({ follow: false, ...filter }), signal))
    found.push(...batch.map(({ message }) => message))
  return found
}

test('a line is a JSON object with level, time, run and node', async () => {
  const log = await open()
  log.write({ level: 'warn', message: 'late', source: 'run', runId: 'r', nodeId: 'n', attempt: 2 })
  const text = await readFile(projectLogPath(root), 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  expect(JSON.parse(text)).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    source: 'run',
    runId: 'r',
    nodeId: 'n',
    attempt: 2,
    msg: 'late',
  })
})

test('it is searched by run, node, level and words; the newest lines that match', async () => {
  const log = await open()
  log.write({ level: 'debug', message: 'a detail', runId: 'r' })
  log.write({ level: 'info', message: 'Été begins', runId: 'r', nodeId: 'n' })
  log.write({ level: 'error', message: 'failed', runId: 's' })
  expect(await lines(log)).toEqual(['Été begins', 'failed'])
  expect(await lines(log, { level: 'debug', runId: 'r' })).toEqual(['a detail', 'Été begins'])
  expect(await lines(log, { level: 'error' })).toEqual(['failed'])
  expect(await lines(log, { contains: 'été' })).toEqual(['Été begins'])
  expect(await lines(log, { nodeId: 'n' })).toEqual(['Été begins'])
  expect(await lines(log, { limit: 1 })).toEqual(['failed'])
})

test('who follows gets what was there, then every line that comes, none twice', async () => {
  const log = await open()
  for (let count = 0; count < 50; count++) log.write({ level: 'info', message: `old ${count}` })
  const controller = new AbortController()
  const seen: LogLine[] = []
  let batches = 0
  for await (const batch of log.read(logFilterSchema.parse({}), controller.signal)) {
    seen.push(...batch)
    if (++batches === 1) for (let count = 0; count < 3; count++) log.write({ level: 'info', message: `new ${count}` })
    if (seen.length >= 53) controller.abort()
  }
  expect(seen.map(({ message }) => message)).toEqual([
    ...Array.from({ length: 50 }, (_, count) => `old ${count}`),
    'new 0',
    'new 1',
    'new 2',
  ])
})

test('a full file is put aside, so many are kept, and reading goes on into them', async () => {
  const log = await open({ largestBytes: 20_000, kept: 2 })
  for (let count = 0; count < 1_000; count++) log.write({ level: 'info', message: `line ${count} ${'é'.repeat(20)}` })
  const names = (await readdir(dirname(projectLogPath(root)))).sort()
  expect(names).toEqual(['logidata.1.ndjson', 'logidata.2.ndjson', 'logidata.ndjson'])
  const found = await lines(log, { limit: 300 })
  expect(found).toEqual(Array.from({ length: 300 }, (_, count) => `line ${700 + count} ${'é'.repeat(20)}`))
})

test('of a large file no more is read than is needed', async () => {
  const path = projectLogPath(root)
  await mkdir(dirname(path), { recursive: true })
  const line = JSON.stringify({ level: 'info', time: '2024-01-01T00:00:00Z', msg: 'x'.repeat(400) })
  await writeFile(path, `${line}\n`.repeat(200_000))
  await appendFile(path, `{"level":"info","time":"2024-01-01T00:00:00Z","msg":"last"}\n{"level":"info","ti`)
  const log = await open()
  const found = await lines(log, { limit: 100 })
  expect(found).toHaveLength(100)
  expect(found.at(-1)).toBe('last')
})

test('page by page, back to the first line, through files that were put aside and lines that come meanwhile', async () => {
  const log = await open({ largestBytes: 2_000, kept: 20 })
  const write = (from: number, until: number) => {
    for (let count = from; count < until; count++)
      log.write({ level: 'info', message: `é ${count}`, runId: count % 2 ? 'odd' : 'even' })
  }
  write(0, 200)
  const pages: string[][] = []
  let before: string | undefined
  do {
    const page: LogLine[] = []
    const filter = logFilterSchema.parse({ runId: 'odd', limit: 30, follow: false, ...(before && { before }) })
    for await (const batch of log.read(filter, new AbortController().signal)) page.push(...batch)
    pages.unshift(page.map(({ message }) => message))
    expect(page.slice(1).every(({ older }) => older === undefined)).toBe(true)
    before = page[0]?.older
    write(1_000, 1_003)
  } while (before !== undefined)
  expect(pages.map(({ length }) => length)).toEqual([10, 30, 30, 30])
  expect(pages.flat()).toEqual(Array.from({ length: 100 }, (_, index) => `é ${2 * index + 1}`))
})

test('values of granted variables, and of parameters named like secrets, are not in it', async () => {
  const log = await open()
  const parameters = { db_password: 'hunter22', since: '2024-01-01', apiKey: 'abcdef' }
  expect(hideParameters(parameters)).toEqual({ db_password: '[hidden]', since: '2024-01-01', apiKey: '[hidden]' })
  log.hide('r', secretsOf({ TOKEN: 'shhh-shhh', SHORT: 'a' }, parameters))
  log.write({
    level: 'info',
    message: 'cannot open /shhh-shhh/a with hunter22 and abcdef since 2024-01-01',
    runId: 'r',
  })
  expect(await readFile(projectLogPath(root), 'utf8')).not.toMatch(/shhh|hunter22|abcdef/)
  expect(await lines(log)).toEqual(['cannot open /[hidden]/a with [hidden] and [hidden] since 2024-01-01'])
})

test('a folder that cannot be written loses the line, and nothing else', async () => {
  await writeFile(join(root, '.logidata'), 'a file where the folder must be')
  const log = await open()
  log.write({ level: 'info', message: 'x' })
  expect(await lines(log)).toEqual([])
})
