import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyEdit } from '../shared/pipeline/apply-edit.ts'
import type { PipelineDocument } from '../shared/pipeline/document.ts'
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
  await own.parquet(
    'data/orders.parquet',
    `SELECT i AS id, 'FR' AS country, (i * 1.5)::DECIMAL(12,2) AS total, [i, i + 1] AS list, {'total': i} AS s FROM range(9) t(i)`,
  )
})
afterAll(() => own.close())

const orders: TestNode = { type: 'extract.parquet', config: { path: 'data/orders.parquet' } }
const step = (type: string, from: string, config: TestNode['config'] = {}): TestNode => ({
  type: `transform.${type}`,
  inputs: { in: from },
  config,
})
type Nodes = Record<string, TestNode & Pick<PipelineDocument['nodes'][string], 'checks'>>

const rename = (nodes: Nodes, nodeId: string, column: string, to: string) =>
  own.project.renameColumn({ ...pipeline(nodes), nodeId, column, to }, never)

/** Renames, and compares all rows and types of every node with those before. */
async function renamed(nodes: Nodes, nodeId: string, column: string, to: string) {
  const { document } = pipeline(nodes)
  const found = await rename(nodes, nodeId, column, to)
  const inverse: Parameters<typeof applyEdit>[1][] = []
  const after = found.edits.reduce((before: PipelineDocument, edit) => {
    const applied = applyEdit(before, edit)
    inverse.unshift(...applied.inverse)
    return applied.document
  }, document)
  expect(inverse.reduce((before, edit) => applyEdit(before, edit).document, after)).toEqual(document)
  const request = { parameters: {}, env: {}, limit: 1000, offset: 0 }
  for (const id of Object.keys(nodes)) {
    const one = await own.project.preview({ ...request, document, nodeId: id }, never)
    const two = await own.project.preview({ ...request, document: after, nodeId: id }, never)
    expect(two.rows).toEqual(one.rows)
    expect(two.columns.map(({ type }) => type)).toEqual(one.columns.map(({ type }) => type))
  }
  return { ...found, nodes: after.nodes }
}

describe('renaming a column', () => {
  test('expressions: what only looks like the name stays', async () => {
    const expression = `total /* total */ + len('total') + "total" + s.total + list_sum(list_transform(list, lambda total: total + 1)) + sum(total) OVER (ORDER BY id)`
    const { nodes, uses } = await renamed(
      {
        orders,
        first: step('select', 'orders', { columns: ['id', 'total', 's', 'list'].map((column) => ({ column })) }),
        more: step('formula', 'first', { formulas: [{ name: 'x', expression }] }),
        top: step('sort', 'more', { keys: [{ column: 'total' }] }),
        some: step('filter', 'top', { condition: 'total > 1' }),
      },
      'first',
      'total',
      'a "b" é',
    )
    const name = '"a ""b"" é"'
    expect(nodes.more?.config?.formulas).toEqual([
      {
        name: 'x',
        expression: `${name} /* total */ + len('total') + ${name} + s.total + list_sum(list_transform(list, lambda total: total + 1)) + sum(${name}) OVER (ORDER BY id)`,
      },
    ])
    expect(nodes.first?.config?.columns).toContainEqual({ column: 'total', name: 'a "b" é' })
    expect(uses.map(({ nodeId }) => nodeId)).toEqual(['first', 'more', 'top', 'some'])
  }, 60_000)

  test('a column that no step names gets a step; aggregates, checks and SQL follow', async () => {
    const sql =
      'WITH a AS (SELECT total, id FROM input), b AS (SELECT 1 AS total) SELECT a.total, (SELECT max(total) FROM b) AS m, id AS total_2 FROM a WHERE total > 2 -- total'
    const { nodes, added } = await renamed(
      {
        orders,
        sql: { type: 'transform.sql', inputs: { input: 'orders' }, config: { sql } },
        sums: {
          ...step('aggregate', 'sql', {
            group_by: ['m'],
            measures: [{ name: 'sum', function: 'sum', column: 'total' }],
          }),
        },
        kept: {
          ...step('filter', 'orders', { condition: 'total > 0' }),
          checks: [
            { check: 'not_null', columns: ['total'] },
            { check: 'expression', expression: "total > len('total') - 9" },
          ],
        },
      },
      'orders',
      'total',
      'select',
    )
    expect(added).toBe('renamed')
    expect(nodes.sql?.inputs).toEqual({ input: 'renamed' })
    expect(nodes.sql?.config?.sql).toBe(
      'WITH a AS (SELECT "select", id FROM input), b AS (SELECT 1 AS total) SELECT a."select", (SELECT max(total) FROM b) AS m, id AS total_2 FROM a WHERE "select" > 2 -- total',
    )
    expect(nodes.kept?.checks).toEqual([
      { check: 'not_null', columns: ['select'] },
      { check: 'expression', expression: `"select" > len('total') - 9` },
    ])
  }, 60_000)

  test('stops where the name ends, goes with a formula that replaces it, and through a join', async () => {
    const { nodes, columns } = await renamed(
      {
        orders,
        one: step('formula', 'orders', { formulas: [{ name: 'net', expression: 'total * 2' }] }),
        two: step('formula', 'one', {
          formulas: [
            { name: 'net', expression: 'net + 1' },
            { name: 'y', expression: 'net' },
          ],
        }),
        both: {
          type: 'transform.join',
          inputs: { left: 'two', right: 'one' },
          config: { keys: [{ left: 'net', right: 'net' }] },
        },
        end: step('select', 'two', { columns: [{ column: 'net', name: 'z' }] }),
        last: step('filter', 'end', { condition: 'z > 1' }),
      },
      'one',
      'net',
      'NET',
    )
    expect(nodes.one?.config?.formulas).toEqual([{ name: 'NET', expression: 'total * 2' }])
    expect(nodes.end?.config?.columns).toEqual([{ column: 'NET', name: 'z' }])
    expect(nodes.last?.config).toEqual({ condition: 'z > 1' })
    expect(columns['end.out']).toBeUndefined()
    expect(columns['two.out']).toEqual([{ from: 'net', to: 'NET' }])
  }, 60_000)

  test('refuses names that are taken, here or below, and names that something else would catch', async () => {
    const nodes = {
      orders,
      one: step('select', 'orders', { columns: [{ column: 'id' }, { column: 'total' }, { column: 'list' }] }),
      two: step('formula', 'one', {
        formulas: [{ name: 'x', expression: 'list_transform(list, lambda v: v + id)' }],
      }),
    }
    expect(await errorOf(rename(nodes, 'one', 'total', 'ID'))).toMatchObject({ code: 'rename.taken' })
    expect(await errorOf(rename(nodes, 'one', 'id', 'v'))).toMatchObject({ code: 'rename.caught', nodeId: 'two' })
    expect(await errorOf(rename(nodes, 'one', 'total', 'x'))).toMatchObject({ nodeId: 'two' })
    expect(await errorOf(rename(nodes, 'one', 'none', 'x'))).toMatchObject({ code: 'rename.no-column' })
  }, 60_000)

  test('names of columns in rows are listed to be looked at', async () => {
    const found = await rename(
      { orders, long: step('unpivot', 'orders', { columns: ['total'], keep: 'listed', kept: ['id'] }) },
      'orders',
      'total',
      'net',
    )
    expect(found.lookAt.map(({ nodeId }) => nodeId)).toContain('long')
  }, 60_000)
})
