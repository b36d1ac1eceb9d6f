import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fuse, selectOf } from '../engine/fuse.ts'
import { raw } from '../modules/kit/sql.ts'
import type { JsonValue } from '../shared/pipeline/document.ts'
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
  own = await temporaryProject({ threads: 2 })
  await own.parquet(
    'data/rows.parquet',
    `SELECT i AS a, CASE WHEN i % 7 <> 0 THEN i % 5 END AS b, 't' || (i % 3) AS "c d", i / 4.0 AS x FROM range(60) t(i)`,
  )
})
afterAll(() => own.close())

const rows: TestNode = { type: 'extract.parquet', config: { path: 'data/rows.parquet' } }
type Step = readonly [type: string, config: Record<string, JsonValue>, port?: string | undefined]
const formula = (...formulas: (readonly [name: string, expression: string])[]): Step => [
  'transform.formula',
  { formulas: formulas.map(([name, expression]) => ({ name, expression })) },
]
const filter = (condition: string, port?: string): Step => ['transform.filter', { condition }, port]
const select = (config: Record<string, JsonValue>): Step => ['transform.select', config]

function chain(steps: readonly Step[]): { nodes: Record<string, TestNode>; last: string } {
  const nodes: Record<string, TestNode> = { n0: rows }
  let last = 'n0'
  steps.forEach(([type, config, port], index) => {
    const id = `n${index + 1}`
    nodes[id] = { type, inputs: { in: last }, config }
    last = port ? `${id}.${port}` : id
  })
  return { nodes, last }
}

async function analysed(steps: readonly Step[]) {
  const { nodes, last } = chain(steps)
  const typed = await own.project.analyser.pipeline(pipeline(nodes), never)
  const [nodeId = '', port = typed.nodes.get(nodeId)?.outputs[0] ?? ''] = last.split('.')
  const columns = typed.columns.get(`${nodeId}.${port}`)
  return columns && { typed, ref: { nodeId, port }, columns }
}

/** The query as it runs, the same with a name for every part, and the rows of both; undefined for a chain that is not valid. */
async function both(steps: readonly Step[]) {
  const found = await analysed(steps)
  if (!found) return undefined
  const { typed, ref, columns } = found
  const query = fuse(typed, [ref])
  const plain = selectOf(typed, query.parts, ref)
  const run = async (text: string) => {
    try {
      const found = await own.project.session.lease(never, (lease) => lease.query(raw(text)))
      return { columns: found.columns, rows: found.rows.map((row) => JSON.stringify(row)).sort() }
    } catch {
      // Which of several mistakes is met first is open.
      return { fails: true }
    }
  }
  return { query, columns, merged: await run(query.select.text), plain: await run(plain.text) }
}

async function expectSame(steps: readonly Step[]) {
  const found = await both(steps)
  if (!found) throw new Error('the chain is not valid')
  expect(found.merged).toEqual(found.plain)
  return found.query.select.text
}

const selects = (text: string): number => text.match(/\bSELECT\b/g)?.length ?? 0

describe('neighbouring steps', () => {
  test('that choose rows and columns are one SELECT', async () => {
    const text = await expectSame([
      filter('a > 3'),
      formula(['y', 'a * 2'], ['z', 'b + 1']),
      filter('b IS NOT NULL'),
      filter(`"c d" <> 't1'`, 'rest'),
      select({ columns: [{ column: 'z', name: 'Z' }, { column: 'y' }], others: 'drop' }),
    ])
    expect(selects(text)).toBe(2)
    expect(text).not.toContain('WITH')
    expect(text).not.toContain('parse_filename')
  })

  test.each<[string, Step[], number]>([
    ['names a column that the one above made', [formula(['y', 'a * 2']), filter('y > 20')], 3],
    ['names a column that the one above changed', [formula(['a', 'a % 4']), filter('a > 2')], 3],
    ['names it in other letters', [formula(['y', 'a * 2']), filter('"Y" > 20')], 3],
    ['filters behind a window', [formula(['n', 'row_number() OVER (ORDER BY a)']), filter('b = 1')], 3],
    ['filters behind a subquery', [formula(['m', '(SELECT max(u) FROM range(3) t(u))']), filter('b = 1')], 4],
    ['filters behind what is random', [formula(['m', 'CAST(random() AS INTEGER) * 0']), filter('b = 1')], 3],
    [
      'uses a new name as its own parameter',
      [formula(['l', 'list_transform([1], q -> q + 1)']), formula(['q', 'a'])],
      3,
    ],
    ['has a field of that name', [formula(['s', "{'q': a}.q"]), formula(['q', 'b'])], 3],
    [
      'takes a column of the source away',
      [select({ columns: [{ column: 'a' }], others: 'drop' }), formula(['b', '7'])],
      2,
    ],
    [
      'names a column that came back',
      [select({ columns: [{ column: 'a' }], others: 'drop' }), formula(['b', '7']), filter('b = 7')],
      3,
    ],
    [
      'swaps two names',
      [
        select({
          columns: [
            { column: 'a', name: 'b' },
            { column: 'b', name: 'a' },
          ],
        }),
        filter('a > 1'),
      ],
      3,
    ],
    ['windows what is filtered', [filter('b = 1'), formula(['n', 'row_number() OVER (ORDER BY a)'])], 2],
  ])('are apart where the second %s', async (_, steps, count) => {
    expect(selects(await expectSame(steps))).toBe(count)
  })

  test('give the rows of the steps one by one', async () => {
    const name = fc.constantFrom('a', 'b', 'c d', 'x', 'y', 'z', 'q', 'A', 'select', 'é')
    const quoted = name.map((text) => `"${text}"`)
    const value = fc.oneof(
      quoted,
      fc.constantFrom(
        '1',
        'NULL',
        'a',
        'b',
        'x',
        'y',
        'count(*) OVER ()',
        "{'q': a}.q",
        'list_sum(list_transform([1, 2], q -> q * 2))',
      ),
      fc.constantFrom(
        'CAST("c d" AS INTEGER)',
        "CASE WHEN a > 50 THEN error('late') ELSE a END",
        '(SELECT max(u) FROM range(3) t(u))',
      ),
      fc
        .tuple(quoted, quoted)
        .map(([one, other]) => `coalesce(TRY_CAST(${one} AS DOUBLE), 0) + coalesce(TRY_CAST(${other} AS DOUBLE), 1)`),
      fc.constantFrom('row_number() OVER (PARTITION BY b ORDER BY a)', 'sum(b) OVER ()'),
    )
    const test_ = fc
      .tuple(value, fc.constantFrom('> 2', '< 30', 'IS NOT NULL', "<> 't1'"))
      .map(
        ([left, right]) =>
          `TRY_CAST(${left} AS VARCHAR) IS NULL OR TRY_CAST(${left} AS VARCHAR) ${right.replace(/(\d+)$/, "'$1'")}`,
      )
    const column = fc
      .record({ column: name, name: fc.option(name, { nil: undefined }) })
      .map((each) => JSON.parse(JSON.stringify(each)) as JsonValue)
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.array(fc.tuple(name, value), { minLength: 1, maxLength: 3 }).map((list) => formula(...list)),
      },
      {
        weight: 4,
        arbitrary: fc.tuple(test_, fc.constantFrom('match', 'rest')).map(([text, port]) => filter(text, port)),
      },
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.uniqueArray(column, { maxLength: 4 }), fc.constantFrom('keep', 'drop'))
          .map(([columns, others]) => select({ columns, others })),
      },
      { weight: 1, arbitrary: fc.constant<Step>(['transform.sort', { keys: [{ column: 'a' }] }]) },
      { weight: 1, arbitrary: fc.constant<Step>(['transform.sql', { sql: 'SELECT *, 1 AS w FROM "in"' }]) },
    )
    let compared = 0
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 7 }), async (steps) => {
        // What does not fit onto the steps before it is left out.
        let valid: Step[] = []
        for (const next of steps) if (await analysed([...valid, next])) valid = [...valid, next]
        const found = await both(valid)
        if (!found || valid.length < 2) return
        compared++
        // DuckDB may compute a value for rows that a later filter drops, or not: then it does not fail.
        if (!('fails' in found.plain)) expect(found.merged).toEqual(found.plain)
        if ('columns' in found.merged) expect(found.merged.columns).toEqual(found.columns)
      }),
      { numRuns: Number(process.env.RUNS ?? 60) },
    )
    expect(compared).toBeGreaterThan(20)
  })

  test('keep the order of rows', async () => {
    const { nodes, last } = chain([
      ['transform.sort', { keys: [{ column: 'a', direction: 'desc' }] }],
      filter('b > 1'),
      formula(['y', '-a']),
      ['transform.limit', { rows: 5 }],
      filter('y < -40'),
      select({ columns: [{ column: 'y' }], others: 'drop' }),
    ])
    const found = await own.project.preview({ ...pipeline(nodes), nodeId: last, limit: 100, offset: 0 }, never)
    expect(found.rows).toEqual([['-59'], ['-58'], ['-57'], ['-54'], ['-53']])
  })

  test('compute what is random once for each row', async () => {
    const found = await both([
      formula(['r', 'random()']),
      formula(['twice', 'r + r']),
      filter('r < 0.5'),
      formula(['same', 'r + r = twice AND r < 0.5']),
      select({ columns: [{ column: 'same' }], others: 'drop' }),
    ])
    expect(found?.merged).toMatchObject({ rows: expect.arrayContaining(['["true"]']) })
    expect(new Set(found?.merged.rows)).toEqual(new Set(['["true"]']))
  })

  test('fail for rows that a later filter drops, where a step says so itself', async () => {
    const found = await both([formula(['y', `CASE WHEN a = 5 THEN error('five') ELSE a END`]), filter('a <> 5')])
    const other = await both([filter('a <> 5'), formula(['y', `CASE WHEN a = 5 THEN error('five') ELSE a END`])])
    expect(found?.merged).toEqual(found?.plain)
    expect(other?.merged.rows).toHaveLength(59)
    expect(other?.merged).toEqual(other?.plain)
  })

  test('fail at the node and the place that is wrong', async () => {
    const { nodes, last } = chain([
      formula(['y', 'a + 1']),
      filter('a > 2'),
      formula(['bad', `CAST("c d" AS INTEGER)`]),
      filter('b IS NOT NULL'),
    ])
    const failing = own.project.preview({ ...pipeline(nodes), nodeId: last, limit: 100, offset: 0 }, never)
    expect(await errorOf(failing)).toMatchObject({
      nodeId: 'n3',
      field: ['formulas', 0, 'expression'],
      range: { start: 0, end: 4 },
    })
  })
})
