import { afterAll, beforeAll, expect, test } from 'vitest'
import { never, pipeline, type TemporaryProject, type TestNode, temporaryProject } from './testing/temporary-project.ts'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
})
afterAll(() => own.close())

const query = (sql: string): TestNode => ({ type: 'transform.sql', config: { sql } })
const nodes = (first: string, second = 'web'): Record<string, TestNode> => ({
  [first]: query('SELECT 1 AS a'),
  web: query('SELECT 1.5 AS a'),
  split: { type: 'transform.filter', inputs: { in: first }, config: { condition: 'a = 1' } },
  all: { type: 'transform.union', inputs: { in_1: first, in_2: second }, config: { source_column: 'source' } },
})
const rows = async (document: Record<string, TestNode>) =>
  (await own.project.preview({ ...pipeline(document), nodeId: 'all', limit: 5, offset: 0 }, never)).rows

test('a step that names the steps before it follows when they are renamed or exchanged', async () => {
  expect(await rows(nodes('shops'))).toEqual([
    ['1.0', 'shops'],
    ['1.5', 'web'],
  ])
  expect(await rows(nodes('stores'))).toEqual([
    ['1.0', 'stores'],
    ['1.5', 'web'],
  ])
  expect(await rows(nodes('stores', 'stores'))).toEqual([
    ['1', 'stores'],
    ['1', 'stores'],
  ])
})

test('ports of one step are told apart', async () => {
  const document = nodes('shops')
  const all = { ...document.all, inputs: { in_1: 'split.match', in_2: 'split.rest', in_3: 'web' } } as TestNode
  expect(await rows({ ...document, all })).toEqual([
    ['1.0', 'split.match'],
    ['1.5', 'web'],
  ])
})

test('what was widened is a warning that names the steps as they are called now', async () => {
  for (const name of ['shops', 'stores', 'shops']) {
    const { nodes: analysed } = await own.project.analyse(pipeline(nodes(name)), never)
    expect(analysed.all?.problems).toMatchObject([
      { severity: 'warning', nodeId: 'all', code: 'union.types-changed', field: ['types'] },
    ])
    expect(analysed.all?.problems[0]?.message).toContain(`INTEGER in “${name}”`)
  }
})
