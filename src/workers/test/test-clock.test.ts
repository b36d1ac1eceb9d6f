import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Expectation, Given } from '../../shared/tests/test-file.ts'
import { withFrozenClock } from '../frozen-clock.ts'
import { runPipeline } from '../run/run-pipeline.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'

let temporary: TemporaryProject
beforeAll(async () => {
  temporary = await temporaryProject()
})
afterAll(() => temporary.close())

interface Asked {
  readonly nodes: Record<string, TestNode>
  readonly given?: Record<string, Given>
  readonly expect: Record<string, Expectation>
  readonly now?: string
  readonly actualRows: number
}

const run = ({ nodes, given = {}, now, actualRows, expect: expected }: Asked) =>
  temporary.project.test(
    { ...pipeline(nodes), parameters: {}, given, expect: expected, now, limit: 20, actualRows },
    never,
  )

describe('the frozen clock', () => {
  const clocks =
    "now() AS a, current_date AS b, today() AS c, current_timestamp AS d, current_time AS e, localtime AS f, localtimestamp AS g, age(TIMESTAMP '2024-01-30') AS h, transaction_timestamp() AS i, NOW() AS j, age(current_timestamp, TIMESTAMPTZ '2024-06-29 00:00:00+00') AS k"
  const sqlNode = { sql: { type: 'transform.sql', inputs: {}, config: { sql: `SELECT ${clocks}` } } }
  const asked = async (now?: string) => {
    const result = await run({
      nodes: sqlNode,
      expect: { sql: { count: '1' } },
      actualRows: 1,
      ...(now ? { now } : {}),
    })
    return result.expectations[0]?.actual?.rows[0]
  }

  it('shows one moment to every function that asks for the time, and goes on afterwards', async () => {
    expect(await asked('2024-06-30T14:15:16.123456+02:00')).toEqual([
      '2024-06-30 12:15:16.123456+00',
      '2024-06-30',
      '2024-06-30',
      '2024-06-30 12:15:16.123456+00',
      '12:15:16.123456+00',
      '12:15:16.123456',
      '2024-06-30 12:15:16.123456',
      '5 months',
      '2024-06-30 12:15:16.123456+00',
      '2024-06-30 12:15:16.123456+00',
      '1 day 12:15:16.123456',
    ])
    expect((await asked('2030-01-01'))?.[0]).toBe('2030-01-01 00:00:00+00')
    expect(String((await asked())?.[0]).slice(0, 4)).toBe(String(new Date().getUTCFullYear()))
  })

  it('stops in a run, in every query of it', async () => {
    const dated = {
      type: 'transform.formula',
      inputs: { in: 'orders' },
      config: { formulas: [{ name: 'day', expression: 'current_date' }] },
    }
    const orders = { type: 'extract.inline', config: { columns: [{ name: 'id', type: 'BIGINT' }], rows: [['1']] } }
    const out = { type: 'load.csv', inputs: { in: 'dated' }, config: { path: 'out/dated.csv' } }
    const request = { ...pipeline({ orders, dated, out }), runId: 'r', rowCounts: 'exact' } as const
    await withFrozenClock('2024-02-29', () => runPipeline(temporary.project, request, () => {}, never))
    expect(readFileSync(join(temporary.root, 'out/dated.csv'), 'utf8')).toBe('id,day\n1,2024-02-29\n')
  })

  it('reaches modules that use the clock, and scripts', async () => {
    const born: Given = { columns: [{ name: 'day', type: 'DATE' }], rows: [['2024-06-29']] }
    const steps = {
      days: { type: 'extract.csv', config: { path: 'x.csv' } },
      since: {
        type: 'transform.date_difference',
        inputs: { in: 'days' },
        config: { from: 'day', unit: 'day', name: 'age' },
      },
      coded: {
        type: 'transform.script',
        inputs: { in: 'days' },
        config: {
          code: 'return { t: Date.now(), d: new Date(), same: new Date(0).getTime(), is: new Date() instanceof Date }',
          columns: [
            { name: 't', type: 'BIGINT' },
            { name: 'd', type: 'VARCHAR' },
            { name: 'same', type: 'BIGINT' },
            { name: 'is', type: 'BOOLEAN' },
          ],
        },
      },
    }
    const result = await run({
      nodes: steps,
      given: { days: born },
      now: '2024-06-30T12:00:00Z',
      expect: { since: { count: '1' }, coded: { count: '1' } },
      actualRows: 5,
    })
    expect(result.expectations.map(({ actual, error }) => error ?? actual?.rows)).toEqual([
      [['2024-06-29', '1']],
      [['2024-06-29', '1719748800000', '2024-06-30T12:00:00.000Z', '0', 'true']],
    ])
  })
})
