import { readdirSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { runNodes } from './run/testing.ts'
import { never, pipeline, type TemporaryProject, type TestNode, temporaryProject } from './testing/temporary-project.ts'

const ROWS = 1_000_000
let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
})
afterAll(() => own.close())
beforeEach(async () => {
  rmSync(join(own.root, '.logidata/staging/runs'), { recursive: true, force: true })
  await own.parquet('data/large.parquet', `SELECT i AS id, i % 7 AS day FROM range(${ROWS}) t(i)`)
  // Fingerprints know files by their time.
  const at = new Date(Date.now() - 1000 * ++moment)
  utimesSync(join(own.root, 'data/large.parquet'), at, at)
})
let moment = 0

const nodes: Record<string, TestNode> = {
  large: { type: 'extract.parquet', config: { path: 'data/large.parquet' } },
  days: {
    type: 'transform.aggregate',
    inputs: { in: 'large' },
    config: { group_by: ['day'], measures: [{ name: 'n', function: 'count' }] },
  },
  sorted: {
    type: 'transform.sort',
    inputs: { in: 'large' },
    config: { keys: [{ column: 'id', direction: 'desc' }] },
  },
  out: { type: 'load.csv', inputs: { in: 'days' }, config: { path: 'out/days.csv' } },
}
const preview = (nodeId: string, limit = 3, of = nodes) =>
  own.project.preview({ ...pipeline(of), nodeId, limit, offset: 0 }, never)
const total = (rows: readonly (readonly (string | null)[])[]) => rows.reduce((sum, row) => sum + Number(row[1]), 0)
const runTo = async (...to: string[]) => {
  const { finished } = await runNodes(own, nodes, { to })
  expect(finished).toMatchObject({ state: 'succeeded' })
}
const staged = () => {
  const folder = join(own.root, '.logidata/staging/runs')
  return readdirSync(folder).flatMap((hash) =>
    readdirSync(join(folder, hash)).flatMap((name) => (name.endsWith('.parquet') ? [join(folder, hash, name)] : [])),
  )
}

test('a step up to which a run has gone is seen in whole, and exact; before that, over a sample', async () => {
  expect(await preview('days', 10)).toMatchObject({ exactness: 'sampled' })
  await runTo('days', 'sorted')
  const days = await preview('days', 10)
  expect(days).toMatchObject({ exactness: 'exact', totalRows: 7, more: false })
  expect(total(days.rows)).toBe(ROWS)
  const sorted = await preview('sorted')
  expect(sorted).toMatchObject({
    exactness: 'exact',
    totalRows: ROWS,
    more: true,
    rows: [
      ['999999', '0'],
      ['999998', '6'],
      ['999997', '5'],
    ],
  })
  expect(await preview('days', 10)).toMatchObject({ exactness: 'exact', cached: true })
  // What a load reads is what it would write.
  expect(await preview('out', 10)).toMatchObject({ exactness: 'exact', totalRows: 7 })
})

test('another pipeline, other data or a damaged file: what was kept is not shown', async () => {
  await runTo('days')
  const other = {
    ...nodes,
    days: { ...nodes.days, config: { group_by: ['day'], measures: [{ name: 'm', function: 'count' }] } },
  } as typeof nodes
  expect(await preview('days', 10, other)).toMatchObject({ exactness: 'sampled' })
  const [file = ''] = staged()
  truncateSync(file, statSync(file).size - 1)
  expect(await preview('days', 10)).toMatchObject({ exactness: 'sampled' })
  writeFileSync(file, 'not Parquet')
  expect(await preview('days', 10)).toMatchObject({ exactness: 'sampled' })
  await runTo('days')
  expect(await preview('days', 10)).toMatchObject({ exactness: 'exact' })
  await own.parquet('data/large.parquet', `SELECT i AS id, i % 7 AS day FROM range(${ROWS + 1}) t(i)`)
  own.project.analyser.forgetFiles()
  expect(await preview('days', 10)).toMatchObject({ exactness: 'sampled' })
})
