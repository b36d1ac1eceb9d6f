import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { DesktopNotice, ScheduleBoard } from '../shared/rpc/app/schedules.ts'
import { SCHEDULES_FORMAT, type Schedules } from '../shared/schedules/document.ts'
import { failure, finished, started } from './testing/app-fixtures.ts'
import { TestApp } from './testing/test-app.ts'

const own = TestApp.forEachTest()
const pipeline = 'pipelines/sales.pipeline.yaml'
const every: Schedules = {
  format: SCHEDULES_FORMAT,
  schedules: { often: { pipeline, trigger: { every: '1s' }, notify: ['me'] } },
  channels: { me: { desktop: true } },
}

async function board(): Promise<ScheduleBoard> {
  for await (const item of own.app.stream('schedules.watch', {})) return item
  throw new Error('no board')
}
const runs = async () => (await own.app.call('run.list', {})).runs

describe('schedules', () => {
  test('a project starts nothing by being opened; once a person says so, its schedules run', async () => {
    own.behaviour = async function* (_, runId) {
      yield started(runId)
      yield finished
    }
    const { revision } = await own.app.call('schedules.save', { document: every })
    expect(await board()).toMatchObject({ active: false, revision, rows: [{ name: 'often', going: false }] })
    await new Promise((resolve) => setTimeout(resolve, 1200))
    expect(await runs()).toEqual([])
    await own.app.call('schedules.activate', { active: true })
    await vi.waitFor(async () => expect((await runs()).length).toBeGreaterThan(0), 5000)
    expect((await runs()).at(-1)).toMatchObject({
      path: pipeline,
      trigger: { by: 'schedule', name: 'often', detail: '1s' },
    })
    // The permission is the computer's, and stays.
    own.app = await own.start()
    expect((await board()).active).toBe(true)
  })

  test('a failure reaches the window, and the history of what was told', async () => {
    own.behaviour = async function* (_, runId) {
      yield started(runId)
      yield { kind: 'finished', state: 'failed', milliseconds: 1 }
    }
    await own.app.call('schedules.save', { document: every })
    const shown: DesktopNotice[] = []
    const watching = (async () => {
      for await (const notice of own.app.stream('notifications.watch', {})) {
        shown.push(notice)
        return
      }
    })()
    await own.app.call('schedules.activate', { active: true })
    await watching
    expect(shown[0]).toMatchObject({ kind: 'failure', pipeline, subject: '[LogiData] Sales: all failed' })
    const told = await board()
    expect(told.deliveries[0]).toMatchObject({ channel: 'me', way: 'desktop', kind: 'failure', state: 'sent' })
    expect(told.rows[0]).toMatchObject({ failing: true, lastOutcome: 'failed' })
  })

  test('the file keeps its comments, refuses to be saved over when it changed, and is followed', async () => {
    const path = join(own.root, 'schedules.yaml')
    const first = await own.app.call('schedules.save', { document: every })
    await writeFile(path, `# Ask finance first.\n${await readFile(path, 'utf8')}`)
    const stale = own.app.call('schedules.save', { revision: first.revision, document: every })
    expect((await failure(stale)).code).toBe('schedules.conflict')
    await vi.waitFor(async () => expect((await board()).revision).not.toBe(first.revision), 5000)
    const { revision } = await board()
    const changed: Schedules = {
      ...every,
      schedules: { ...every.schedules, daily: { pipeline, trigger: { cron: '0 6 * * *' } } },
    }
    await own.app.call('schedules.save', { ...(revision === undefined ? {} : { revision }), document: changed })
    expect(await readFile(path, 'utf8')).toMatch(/^# Ask finance first\.\n/)
    await writeFile(
      path,
      'format: logidata-schedules/v1\nschedules:\n  a: { pipeline: a.pipeline.yaml, trigger: { cron: often } }\n  b: { pipeline: 1 }\n',
    )
    await vi.waitFor(async () => expect((await board()).rows.map(({ name }) => name)).toEqual(['a']), 5000)
    const broken = await board()
    expect(broken.rows[0]?.error?.code).toBe('schedule.cron')
    expect(broken.problems.length).toBeGreaterThan(0)
    const incomplete = own.app.call('schedules.save', { revision: broken.revision ?? '', document: every })
    expect((await failure(incomplete)).code).toBe('schedules.incomplete')
  })

  test('run now, next times, and what is not there', async () => {
    own.behaviour = async function* (_, runId) {
      yield started(runId)
      yield finished
    }
    await own.app.call('schedules.save', { document: every })
    const { runId } = await own.app.call('schedules.runNow', { name: 'often' })
    expect((await own.app.call('run.read', { runId })).run.trigger).toMatchObject({ by: 'schedule', name: 'often' })
    expect((await failure(own.app.call('schedules.runNow', { name: 'toString' }))).code).toBe('schedule.unknown')
    expect((await failure(own.app.call('notifications.test', { name: 'nobody' }))).code).toBe('schedules.channel')
    const { times } = await own.app.call('schedules.times', {
      trigger: { cron: '0 6 * * *', time_zone: 'UTC' },
      count: 2,
    })
    expect(times.map((time) => time.slice(11))).toEqual(['06:00:00.000Z', '06:00:00.000Z'])
    const wrong = await own.app.call('schedules.times', { trigger: { cron: '61 * * * *' } })
    expect(wrong.error?.code).toBe('schedule.cron')
  })
})
