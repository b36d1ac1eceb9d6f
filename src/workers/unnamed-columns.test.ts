import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { never, pipeline, type TemporaryProject, type TestNode, temporaryProject } from './testing/temporary-project.ts'
import { fold, unfold } from './unnamed-columns.ts'

const columns = ['id', 'a b', 'Delay', 'tail', 'say "x"'].map((name) => ({ name, type: 'INTEGER' }))

describe('folding', () => {
  test('keeps what the config names, in any case, and what JSON writes otherwise', () => {
    const folded = fold(columns, '{"condition":"DELAY > 1"}')
    expect(folded?.columns.map((column) => column.name)).toEqual(['ld$run0', 'Delay', 'ld$run1', 'say "x"'])
    expect(folded && unfold(folded.columns, folded)).toEqual(columns)
  })

  test.each(['hash(*)', '(SELECT * FROM t)', 'COLUMNS(c -> true)', 't.*', 'ld$run0'])('is not done for %s', (text) => {
    expect(fold(columns, text)).toBeUndefined()
  })

  test('is done where the star counts or multiplies', () => {
    expect(fold(columns, 'count(*) > id * 2')).toBeDefined()
  })

  test('is not done where names differ in case alone', () => {
    expect(fold([...columns, { name: 'ID', type: 'DATE' }], 'tail')).toBeUndefined()
  })
})

describe('a column that nodes below do not name', () => {
  let own: TemporaryProject
  beforeAll(async () => {
    own = await temporaryProject()
    await own.parquet('data/n.parquet', 'SELECT 1 AS id, 2 AS kind')
  })
  afterAll(() => own.close())
  const nodes = (name: string, expression: string): Record<string, TestNode> => ({
    n: { type: 'extract.parquet', config: { path: 'data/n.parquet' } },
    made: { type: 'transform.formula', inputs: { in: 'n' }, config: { formulas: [{ name, expression }] } },
    f: { type: 'transform.filter', inputs: { in: 'made' }, config: { condition: 'kind > 1' } },
    g: {
      type: 'transform.formula',
      inputs: { in: 'f' },
      config: { formulas: [{ name: 'kind', expression: "kind || ''" }] },
    },
    uses: { type: 'transform.filter', inputs: { in: 'g' }, config: { condition: 'first > 1' } },
  })
  const analyse = async (name: string, expression: string) =>
    (await own.project.analyse(pipeline(nodes(name, expression)), never)).nodes

  test('comes out of them with its new name and type, and is missed where it was named', async () => {
    const before = await analyse('first', 'id * 2')
    expect(before.uses?.problems).toEqual([])
    const after = await analyse('second', "'x' || id")
    expect(after.g?.ports.out).toEqual([
      { name: 'id', type: 'INTEGER' },
      { name: 'kind', type: 'VARCHAR' },
      { name: 'second', type: 'VARCHAR' },
    ])
    expect(after.uses?.problems[0]).toMatchObject({ code: 'column.not-found', nodeId: 'uses' })
    expect(after.uses?.problems[0]?.hint).toContain('“second”')
    expect(after.uses?.problems[0]?.hint).not.toContain('ld$')
    const retyped = await analyse('first', "'x' || id")
    expect(retyped.uses?.ports).toEqual({})
  })
})
