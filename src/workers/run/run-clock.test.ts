import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { PipelineNode } from '../../shared/pipeline/document.ts'
import { withFrozenClock } from '../frozen-clock.ts'
import { type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'
import { runNodes } from './testing.ts'

let own: TemporaryProject
beforeEach(async () => {
  own = await temporaryProject()
  await own.parquet('data/days.parquet', "SELECT DATE '2020-02-29' + i::INTEGER AS day FROM range(3) t(i)")
})
afterEach(() => own.close())

const days: PipelineNode = { type: 'extract.parquet', config: { path: 'data/days.parquet' } }
const sorted = (from: string): PipelineNode => ({
  type: 'transform.sort',
  inputs: { in: from },
  config: { keys: [{ column: 'day' }] },
})
const out: PipelineNode = { type: 'load.csv', inputs: { in: 'sorted' }, config: { path: 'out/a.csv' } }
const formula = (expression: string): PipelineNode => ({
  type: 'transform.formula',
  inputs: { in: 'days' },
  config: { formulas: [{ name: 'made', expression }] },
})
const nodesOf = (asking: PipelineNode) => ({ days, asking, sorted: sorted('asking'), out })

const ASKING: Readonly<Record<string, PipelineNode>> = {
  'a name': formula('current_date'),
  'a call on a line of its own': formula('coalesce(NULL,\nnow())'),
  'a quoted call': formula('"today"()'),
  'a step that uses the day': {
    type: 'transform.date_difference',
    inputs: { in: 'days' },
    config: { from: 'day', unit: 'day', name: 'made' },
  },
  'an age': { type: 'transform.date_parts', inputs: { in: 'days' }, config: { column: 'day', parts: ['age'] } },
  'chance on a line of its own': formula('1 +\nrandom()'),
}

test.each(Object.entries(ASKING))('%s: another run computes it anew, the same run keeps it', async (_name, asking) => {
  const nodes = nodesOf(asking)
  const first = await runNodes(own, nodes, { to: ['sorted'] })
  expect(first.stages['sorted.out']).toEqual(['running', 'done'])
  const other = await runNodes(own, nodes, { from: ['out'], runId: 's' })
  expect(other.stages['sorted.out']).toEqual(['running', 'done'])
  const again = await runNodes(own, nodes, { to: ['sorted'], attempt: 2, resume: first.resume })
  expect(again.stages['sorted.out']).toEqual(['reused'])
})

test('what asks for no time is taken from another run', async () => {
  const nodes = nodesOf({
    type: 'transform.date_difference',
    inputs: { in: 'days' },
    config: { from: 'day', to_day: '2024-01-01', unit: 'day', name: 'current_day' },
  })
  await runNodes(own, nodes, { to: ['sorted'] })
  const other = await runNodes(own, nodes, { from: ['out'], runId: 's' })
  expect(other.stages['sorted.out']).toEqual(['reused'])
})

test('results of a frozen clock are those of the same moment alone', async () => {
  const nodes = nodesOf(formula('current_date'))
  const at = (now: string, request: Parameters<typeof runNodes>[2]) =>
    withFrozenClock(now, () => runNodes(own, nodes, { ...request, now }))
  await at('2024-02-29', { to: ['sorted'] })
  const same = await at('2024-02-29', { from: ['out'], runId: 's' })
  expect(same.stages['sorted.out']).toEqual(['reused'])
  const later = await at('2024-03-01', { from: ['out'], runId: 't' })
  expect(later.stages['sorted.out']).toEqual(['running', 'done'])
  expect(readFileSync(join(own.root, 'out/a.csv'), 'utf8')).toContain('2020-02-29,2024-03-01')
})
