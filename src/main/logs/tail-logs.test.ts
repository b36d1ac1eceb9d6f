import { appendFile, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { LogFilter } from '../../shared/runs/log-line.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { projectLogFiles } from './project-log.ts'
import { LogTail } from './tail-logs.ts'

const line = (msg: string, runId = 'r1', level = 'info') =>
  `${JSON.stringify({ level, time: '2026-01-01', runId, msg })}\n`
const filter: LogFilter = { runId: 'r1', level: 'info', limit: 10, follow: true }

test('what another process writes is followed, through half a line and into a new file', async () => {
  const root = await temporaryFolder()
  const files = projectLogFiles(root)
  const [newest = '', older = ''] = files
  const tail = new LogTail(files, filter)
  const messages = async (lines: Promise<{ message: string }[]>) => (await lines).map(({ message }) => message)
  expect(await tail.first()).toEqual([])
  expect(await tail.next()).toEqual([])

  await mkdir(join(newest, '..'), { recursive: true })
  await writeFile(newest, line('one') + line('of another', 'r2') + line('too small', 'r1', 'debug'))
  expect(await messages(tail.next())).toEqual(['one'])
  const whole = line('two')
  await appendFile(newest, whole.slice(0, 20))
  expect(await tail.next()).toEqual([])
  await appendFile(newest, whole.slice(20))
  expect(await messages(tail.next())).toEqual(['two'])

  await appendFile(newest, line('the last of the full one'))
  await rename(newest, older)
  await writeFile(newest, line('the first of the next'))
  expect(await messages(tail.next())).toEqual(['the last of the full one', 'the first of the next'])
  expect(await messages(new LogTail(files, filter).first())).toEqual([
    'one',
    'two',
    'the last of the full one',
    'the first of the next',
  ])
})
