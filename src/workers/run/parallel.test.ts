import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import type { PipelineNode } from '../../shared/pipeline/document.ts'
import { never, type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'
import { Budget } from './budget.ts'
import { runNodes } from './testing.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject({ memoryBytes: 300e6, threads: 2 })
  await own.parquet('data/rows.parquet', 'SELECT i AS id, hash(i) AS x FROM range(400000) t(i)')
})
afterAll(() => own.close())

const rows: PipelineNode = { type: 'extract.parquet', config: { path: 'data/rows.parquet' } }
const load = (from: string, name: string): PipelineNode => ({
  type: 'load.csv',
  inputs: { in: from },
  config: { path: `out/${name}.csv` },
})
const sort = (from: string): PipelineNode => ({
  type: 'transform.sort',
  inputs: { in: from },
  config: { keys: [{ column: 'x' }] },
})

/** The most stages that ran at once. */
function atOnce(events: readonly RunEvent[]): number {
  let running = 0
  let most = 0
  for (const event of events) {
    if (event.kind !== 'stage') continue
    running += event.state === 'running' ? 1 : -1
    most = Math.max(most, running)
  }
  return most
}

describe('stages that do not need each other', () => {
  test('run at once, four at most, and give the same as one after the other', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    const nodes = { rows, ...Object.fromEntries(names.map((name) => [name, load('rows', name)])) }
    const { events, finished } = await runNodes(own, nodes)
    expect(finished?.state).toBe('succeeded')
    expect(atOnce(events)).toBe(4)
    const [first, ...others] = names.map((name) => readFileSync(join(own.root, `out/${name}.csv`), 'utf8'))
    for (const other of others) expect(other === first).toBe(true)
    const fractions = events.flatMap((event) => (event.kind === 'progress' ? [event.fraction] : []))
    expect(fractions).toEqual(fractions.toSorted((one, other) => one - other))
  })

  test('have the memory for themselves where they need all of their input', async () => {
    const nodes = { rows, one: sort('rows'), two: sort('rows'), a: load('one', 'a'), b: load('two', 'b') }
    const { events, finished } = await runNodes(own, nodes)
    expect(finished?.state).toBe('succeeded')
    expect(atOnce(events)).toBe(1)
  })

  test('wait for each other where one reads the file that the other writes', async () => {
    own.write('out/first.csv', 'id,x\n1,2\n')
    const columns = { id: { type: 'VARCHAR' }, x: { type: 'VARCHAR' } }
    const again: PipelineNode = { type: 'extract.csv', config: { path: 'out/first.csv', columns } }
    const nodes = { rows, again, first: load('rows', 'first'), copy: load('again', 'copy') }
    const { events, finished } = await runNodes(own, nodes)
    expect(finished?.state).toBe('succeeded')
    expect(atOnce(events)).toBe(1)
    expect(readFileSync(join(own.root, 'out/copy.csv'), 'utf8').split('\n').length).toBe(400_002)
  })

  test('go on when one hits the memory limit, which is one clear error', async () => {
    const greedy: PipelineNode = {
      type: 'transform.aggregate',
      inputs: { in: 'wide' },
      config: { measures: [{ name: 'all', function: 'list', column: 'text' }] },
    }
    const wide: PipelineNode = {
      type: 'transform.formula',
      inputs: { in: 'rows' },
      config: { formulas: [{ name: 'text', expression: 'repeat(CAST(x AS VARCHAR), 300)' }] },
    }
    const nodes = { rows, wide, greedy, bad: load('greedy', 'bad'), good: load('rows', 'good') }
    const { events, finished, nodes: states } = await runNodes(own, nodes)
    expect(finished).toMatchObject({ state: 'failed', error: { code: 'engine.out-of-memory', kind: 'operational' } })
    expect(states.good).toBe('done')
    expect(states.bad).not.toBe('done')
    expect(events.filter((event) => event.kind === 'stage' && event.state === 'failed')).toHaveLength(1)
    expect(existsSync(join(own.root, 'out/bad.csv'))).toBe(false)
  })

  test('all end when the run is cancelled', async () => {
    const controller = new AbortController()
    const nodes = { rows, one: sort('rows'), a: load('one', 'c1'), b: load('rows', 'c2'), c: load('rows', 'c3') }
    const { finished, stages } = await runNodes(own, nodes, {
      signal: controller.signal,
      onEvent: (event) => {
        if (event.kind === 'stage' && event.state === 'running') setImmediate(() => controller.abort())
      },
    })
    expect(finished?.state).toBe('cancelled')
    expect(Object.values(stages).map((states) => states.at(-1))).toEqual(['cancelled', 'cancelled', 'cancelled'])
  })
})

test('a budget lends to the first in the plan that fits, and takes nothing from who leaves', async () => {
  const budget = new Budget(4)
  const log: string[] = []
  const first = await budget.take(3, 0, never)
  const controller = new AbortController()
  const left = budget.take(2, 1, controller.signal).catch(() => log.push('left'))
  const whole = budget.take(4, 2, never).then((giveBack) => {
    log.push('whole')
    return giveBack
  })
  const small = await budget.take(1, 3, never)
  log.push('small')
  controller.abort()
  await left
  small()
  first()
  ;(await whole)()
  expect(log).toEqual(['small', 'left', 'whole'])
})
