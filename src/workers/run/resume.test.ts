import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PipelineNode } from '../../shared/pipeline/document.ts'
import { type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'
import { type Ran, runNodes } from './testing.ts'

let own: TemporaryProject
beforeEach(async () => {
  own = await temporaryProject()
  await own.parquet(
    'data/orders.parquet',
    `SELECT i AS id, 'C' || (i % 4) AS country, i * 1.5 AS total FROM range(1000) t(i)`,
  )
})
afterEach(() => own.close())

const orders: PipelineNode = { type: 'extract.parquet', config: { path: 'data/orders.parquet' } }
const sorted: PipelineNode = {
  type: 'transform.sort',
  inputs: { in: 'orders' },
  config: { keys: [{ column: 'id', direction: 'desc' }] },
}
const csv = (from: string, name: string, more = {}): PipelineNode => ({
  type: 'load.csv',
  inputs: { in: from },
  config: { path: `out/${name}.csv`, ...more },
})
const formula = (from: string, expression: string): PipelineNode => ({
  type: 'transform.formula',
  inputs: { in: from },
  config: { formulas: [{ name: 'made', expression }] },
})
/** A result that two loads read, of which one fails. */
const half = (expression: string): Record<string, PipelineNode> => ({
  orders,
  sorted,
  made: formula('sorted', expression),
  good: csv('sorted', 'good', { mode: 'append' }),
  bad: csv('made', 'bad'),
})
const WRONG = "CAST(country || 'x' AS INTEGER)"
const lines = (name: string) =>
  readFileSync(join(own.root, `out/${name}.csv`), 'utf8')
    .trim()
    .split('\n')
const staged = (ran: Ran) => ran.resume.stages.flatMap(({ files }) => files)

test('a run goes on where it failed: what is staged is read, what is loaded stays loaded once', async () => {
  const first = await runNodes(own, half(WRONG))
  expect(first.finished?.state).toBe('failed')
  expect(first.stages).toEqual({
    'sorted.out': ['running', 'done'],
    good: ['running', 'done'],
    bad: ['running', 'failed'],
  })
  expect(staged(first)).toEqual([
    { path: expect.stringMatching(/^\.logidata\/staging\/runs\/\w+\/out\.parquet$/), bytes: expect.any(Number) },
  ])

  const { resume } = first
  const second = await runNodes(own, half('upper(country)'), { attempt: 2, resume })
  expect(second.finished?.state).toBe('succeeded')
  expect(second.stages).toEqual({ 'sorted.out': ['reused'], good: ['reused'], bad: ['running', 'done'] })
  expect(second.nodes).toEqual({ orders: 'done', sorted: 'done', made: 'done', good: 'done', bad: 'done' })
  expect(lines('good')).toHaveLength(1001)
  expect(lines('bad').slice(0, 2)).toEqual(['id,country,total,made', '999,C3,1498.5,C3'])
  expect(second.events.find((event) => event.kind === 'started')).toMatchObject({ attempt: 2 })
})

test('nothing is reused after a source, a step above or a staged file has changed', async () => {
  const { resume } = await runNodes(own, half(WRONG))
  const path = join(own.root, resume.stages[0]?.files[0]?.path ?? '')
  const states = async (nodes: Record<string, PipelineNode>) =>
    (await runNodes(own, nodes, { runId: 'other', attempt: 2, resume })).stages['sorted.out']
  const other = { ...half('id'), sorted: { ...sorted, config: { keys: [{ column: 'total' }] } } }
  expect(await states(other)).toEqual(['running', 'done'])
  expect(await states(half('id'))).toEqual(['reused'])

  const bytes = readFileSync(path)
  const damaged = Buffer.from(bytes)
  damaged[50] = (damaged[50] ?? 0) ^ 255
  writeFileSync(path, damaged)
  expect(await states(half('id'))).toEqual(['running', 'done'])
  writeFileSync(path, bytes.subarray(0, 100))
  expect(await states(half('id'))).toEqual(['running', 'done'])
  rmSync(path)
  expect(await states(half('id'))).toEqual(['running', 'done'])

  await own.parquet('data/orders.parquet', `SELECT 1::BIGINT AS id, 'C' AS country, 1.5 AS total`)
  expect(await states(half('id'))).toEqual(['running', 'done'])
})

test('rows that were appended before something above changed are not appended again, and the log says so', async () => {
  const { resume } = await runNodes(own, half(WRONG))
  const changed = { ...half('id'), sorted: { ...sorted, config: { keys: [{ column: 'total' }] } } }
  const { events, stages } = await runNodes(own, changed, { attempt: 2, resume })
  expect(stages.good).toEqual(['reused'])
  expect(lines('good')).toHaveLength(1001)
  expect(events.find((event) => event.kind === 'log')).toMatchObject({ level: 'warn', nodeId: 'good' })
  // Another run is another load.
  await runNodes(own, changed, { runId: 'next' })
  expect(lines('good')).toHaveLength(2001)
})

test('what Parquet would change is kept in a table, and computed again', async () => {
  const nodes = {
    ...half(WRONG),
    huge: {
      type: 'transform.sql',
      inputs: { in: 'orders' },
      config: { sql: 'SELECT id::HUGEINT AS id, country FROM "in" ORDER BY id DESC' },
    },
    sorted: { type: 'transform.sort', inputs: { in: 'huge' }, config: { keys: [{ column: 'id' }] } },
  }
  const { resume } = await runNodes(own, nodes)
  expect(resume.stages.find(({ key }) => key === 'sorted.out')?.files).toEqual([])
  const second = await runNodes(own, { ...nodes, made: formula('sorted', 'country') }, { attempt: 2, resume })
  expect(second.stages).toEqual({ 'sorted.out': ['running', 'done'], good: ['reused'], bad: ['running', 'done'] })
})

test('a run of one load stages nothing', async () => {
  await runNodes(own, { orders, sorted, out: csv('sorted', 'one') })
  expect(existsSync(join(own.root, '.logidata/staging/runs'))).toBe(false)
  expect(existsSync(join(own.root, '.logidata/commits'))).toBe(false)
})

test('up to a node: its rows are staged, and no load is run; from a node: what is above is read from there', async () => {
  const nodes = { ...half('upper(country)'), good: csv('made', 'good') }
  const upTo = await runNodes(own, nodes, { to: ['sorted'] })
  expect(upTo.finished?.state).toBe('succeeded')
  expect(upTo.stages).toEqual({ 'sorted.out': ['running', 'done'] })
  expect(upTo.nodes).toEqual({ orders: 'done', sorted: 'done' })
  expect(existsSync(join(own.root, 'out'))).toBe(false)

  const on = await runNodes(own, nodes, { from: ['made'], runId: 's' })
  expect(on.stages['sorted.out']).toEqual(['reused'])
  expect(on.finished?.state).toBe('succeeded')
  expect(lines('bad')).toHaveLength(1001)

  const anew = await runNodes(own, nodes, { from: ['sorted'], runId: 't' })
  expect(Object.values(anew.stages).flat()).not.toContain('reused')
  const only = await runNodes(own, nodes, { from: ['bad'], runId: 'u' })
  expect(Object.keys(only.nodes)).not.toContain('good')
  const both = await runNodes(own, nodes, { from: ['sorted'], to: ['made'], runId: 'v' })
  expect(Object.keys(both.stages)).toEqual(['made.out'])
  expect(statSync(join(own.root, '.logidata/staging/runs')).isDirectory()).toBe(true)
})

test('a load that replaces its target is done anew when its rows would be others', async () => {
  const nodes = { ...half(WRONG), good: csv('sorted', 'good') }
  const { resume } = await runNodes(own, nodes)
  const same = await runNodes(own, nodes, { attempt: 2, resume })
  expect(same.stages.good).toEqual(['reused'])
  const changed = { ...nodes, sorted: { ...sorted, config: { keys: [{ column: 'id' }] } } }
  const { stages } = await runNodes(own, changed, { attempt: 2, resume })
  expect(stages.good).toEqual(['running', 'done'])
  expect(lines('good')[1]).toMatch(/^0,/)
})
