import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../shared/engine/types.ts'
import type { JsonValue } from '../shared/pipeline/document.ts'
import { runPipeline } from './run/run-pipeline.ts'
import {
  errorOf,
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  await own.parquet('data/large.parquet', `SELECT i AS n, 't' || i AS tag FROM range(30000) t(i)`)
})
afterAll(() => own.close())

const table = (columns: Record<string, string>, ...rows: (string | null)[][]): TestNode => ({
  type: 'extract.inline',
  config: { columns: Object.entries(columns).map(([name, type]) => ({ name, type })), rows },
})
const script = (
  code: string,
  columns: Record<string, string>,
  more: Record<string, JsonValue> = {},
  from = 'rows',
): TestNode => ({
  type: 'transform.script',
  inputs: { in: from },
  config: { code, columns: Object.entries(columns).map(([name, type]) => ({ name, type })), ...more },
})
const csv = (from: string, name: string): TestNode => ({
  type: 'load.csv',
  inputs: { in: from },
  config: { path: `out/${name}.csv` },
})
const large: TestNode = { type: 'extract.parquet', config: { path: 'data/large.parquet' } }

const preview = (nodes: Record<string, TestNode>, nodeId = 'script', port?: string) =>
  own.project.preview({ ...pipeline(nodes), nodeId, port, limit: 50, offset: 0 }, never)
async function run(nodes: Record<string, TestNode>, signal = never): Promise<RunEvent[]> {
  const events: RunEvent[] = []
  const request = { ...pipeline(nodes), runId: `r${Math.random()}`, only: undefined, rowCounts: 'exact' } as const
  await runPipeline(own.project, request, (event) => events.push(event), signal)
  return events
}
const lastOf = (events: readonly RunEvent[], nodeId: string) =>
  events.findLast((event) => event.kind === 'node' && event.nodeId === nodeId)
const written = (name: string) => readFileSync(join(own.root, `out/${name}.csv`), 'utf8')
const staged = () =>
  readdirSync(own.project.session.staging).filter((name) => name.startsWith('process-') && name.endsWith('.parquet'))

describe('a script for each row', () => {
  test('adds its columns, in their types, to those of the input, which stay exact', async () => {
    const rows = table(
      { id: 'BIGINT', first: 'VARCHAR', last: 'VARCHAR', paid: 'BOOLEAN', d: 'DATE', x: 'DOUBLE' },
      ['1', 'Ann', 'Lee', 'true', '2024-02-29', '-0.1'],
      ['2', 'é📦', null, null, null, null],
    )
    const nodes = {
      rows,
      script: script(
        `return { initials: row.first[0] + (row.last ?? '?')[0], n: row.id * 2, at: row.d && row.d + ' 10:00' }`,
        { initials: 'VARCHAR', n: 'INTEGER', at: 'TIMESTAMP' },
      ),
    }
    const { columns, rows: found, exactness } = await preview(nodes)
    expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id BIGINT',
      'first VARCHAR',
      'last VARCHAR',
      'paid BOOLEAN',
      'd DATE',
      'x DOUBLE',
      'initials VARCHAR',
      'n INTEGER',
      'at TIMESTAMP',
    ])
    expect(found).toEqual([
      ['1', 'Ann', 'Lee', 'true', '2024-02-29', '-0.1', 'AL', '2', '2024-02-29 10:00:00'],
      ['2', 'é📦', null, null, null, null, 'é?', '4', null],
    ])
    expect(exactness).toBe('exact')
  })

  test('gives several rows, or none, and replaces a column of the same name', async () => {
    const rows = table({ n: 'INTEGER' }, ['0'], ['1'], ['2'])
    const nodes = {
      rows,
      script: script('return Array.from({ length: row.n }, (_, i) => ({ N: `${row.n}.${i}` }))', { N: 'VARCHAR' }),
    }
    const result = await preview(nodes)
    expect(result.columns).toEqual([{ name: 'N', type: 'VARCHAR' }])
    expect(result.rows).toEqual([['1.0'], ['2.0'], ['2.1']])
  })

  test('fails with the row, the line and what was thrown', async () => {
    const rows = table({ n: 'INTEGER' }, ['1'], ['2'])
    const nodes = {
      rows,
      script: script('if (row.n > 1)\n  throw new RangeError("too large")\nreturn {}', { x: 'VARCHAR' }),
    }
    expect(await errorOf(preview(nodes))).toMatchObject({
      code: 'script.failed',
      nodeId: 'script',
      field: ['code'],
      message: 'Row 2: RangeError: too large (line 2).',
    })
  })

  test('sends rows that fail or do not fit to the reject port, with the reason', async () => {
    const rows = table({ n: 'INTEGER' }, ['1'], ['2'], ['3'], ['4'])
    const code = 'if (row.n === 2) throw "two"; return { d: row.n === 3 ? 0.1 + 0.2 : row.n / 4 }'
    const nodes = { rows, script: script(code, { d: 'DECIMAL(9,2)' }, { on_error: 'reject' }) }
    expect((await preview(nodes)).rows).toEqual([
      ['1', '0.25'],
      ['4', '1.00'],
    ])
    expect((await preview(nodes, 'script', 'reject')).rows).toEqual([
      ['2', 'two'],
      ['3', '“0.30000000000000004” of “d” is not exactly a DECIMAL(9,2)'],
    ])
  })

  test('refuses a number that JavaScript would change, unless numbers come as texts', async () => {
    const rows = table({ n: 'BIGINT' }, ['9007199254740993'])
    const nodes = (numbers: string) => ({
      rows,
      script: script('return { t: typeof row.n, n: row.n }', { t: 'VARCHAR', n: 'BIGINT' }, { numbers }),
    })
    expect(await errorOf(preview(nodes('number')))).toMatchObject({
      code: 'script.failed',
      message: expect.stringContaining('9007199254740993'),
    })
    expect((await preview(nodes('text'))).rows).toEqual([['9007199254740993', 'string']])
  })

  test('has no way out of its sandbox', async () => {
    const rows = table({ n: 'INTEGER' }, ['1'])
    const code = `return { found: ['require', 'process', 'fetch', 'XMLHttpRequest', 'WebSocket', 'Deno', 'Worker', 'std', 'os', 'setTimeout'].filter((name) => name in globalThis).join() }`
    expect((await preview({ rows, script: script(code, { found: 'VARCHAR' }, { keep: false }) })).rows).toEqual([['']])
    for (const way of ['import("node:fs")', 'new Function("return process")()', '(0, eval)("require(\'fs\')")'])
      expect(
        (await errorOf(preview({ rows, script: script(`${way}.then; return { x: ${way}.x.y }`, { x: 'VARCHAR' }) })))
          .code,
      ).toBe('script.failed')
  })

  test.each([
    ['a loop that never ends', 'for (;;) {}', 'script.timeout'],
    [
      'a list that grows without end',
      'const kept = []; for (;;) kept.push("x".repeat(1000) + kept.length)',
      'script.memory',
    ],
    ['a recursion without end', 'const f = () => f() + 1; return { x: f() }', 'script.failed'],
    ['a syntax error', 'return {', 'script.syntax'],
    ['a result that is no object', 'return 5', 'script.failed'],
    [
      'a script that breaks the way back',
      'globalThis.__run = () => "{}"; JSON.stringify = () => 7; return { x: 1 }',
      undefined,
    ],
  ])('survives %s', async (_what, code, expected) => {
    const rows = table({ n: 'INTEGER' }, ['1'])
    const nodes = {
      rows,
      script: script(code, { x: 'VARCHAR' }, { seconds: expected === 'script.timeout' ? 0.5 : 20, memory_mb: 16 }),
    }
    if (expected === undefined) expect((await preview(nodes)).rows).toEqual([['1', '1']])
    else expect((await errorOf(preview(nodes))).code).toBe(expected)
  })
})

describe('a script for several rows', () => {
  test('sees them together', async () => {
    const rows = table({ n: 'INTEGER' }, ['1'], ['2'], ['3'])
    const nodes = {
      rows,
      script: script(
        'return [{ count: rows.length, sum: rows.reduce((s, r) => s + r.n, 0) }]',
        { count: 'INTEGER', sum: 'BIGINT' },
        { mode: 'batch' },
      ),
    }
    expect((await preview(nodes)).rows).toEqual([['3', '6']])
  })
})

describe('steps around a script', () => {
  test('a run computes it once over all rows, however many read it, and leaves nothing behind', async () => {
    const nodes = {
      large,
      script: script(
        'globalThis.count = (globalThis.count ?? 0) + 1; if (row.n % 3 === 0) throw "third"; return { twice: row.n * 2 }',
        { twice: 'BIGINT' },
        { on_error: 'reject' },
        'large',
      ),
      few: { type: 'transform.filter', inputs: { in: 'script' }, config: { condition: 'twice < 10' } },
      total: {
        type: 'transform.aggregate',
        inputs: { in: 'script' },
        config: {
          measures: [
            { name: 'rows', function: 'count' },
            { name: 'sum', function: 'sum', column: 'twice' },
          ],
        },
      },
      a: csv('few.match', 'few'),
      b: csv('total', 'total'),
      c: csv('script.reject', 'thirds'),
    } satisfies Record<string, TestNode>
    const before = staged()
    const events = await run(nodes)
    expect(events.at(-1)).toMatchObject({ state: 'succeeded' })
    expect(written('few').split('\n').sort().join('|')).toBe('|1,t1,2|2,t2,4|4,t4,8|n,tag,twice')
    const sum = Array.from({ length: 30_000 }, (_, n) => (n % 3 === 0 ? 0 : 2 * n)).reduce((a, b) => a + b, 0)
    expect(written('total')).toBe(`rows,sum\n20000,${sum}\n`)
    expect(lastOf(events, 'script')).toMatchObject({ state: 'done', rows: { out: '20000', reject: '10000' } })
    expect(staged()).toEqual(before)
  })

  test('a preview takes the first rows, and says so', async () => {
    const nodes = {
      large,
      script: script('return { twice: row.n * 2 }', { twice: 'BIGINT' }, {}, 'large'),
      total: {
        type: 'transform.aggregate',
        inputs: { in: 'script' },
        config: { measures: [{ name: 'rows', function: 'count' }] },
      },
    }
    expect(await preview(nodes, 'total')).toMatchObject({ exactness: 'sampled', rows: [['10000']] })
    expect(await preview(nodes)).toMatchObject({ exactness: 'sampled', more: true })
  })

  test('a mistake above it is of the node that made it', async () => {
    const nodes = {
      rows: table({ t: 'VARCHAR' }, ['x']),
      cast: {
        type: 'transform.formula',
        inputs: { in: 'rows' },
        config: { formulas: [{ name: 'n', expression: 'CAST(t AS INTEGER)' }] },
      },
      script: script('return {}', { y: 'VARCHAR' }, {}, 'cast'),
    }
    expect(await errorOf(preview(nodes))).toMatchObject({ code: 'data.invalid' })
    const events = await run({ ...nodes, out: csv('script', 'never') })
    expect(events.at(-1)).toMatchObject({ state: 'failed', error: { code: 'data.invalid' } })
  })

  test('cancelling ends it at once', async () => {
    const stop = new AbortController()
    const nodes = {
      rows: table({ n: 'INTEGER' }, ['1']),
      script: script('for (;;) {}', { x: 'VARCHAR' }, { seconds: 60 }),
      out: csv('script', 'never'),
    }
    setTimeout(() => stop.abort(), 600)
    const events = await run(nodes, stop.signal)
    expect(events.at(-1)).toMatchObject({ kind: 'finished', state: 'cancelled' })
  })

  test('its SQL names it as what code computes', async () => {
    const nodes = {
      large,
      script: script('return {}', { x: 'VARCHAR' }, {}, 'large'),
      few: { type: 'transform.limit', inputs: { in: 'script' }, config: { rows: 5 } },
    }
    const { sql } = await own.project.sql({ ...pipeline(nodes), nodeId: 'few' }, never)
    expect(sql).toContain('rows of script, computed by code')
  })
})
