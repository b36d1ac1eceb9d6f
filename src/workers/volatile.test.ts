import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunEvent } from '../shared/engine/types.ts'
import { runPipeline } from './run/run-pipeline.ts'
import { never, pipeline, type TemporaryProject, type TestNode, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  await own.parquet('data/rows.parquet', 'SELECT i AS id FROM range(2000) t(i)')
})
afterAll(() => own.close())

const rows: TestNode = { type: 'extract.parquet', config: { path: 'data/rows.parquet' } }
const csv = (from: string, name: string): TestNode => ({
  type: 'load.csv',
  inputs: { in: from },
  config: { path: `out/${name}.csv` },
})
const lines = (name: string) =>
  readFileSync(join(own.root, `out/${name}.csv`), 'utf8')
    .trim()
    .split('\n')
    .slice(1)

async function run(nodes: Record<string, TestNode>): Promise<void> {
  const events: RunEvent[] = []
  const request = { ...pipeline(nodes), runId: 'r', only: undefined, rowCounts: 'none' } as const
  await runPipeline(own.project, request, (event) => events.push(event), never)
  expect(events.at(-1)).toMatchObject({ state: 'succeeded' })
}

test('a random value that two files hold is the same in both, and each row is in one of them', async () => {
  await run({
    rows,
    dice: {
      type: 'transform.formula',
      inputs: { in: 'rows' },
      config: { formulas: [{ name: 'x', expression: 'random()' }] },
    },
    split: { type: 'transform.filter', inputs: { in: 'dice' }, config: { condition: 'x < 0.5' } },
    a: csv('split.match', 'a'),
    b: csv('split.rest', 'b'),
    all: csv('dice', 'all'),
  })
  expect([...lines('a'), ...lines('b')].sort()).toEqual(lines('all').sort())
})

test('within one query too', async () => {
  await run({
    rows,
    ids: { type: 'transform.row_id', inputs: { in: 'rows' }, config: { kind: 'uuid', uuid: 'random', name: 'key' } },
    joined: {
      type: 'transform.join',
      inputs: { left: 'ids', right: 'ids' },
      config: { kind: 'inner', keys: [{ left: 'key', right: 'key' }] },
    },
    out: csv('joined', 'joined'),
  })
  expect(lines('joined')).toHaveLength(2000)
})
