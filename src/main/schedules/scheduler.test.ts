import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { SCHEDULES_FORMAT, type Schedule } from '../../shared/schedules/document.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import type { Outcome } from './outcomes.ts'
import {
  type Clock,
  type EndedRun,
  type Notice,
  type ScheduledRunState,
  type ScheduledRuns,
  type ScheduledStart,
  Scheduler,
} from './scheduler.ts'
import { MemoryScheduleStates, type ScheduleStates } from './state.ts'

/** A clock that stands still until a test moves it; nothing ticks by itself. */
class TestClock implements Clock {
  time: number
  constructor(iso: string) {
    this.time = Date.parse(iso)
  }
  now = () => new Date(this.time)
  set = (iso: string) => {
    this.time = Date.parse(iso)
  }
  after = () => () => {}
}

/** Runs that end when a test says so; keys are kept as the registry keeps them. */
class TestRuns implements ScheduledRuns {
  readonly started: ScheduledStart[] = []
  readonly states = new Map<string, ScheduledRunState>()
  readonly ended: EndedRun[] = []
  readonly #byKey = new Map<string, string>()
  failure: Error | undefined

  async start(request: ScheduledStart): Promise<string> {
    if (this.failure) throw this.failure
    const known = this.#byKey.get(request.key)
    if (known) return known
    this.started.push(request)
    const runId = `run-${this.started.length}`
    this.#byKey.set(request.key, runId)
    this.states.set(runId, 'running')
    return runId
  }
  async stateOf(runId: string) {
    return this.states.get(runId)
  }
  async endedAfter(path: string, mark = 0) {
    return this.ended.filter((run) => run.path === path && run.mark > mark)
  }
  async lastEnded(path: string) {
    return this.ended.findLast((run) => run.path === path)
  }
  onEnd() {
    return () => {}
  }
  end(runId: string, state: Outcome, path = 'a.pipeline.yaml') {
    this.states.set(runId, state)
    this.ended.push({ mark: this.ended.length + 1, runId, path, state })
  }
}

const open: Scheduler[] = []
afterEach(async () => {
  for (const scheduler of open.splice(0)) await scheduler.close()
})

async function setUp(
  schedule: Omit<Schedule, 'pipeline'>,
  options: { at?: string; states?: ScheduleStates; root?: string } = {},
) {
  const clock = new TestClock(options.at ?? '2026-01-05T05:00:00Z')
  const runs = new TestRuns()
  const notices: Notice[] = []
  const states = options.states ?? new MemoryScheduleStates()
  const root = options.root ?? (await temporaryFolder())
  const start = async (change: Partial<Schedule> = {}) => {
    const scheduler = new Scheduler({
      root,
      runs,
      states,
      clock,
      notify: (notice) => notices.push(notice),
      log: () => {},
    })
    open.push(scheduler)
    const one = { pipeline: 'a.pipeline.yaml', notify: ['ops'], ...schedule, ...change }
    const refused = await scheduler.update({ format: SCHEDULES_FORMAT, schedules: { one } })
    return { scheduler, refused }
  }
  const { scheduler, refused } = await start()
  const go = async (iso: string) => {
    clock.set(iso)
    await scheduler.tick()
  }
  return { clock, runs, notices, states, scheduler, refused, root, go, restart: start, state: () => states.read('one') }
}

const daily = { trigger: { cron: '0 6 * * *', time_zone: 'UTC' } }

test('runs when it is due, once, with its parameters', async () => {
  const { runs, go } = await setUp({ ...daily, parameters: { day: '${scheduled_date}' } })
  await go('2026-01-05T05:59:59Z')
  expect(runs.started).toEqual([])
  await go('2026-01-05T06:00:00.1Z')
  await go('2026-01-05T06:00:30Z')
  expect(runs.started).toEqual([
    {
      path: 'a.pipeline.yaml',
      parameters: { day: '2026-01-05' },
      schedule: 'one',
      key: 'schedule/one/2026-01-05T06:00:00.000Z',
      detail: '0 6 * * *',
    },
  ])
})

test.each([
  ['once', 1],
  ['skip', 0],
  ['all', 3],
] as const)('of three missed times, “%s” runs %d', async (missed, count) => {
  const { runs, clock, restart, scheduler, state } = await setUp({ ...daily, missed })
  await scheduler.close()
  clock.set('2026-01-07T12:00:00Z')
  const again = await restart()
  await again.scheduler.tick()
  await again.scheduler.tick()
  expect(runs.started.map(({ key }) => key.slice(-24, -14))).toEqual(
    ['2026-01-05', '2026-01-06', '2026-01-07'].slice(3 - count),
  )
  expect(state()?.lastSkip?.why).toBe(missed === 'all' ? undefined : 'missed')
})

test('a year without the application, and a pattern of every second, is dealt with at once', async () => {
  const { runs, go } = await setUp({
    trigger: { cron: '* * * * * *', time_zone: 'UTC' },
    missed: 'all',
    overlap: 'queue',
  })
  await go('2027-01-05T05:00:00.5Z')
  expect(runs.started.length).toBeLessThanOrEqual(101)
  expect(runs.started.at(-1)?.key).toContain('2027-01-05T05:00:00')
})

test('a clock that is set back runs nothing twice; one that was far ahead by mistake does not stop it for ever', async () => {
  const { runs, go, clock, restart, scheduler } = await setUp(daily)
  await go('2026-01-05T06:00:10Z')
  await go('2026-01-05T05:30:00Z')
  await go('2026-01-05T06:00:20Z')
  expect(runs.started).toHaveLength(1)
  runs.end('run-1', 'succeeded')
  await go('2040-01-05T06:00:10Z')
  runs.end('run-2', 'succeeded')
  await scheduler.close()
  clock.set('2026-01-05T07:00:00Z')
  const again = await restart()
  await again.scheduler.tick()
  clock.set('2026-01-06T06:00:10Z')
  await again.scheduler.tick()
  expect(runs.started.at(-1)?.key).toContain('2026-01-06')
})

test('dies between the start and its note: the same run, not a second one', async () => {
  const states = new MemoryScheduleStates()
  let broken = false
  const dying: ScheduleStates = {
    read: (name) => states.read(name),
    write: (name, state) => {
      if (broken) throw new Error('killed')
      states.write(name, state)
    },
  }
  const { runs, go, restart, clock } = await setUp(daily, { states: dying })
  broken = true
  await go('2026-01-05T06:00:01Z')
  expect(states.read('one')?.openRuns).toEqual([])
  broken = false
  clock.set('2026-01-05T06:00:05Z')
  const again = await restart()
  await again.scheduler.tick()
  expect(runs.started).toHaveLength(1)
  expect(states.read('one')?.openRuns).toEqual(['run-1'])
})

test.each([
  ['skip', 1],
  ['queue', 2],
] as const)('while the run before goes on, “%s” gives %d runs', async (overlap, count) => {
  const { runs, go, state } = await setUp({ trigger: { every: '10m' }, overlap })
  await go('2026-01-05T05:10:01Z')
  await go('2026-01-05T05:20:01Z')
  expect(runs.started).toHaveLength(count)
  expect(state()?.lastSkip?.why).toBe(overlap === 'skip' ? 'overlap' : undefined)
})

test('tells of a failure, of the recovery after it, and not of a run that somebody cancelled', async () => {
  const { runs, go, notices } = await setUp({ trigger: { every: '10m' } })
  const kinds = () => notices.map(({ kind, runId }) => `${kind} ${runId}`)
  await go('2026-01-05T05:10:01Z')
  runs.end('run-1', 'failed')
  await go('2026-01-05T05:10:30Z')
  await go('2026-01-05T05:11:00Z')
  expect(kinds()).toEqual(['failure run-1'])
  await go('2026-01-05T05:20:01Z')
  runs.end('run-2', 'cancelled')
  await go('2026-01-05T05:30:01Z')
  runs.end('run-3', 'succeeded')
  await go('2026-01-05T05:40:01Z')
  runs.end('run-4', 'interrupted')
  await go('2026-01-05T05:41:00Z')
  expect(kinds()).toEqual(['failure run-1', 'recovery run-3', 'failure run-4'])
})

test('tells once that a run is late, and of the recovery', async () => {
  const { runs, go, notices } = await setUp({ ...daily, late_after: '30m' })
  await go('2026-01-05T06:00:01Z')
  await go('2026-01-05T06:29:00Z')
  expect(notices).toEqual([])
  await go('2026-01-05T06:31:00Z')
  await go('2026-01-05T06:45:00Z')
  runs.end('run-1', 'succeeded')
  await go('2026-01-05T06:50:00Z')
  expect(notices.map(({ kind }) => kind)).toEqual(['late', 'recovery'])
  expect(notices[0]?.due).toBe('2026-01-05T06:00:00.000Z')
})

test('a pipeline that cannot be started is a failure that is told, and tried again at the next time', async () => {
  const { runs, go, notices, state } = await setUp({ trigger: { every: '10m' } })
  runs.failure = new Error('There is no file a.pipeline.yaml.')
  await go('2026-01-05T05:10:01Z')
  expect(notices.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
    'failure: There is no file a.pipeline.yaml.',
  ])
  expect(state()?.lastSkip?.why).toBe('error')
  runs.failure = undefined
  await go('2026-01-05T05:20:01Z')
  expect(runs.started).toHaveLength(1)
})

test('another trigger under the same name begins anew; what cannot be read is refused, the others run', async () => {
  const { runs, clock, restart, scheduler } = await setUp(daily)
  await scheduler.close()
  clock.set('2026-01-06T12:00:00Z')
  const again = await restart({ trigger: { cron: '0 7 * * *', time_zone: 'UTC' } })
  await again.scheduler.tick()
  expect(runs.started).toEqual([])
  const broken = await restart({ trigger: { cron: 'never' } })
  expect([...broken.refused.keys()]).toEqual(['one'])
})

test('runs after another pipeline succeeded, once for each of its runs, also those that ended while nobody looked', async () => {
  const { runs, go, scheduler, restart } = await setUp({ trigger: { after: 'source.pipeline.yaml' }, overlap: 'queue' })
  await go('2026-01-05T05:01:00Z')
  runs.end('s1', 'succeeded', 'source.pipeline.yaml')
  runs.end('s2', 'failed', 'source.pipeline.yaml')
  await go('2026-01-05T05:02:00Z')
  await go('2026-01-05T05:03:00Z')
  expect(runs.started.map(({ key }) => key)).toEqual(['schedule/one/s1 1'])
  await scheduler.close()
  runs.end('s3', 'succeeded', 'source.pipeline.yaml')
  const again = await restart()
  await again.scheduler.tick()
  expect(runs.started.map(({ key }) => key)).toEqual(['schedule/one/s1 1', 'schedule/one/s3 3'])
})

test('files: those that were there before start nothing; one that grows is waited for; a changed one counts again', async () => {
  const root = await temporaryFolder()
  await mkdir(join(root, 'inbox'))
  await writeFile(join(root, 'inbox/old.csv'), 'a\n1\n')
  const { runs, go, restart, scheduler } = await setUp(
    { trigger: { files: 'inbox/*.csv', settle: '5s' }, parameters: { path: '${file}' }, overlap: 'queue' },
    { root },
  )
  const paths = () => runs.started.map(({ parameters }) => parameters.path)
  await go('2026-01-05T05:00:10Z')
  expect(paths()).toEqual([])
  await writeFile(join(root, 'inbox/new.csv'), 'a\n')
  await writeFile(join(root, 'inbox/other.txt'), 'a\n')
  await go('2026-01-05T05:00:20Z')
  await writeFile(join(root, 'inbox/new.csv'), 'a\n1\n2\n')
  await go('2026-01-05T05:00:26Z')
  expect(paths()).toEqual([])
  await go('2026-01-05T05:00:32Z')
  await go('2026-01-05T05:00:40Z')
  expect(paths()).toEqual(['inbox/new.csv'])
  // While the application is closed, another one arrives and the first one changes.
  await scheduler.close()
  await writeFile(join(root, 'inbox/later.csv'), 'a\n')
  await utimes(join(root, 'inbox/new.csv'), 1, 1)
  const again = await restart()
  await again.scheduler.tick()
  await go('2026-01-05T05:10:00Z')
  await again.scheduler.tick()
  expect(paths()).toEqual(['inbox/new.csv', 'inbox/later.csv', 'inbox/new.csv'])
  await rm(join(root, 'inbox'), { recursive: true })
  await again.scheduler.tick()
})

test('files in a batch start one run; those that find a run going are taken when it has ended', async () => {
  const { runs, go, root } = await setUp({ trigger: { files: 'inbox/**/*.csv', settle: '1s', per: 'batch' } })
  await mkdir(join(root, 'inbox/deep'), { recursive: true })
  for (const name of ['a.csv', 'b.csv', 'deep/c.csv']) await writeFile(join(root, 'inbox', name), 'x\n')
  await go('2026-01-05T05:00:10Z')
  await go('2026-01-05T05:00:12Z')
  expect(runs.started).toHaveLength(1)
  await writeFile(join(root, 'inbox/d.csv'), 'x\n')
  await go('2026-01-05T05:00:13Z')
  await go('2026-01-05T05:00:15Z')
  expect(runs.started).toHaveLength(1)
  runs.end('run-1', 'succeeded')
  await go('2026-01-05T05:00:16Z')
  expect(runs.started).toHaveLength(2)
})
