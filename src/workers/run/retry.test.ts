import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operationalError, userError } from '../../shared/errors.ts'
import type { PipelineDocument, PipelineNode } from '../../shared/pipeline/document.ts'
import type { RunSettings } from '../../shared/pipeline/run-settings.ts'
import { type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'
import { type RunClock, realClock } from './clock.ts'
import { waitBeforeRetry } from './retry.ts'
import { runNodes } from './testing.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
})
afterAll(() => own.close())

const csv = (path: string): PipelineNode => ({ type: 'load.csv', inputs: { in: 'source' }, config: { path } })
const source = (path: string, run?: RunSettings): PipelineNode => ({
  type: 'extract.csv',
  config: { path },
  ...(run ? { run } : {}),
})

/** Time does not pass: what would be waited for is noted, and something may happen meanwhile. */
function clockThat(onSleep: (times: number) => void = () => {}): RunClock & { readonly slept: number[] } {
  const slept: number[] = []
  return {
    ...realClock,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      slept.push(milliseconds)
      onSleep(slept.length)
    },
    slept,
  }
}

describe('a stage that fails', () => {
  test('is tried again when the world may have changed, and reads it as it is then', async () => {
    const clock = clockThat((times) => {
      if (times === 2) own.write('data/late.csv', 'a\n1\n')
    })
    const nodes = { source: source('data/late.csv', { retries: 5, wait: '2s', factor: 3 }), out: csv('out/late.csv') }
    const { finished, stages, events } = await runNodes(own, nodes, { clock })
    expect(finished?.state).toBe('succeeded')
    expect(stages.out).toEqual(['retrying', 'retrying', 'running', 'done'])
    expect(clock.slept).toEqual([1000, 3000])
    expect(events.find((event) => event.kind === 'stage' && event.state === 'retrying')).toMatchObject({
      attempt: 1,
      retryInMilliseconds: 1000,
      error: { code: 'file.not-found', nodeId: 'source' },
    })
    expect(readFileSync(join(own.root, 'out/late.csv'), 'utf8')).toBe('a\n1\n')
  })

  test('gives up after its retries, and without them at once', async () => {
    const clock = clockThat()
    const tried = await runNodes(
      own,
      { source: source('data/no.csv', { retries: 2 }), out: csv('out/no.csv') },
      { clock },
    )
    expect(tried.stages.out).toEqual(['retrying', 'retrying', 'failed'])
    expect(tried.finished?.error?.code).toBe('file.not-found')
    expect(tried.nodes).toEqual({ source: 'failed', out: 'skipped' })
    const once = await runNodes(own, { source: source('data/no.csv'), out: csv('out/no.csv') }, { clock })
    expect(once.stages.out).toEqual(['failed'])
  })

  test('is not tried again for what the pipeline or its data is', async () => {
    own.write('data/text.csv', 'a\nx\n')
    const clock = clockThat()
    const wrong = {
      source: source('data/text.csv'),
      number: {
        type: 'transform.formula',
        inputs: { in: 'source' },
        config: { formulas: [{ name: 'n', expression: 'CAST(a AS INTEGER)' }] },
        run: { retries: 5 },
      },
      out: { ...csv('out/n.csv'), inputs: { in: 'number' } },
    }
    const { finished, stages } = await runNodes(own, wrong, { clock })
    expect(finished?.error).toMatchObject({ kind: 'user', nodeId: 'number' })
    expect(stages.out).toEqual(['running', 'failed'])
    expect(clock.slept).toEqual([])
  })

  test('that is cancelled while it waits ends at once', async () => {
    const controller = new AbortController()
    const nodes = { source: source('data/no.csv', { retries: 5, wait: '1h' }), out: csv('out/no.csv') }
    const {
      finished,
      stages,
      nodes: states,
    } = await runNodes(own, nodes, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind !== 'stage' || event.state !== 'retrying') return
        setImmediate(() => {
          controller.abort()
        })
      },
    })
    expect(finished?.state).toBe('cancelled')
    expect(stages.out).toEqual(['retrying', 'cancelled'])
    expect(states).toEqual({ source: 'cancelled', out: 'cancelled' })
  })
})

describe('a node that takes too long', () => {
  const slow: PipelineNode = {
    type: 'transform.sql',
    inputs: { in: 'source' },
    config: { sql: 'SELECT count(*) AS n FROM range(40000) a, range(40000) b, "in" WHERE (a.range * b.range) % 7 = 1' },
    run: { timeout: '100ms' },
  }
  const nodes = (retries: number) => ({
    source: source('data/text.csv'),
    slow: { ...slow, run: { ...slow.run, retries } },
    out: { ...csv('out/slow.csv'), inputs: { in: 'slow' } },
    good: csv('out/good.csv'),
  })

  test('is stopped, and named; the others go on', async () => {
    own.write('data/text.csv', 'a\nx\n')
    const { finished, nodes: states, events } = await runNodes(own, nodes(0))
    expect(finished).toMatchObject({
      state: 'failed',
      error: { code: 'run.timeout', kind: 'operational', nodeId: 'slow', message: '“slow” took longer than 100ms.' },
    })
    expect(states).toEqual({ source: 'done', slow: 'failed', out: 'skipped', good: 'done' })
    expect(events.filter((event) => event.kind === 'stage' && event.state === 'failed')).toHaveLength(1)
  })

  test('has its time anew when it is tried again', async () => {
    const clock = clockThat()
    const { stages } = await runNodes(own, nodes(1), { clock })
    expect(stages.out).toEqual(['running', 'retrying', 'running', 'failed'])
  })
})

describe('the wait before a retry', () => {
  const asked = (
    run: RunSettings,
    error = operationalError('target.busy', 'Busy.'),
    attempt = 1,
    random = 0.999999,
  ) => {
    const document: PipelineDocument = { format: 'logidata/v1', name: 'T', nodes: { a: { type: 'load.csv', run } } }
    const request = { document, parameters: {}, env: {}, runId: 'r', rowCounts: 'none' as const }
    const clock = { ...realClock, random: () => random }
    return waitBeforeRetry({ request, clock }, 'a/inner', { ...error.info, nodeId: 'a/inner' }, attempt)
  }

  test('grows by the factor, is drawn from all of it, and never passes five minutes', () => {
    expect([1, 2, 3].map((attempt) => asked({ retries: 20, wait: '1s' }, undefined, attempt))).toEqual([
      1000, 2000, 4000,
    ])
    expect(asked({ retries: 20, wait: '1s' }, undefined, 20)).toBe(300_000)
    expect(asked({ retries: 20, wait: '1s' }, undefined, 3, 0)).toBe(0)
  })

  test('is for errors of the world alone, and of these for the ones that were named', () => {
    expect(asked({ retries: 1 }, userError('x.y', 'Z.'))).toBeUndefined()
    expect(asked({ retries: 1, retry_on: ['target.*'] })).toBe(1000)
    expect(asked({ retries: 1, retry_on: ['target.busy'] })).toBe(1000)
    expect(asked({ retries: 1, retry_on: ['file.*', 'target.bus'] })).toBeUndefined()
    expect(asked({ retries: 1 }, undefined, 2)).toBeUndefined()
    expect(asked({})).toBeUndefined()
  })
})
