import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { RunEvent } from '../../shared/engine/types.ts'
import { readPipeline } from '../../shared/pipeline/read-pipeline.ts'
import { writePipeline } from '../../shared/pipeline/write-pipeline.ts'
import { runPipeline } from '../run/run-pipeline.ts'
import { never, type TemporaryProject, temporaryProject } from '../testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  await own.parquet(
    'data/orders.parquet',
    "SELECT i AS id, CASE WHEN i % 10 > 0 THEN 'C' || i % 4 END AS country, (i - 5)::DECIMAL(9,2) AS total FROM range(100) t(i)",
  )
})
afterAll(() => own.close())
beforeEach(() => rmSync(join(own.root, 'out'), { recursive: true, force: true }))

const textOf = (checks: string, ofSums = '') => `format: logidata/v1
name: Checked
parameters:
  least: { type: decimal, default: -5 }
nodes:
  orders:
    type: extract.parquet
    config: { path: data/orders.parquet }
${checks}  sums:
    type: transform.aggregate
    inputs: { in: orders }
    config:
      group_by: [country]
      measures: [{ name: total, function: sum, column: total }]
${ofSums}  out:
    type: load.csv
    inputs: { in: sums }
    config: { path: out/sums.csv }
  all:
    type: load.csv
    inputs: { in: orders }
    config: { path: out/all.csv }
`
const documentOf = (text: string) => {
  const { document, problems } = readPipeline(text)
  expect(problems).toEqual([])
  if (!document) throw new Error('no document')
  return document
}
async function run(checks: string, ofSums = '', more: { readonly to?: readonly string[] } = {}) {
  const events: RunEvent[] = []
  const document = documentOf(textOf(checks, ofSums))
  const request = { document, parameters: {}, env: {}, runId: 'r', rowCounts: 'exact', ...more } as const
  await runPipeline(own.project, request as never, (event) => events.push(event), never)
  const finished = events.at(-1)
  return {
    events,
    checks: events.filter((event) => event.kind === 'check'),
    finished: finished?.kind === 'finished' ? finished : undefined,
    written: ['sums', 'all'].filter((name) => existsSync(join(own.root, `out/${name}.csv`))),
  }
}

describe('checks in the file', () => {
  const text = textOf(`    checks:
      - { check: not_null, columns: [id] }
      - { name: Few, check: rows, severity: warn, min: 1, max: 1000 }
`)
  it('are read and written the same, and take numbers as text', () => {
    const document = documentOf(text)
    expect(document.nodes.orders?.checks).toEqual([
      { check: 'not_null', columns: ['id'] },
      { name: 'Few', severity: 'warn', check: 'rows', min: '1', max: '1000' },
    ])
    expect(writePipeline(document)).toBe(text)
  })

  it('are refused with their place', () => {
    const wrong = readPipeline(textOf('    checks: [{ check: nothing }]\n')).problems
    expect(wrong[0]).toMatchObject({ nodeId: 'orders', field: ['checks', 0, 'check'], position: { line: 9 } })
  })

  it('are bound while the pipeline is edited', async () => {
    const document = documentOf(
      textOf(`    checks:
      - { check: not_null, columns: [idd] }
      - { check: expression, expression: totl > 0 }
      - { check: expression, expression: total > $least }
      - { check: rows }
      - { port: rest, check: rows, min: 1 }
      - { check: table, expression: sum(total) > 0 }
`),
    )
    const { nodes } = await own.project.analyse({ document, parameters: {}, env: {} }, never)
    expect(nodes.orders?.problems.map(({ code, field }) => [code, field?.[1]]).sort()).toEqual([
      ['column.not-found', 0],
      ['column.not-found', 1],
      ['config.missing', 3],
      ['port.unknown-output', 4],
    ])
  })
})

describe('checks in a run', () => {
  it('are looked at once each, in one query, and let the loads write', async () => {
    const { checks, finished, written } = await run(
      `    checks:
      - { check: unique, columns: [id] }
      - { check: range, columns: [total], min: -5 }
      - { check: expression, expression: total >= $least }
      - { check: table, expression: count(DISTINCT country) = 4 }
      - { check: rows, min: 100, max: 100 }
      - { severity: warn, check: not_null, columns: [country], name: Known country }
`,
    )
    expect(finished?.state).toBe('succeeded')
    expect(written).toEqual(['sums', 'all'])
    expect(checks.map(({ check, state }) => [check, state])).toEqual([
      ['unique id', 'passed'],
      ['range total ≥ -5', 'passed'],
      ['total >= $least', 'passed'],
      ['count(DISTINCT country) = 4', 'passed'],
      ['rows 100 to 100', 'passed'],
      ['Known country', 'failed'],
    ])
    expect(checks[0]).toMatchObject({ nodeId: 'orders', port: 'out', severity: 'fail', rows: '100', failing: '0' })
    expect(checks[5]).toMatchObject({
      severity: 'warn',
      failing: '10',
      rows: '100',
      message: '10 of 100 rows break it; “country” is missing.',
    })
  })

  it('stop every load below before it writes anything', async () => {
    const { finished, written, events } = await run('    checks: [{ check: range, columns: [total], min: 0 }]\n')
    expect(finished).toMatchObject({
      state: 'failed',
      error: { code: 'check.failed', nodeId: 'orders', message: expect.stringContaining('5 of 100 rows break it') },
    })
    expect(written).toEqual([])
    expect(events.filter(({ kind }) => kind === 'check')).toHaveLength(1)
  })

  it('leave loads alone that do not stand below', async () => {
    const { written, checks } = await run('', '    checks: [{ check: rows, max: 2 }]\n')
    expect(checks).toMatchObject([{ nodeId: 'sums', state: 'failed', rows: '5', message: 'there are 5 rows.' }])
    expect(written).toEqual(['all'])
  })

  it('stop loads also where looking itself fails', async () => {
    const { written, checks } = await run(
      '    checks: [{ check: expression, expression: CAST(country AS INTEGER) > 0 }]\n',
    )
    expect(checks).toMatchObject([{ state: 'error', message: expect.any(String) }])
    expect(written).toEqual([])
  })

  it('are looked at where a run goes up to a step, and no load stands below', async () => {
    const holds = '    checks: [{ check: not_null, columns: [id] }]\n'
    const warns = '    checks: [{ check: rows, severity: warn, max: 1 }]\n'
    const up = await run(holds, warns, { to: ['sums'] })
    expect(up.checks.map(({ nodeId, state }) => `${nodeId} ${state}`)).toEqual(['orders passed', 'sums failed'])
    expect(up.finished?.state).toBe('succeeded')
    const broken = await run('    checks: [{ check: not_null, columns: [country] }]\n', '', { to: ['sums'] })
    expect(broken.finished).toMatchObject({ state: 'failed', error: { code: 'check.failed', nodeId: 'orders' } })
    expect(broken.written).toEqual([])
  })
})
