import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { Journal } from '../main/journal/journal.ts'
import { temporaryFolder } from '../main/testing/temporary-folder.ts'
import { logidata } from './testing/logidata.ts'

const ORDERS = `format: logidata/v1
name: Orders
nodes:
  orders:
    type: extract.inline
    config:
      columns: [{ name: id, type: VARCHAR }, { name: amount, type: VARCHAR }]
      rows: [["1", "10"], ["2", "x"], ["3", "7"], ["4", "y"]]
  numbers:
    type: transform.select
    inputs: { in: orders }
    config: { columns: [{ column: id }, { column: amount, type: BIGINT }], on_error: reject }
  out: { type: load.csv, inputs: { in: numbers }, config: { path: out/orders.csv, mode: append } }
`

let folder: string
let file: string
beforeEach(async () => {
  folder = await temporaryFolder()
  vi.stubEnv('LOGIDATA_HOME', join(folder, 'home'))
  await mkdir(join(folder, 'pipelines'))
  file = join(folder, 'pipelines/orders.pipeline.yaml')
  await writeFile(file, ORDERS)
})

const inProject = (...args: string[]) => logidata(...args, '--project', folder)
const run = async (): Promise<string> => JSON.parse((await inProject('run', file, '--json')).out).runId

test('rejected rows are printed, exported, mended and replayed once', async () => {
  const runId = await run()
  const shown = await inProject('runs', 'rejects', runId, 'numbers')
  expect(shown.out).toMatch(/1\s+2\s+x\s+amount/)
  expect(shown.told).toContain('2 of 2 rows shown, of attempt 1, port reject.')
  expect((await inProject('runs', 'show', runId)).out).toContain(`logidata runs rejects ${runId} numbers`)
  expect(await inProject('runs', 'rejects', runId, 'orders')).toMatchObject({
    code: 2,
    told: expect.stringContaining('These did: numbers'),
  })
  expect(await inProject('runs', 'rejects', runId, 'numbers', 'odd')).toMatchObject({ code: 2 })

  expect(await inProject('runs', 'rejects', runId, 'numbers', '--export', 'out/bad.csv')).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'out/bad.csv'), 'utf8')).toContain('4,y,amount')

  await writeFile(file, ORDERS.replace('on_error: reject', 'on_error: "null"'))
  expect(await inProject('runs', 'replay', runId, 'numbers')).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'out/orders.csv'), 'utf8')).toBe('id,amount\n1,10\n3,7\n2,\n4,\n')
  const after = await inProject('runs', 'rejects', runId, 'numbers')
  expect(after.told).toMatch(/Replayed already: 1–2 by \S+ \(succeeded\)\./)
  const { replayed } = JSON.parse((await inProject('runs', 'rejects', runId, 'numbers', '--json')).out)
  expect(replayed).toMatchObject([{ first: 0, last: 1, state: 'succeeded' }])

  expect(await inProject('runs', 'replay', runId, 'numbers')).toMatchObject({
    code: 1,
    told: expect.stringContaining('All of these rows were replayed already'),
  })
  expect(await inProject('runs', 'replay', runId, 'numbers', '--again')).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'out/orders.csv'), 'utf8')).toContain('4,\n2,\n4,\n')
})

test('a run that failed is taken up with the pipeline after it was mended; what it loaded is not loaded again', async () => {
  const broken = `${ORDERS}  doubled: { type: transform.formula, inputs: { in: numbers }, config: { formulas: [{ name: twice, expression: error('no') }] } }
  last: { type: load.csv, inputs: { in: doubled }, config: { path: out/last.csv, mode: append } }
`
  await writeFile(file, broken)
  const { runId } = JSON.parse((await inProject('run', file, '--json')).out)
  expect(await readFile(join(folder, 'out/orders.csv'), 'utf8')).toBe('id,amount\n1,10\n3,7\n')
  expect(await inProject('runs', 'resume', runId, '--as-it-was')).toMatchObject({ code: 1 })
  await writeFile(file, 'nodes: [')
  expect(await inProject('runs', 'resume', runId)).toMatchObject({
    code: 1,
    told: expect.stringContaining('is no complete pipeline now'),
  })
  await writeFile(file, broken.replace("error('no')", 'amount * 2'))
  expect(await inProject('runs', 'resume', runId)).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'out/last.csv'), 'utf8')).toBe('id,amount,twice\n1,10,20\n3,7,14\n')
  expect(await readFile(join(folder, 'out/orders.csv'), 'utf8')).toBe('id,amount\n1,10\n3,7\n')
})

test('the log of a run is printed, filtered, and followed until it has ended', async () => {
  const runId = await run()
  const all = await inProject('runs', 'logs', runId)
  expect(all.out).toMatch(/info {2}numbers: done/)
  expect((await inProject('runs', 'logs', runId, '--contains', 'NUMBERS: DONE')).out).not.toContain('orders: done')
  expect((await inProject('runs', 'logs', runId, '--level', 'error')).told).toContain('no such lines')
  const followed = await inProject('runs', 'logs', runId, '--follow')
  expect(followed).toMatchObject({ code: 0, out: all.out, told: 'Run succeeded.\n' })
  const { lines } = JSON.parse((await inProject('runs', 'logs', runId, '--json', '--limit', '2')).out)
  expect(lines).toHaveLength(2)
  expect(lines[1]).toMatchObject({ runId, level: 'info' })
  expect(await inProject('runs', 'logs', 'none')).toMatchObject({ code: 1 })
})

test('a run is compared with the one before, or with another', async () => {
  const first = await run()
  const second = await run()
  const { out } = await inProject('runs', 'compare', second)
  expect(out).toContain(`before  ${first}`)
  expect(out).toMatch(/numbers\s+\d\.\d+ s/)
  const compared = JSON.parse((await inProject('runs', 'compare', first, second, '--json')).out)
  expect(compared).toMatchObject({ run: { runId: first }, with: { runId: second } })
  expect((await inProject('runs', 'compare', first)).out).toContain('no earlier run')
})

test('cursors are listed and forgotten, and what is kept is told and cleaned', async () => {
  const runId = await run()
  const { journal } = Journal.open(folder)
  const db = Reflect.get(journal, 'db') as { exec(sql: string): void }
  const values = (node: string) =>
    `('pipelines/orders.pipeline.yaml', '${node}', '{"after":5}', '${runId}', '2026-01-01')`
  db.exec(`INSERT INTO cursors (path, node_id, state, run_id, at) VALUES ${values('orders')}, ${values('more')}`)
  await journal.close()
  expect((await inProject('cursors', 'list', file)).out).toMatch(/orders\s+\{"after":5\}/)
  expect((await inProject('cursors', 'reset', 'pipelines/orders.pipeline.yaml', 'more')).told).toContain(
    '1 node goes on',
  )
  expect(JSON.parse((await inProject('cursors', 'list', '--json')).out).cursors).toMatchObject([{ nodeId: 'orders' }])
  expect(JSON.parse((await inProject('cursors', 'reset', file, '--json')).out)).toMatchObject({ forgotten: 1 })
  expect((await inProject('cursors', 'list')).told).toContain('reads everything')

  expect((await inProject('storage')).out).toMatch(/journal\s+\d+ KB {2}1 run; the newest 1000 are kept/)
  await run()
  await writeFile(join(folder, '.logidata/settings.json'), '{"keepRuns": 1}')
  expect((await inProject('clean', '--dry-run')).out).toContain('Would be removed: 1 run of the history')
  expect(JSON.parse((await inProject('clean', '--json')).out)).toMatchObject({ dryRun: false, runs: 1 })
  expect(JSON.parse((await inProject('storage', '--json')).out)).toMatchObject({ runs: 1, settings: { keepRuns: 1 } })
})
