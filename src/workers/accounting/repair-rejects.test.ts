import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { literal, raw, sql } from '../../modules/kit/sql.ts'
import { toErrorInfo } from '../../shared/errors.ts'
import type { Repair } from '../../shared/runs/rejects.ts'
import { runNodes } from '../run/testing.ts'
import {
  never,
  pipeline,
  type TemporaryProject,
  type TestNode,
  temporaryProject,
} from '../testing/temporary-project.ts'
import { readRejects, repairRejects } from './repair-rejects.ts'

const nodes: Record<string, TestNode> = {
  people: {
    type: 'extract.csv',
    config: { path: 'data/people.csv', columns: { age: { type: 'VARCHAR' }, big: { type: 'HUGEINT' } } },
  },
  check: {
    type: 'transform.cast',
    inputs: { in: 'people' },
    config: { casts: [{ columns: ['age'], type: 'INTEGER' }], on_error: 'reject' },
  },
  out: { type: 'load.csv', inputs: { in: 'check' }, config: { path: 'out/people.csv' } },
}
const file = '.logidata/rejects/first/check.reject.parquet'
const wide = '170141183460469231731687303715884105727'

let own: TemporaryProject
beforeAll(async () => {
  own = await temporaryProject()
  const lines = Array.from({ length: 30 }, (_, i) => `${i},${i % 5 === 0 ? 'old' : i},${wide}`)
  own.write('data/people.csv', `id,age,big\n${lines.join('\n')}\n`)
  const { finished } = await runNodes(own, nodes, { runId: 'first', keepRejects: { rows: 100 } })
  expect(finished?.error).toBeUndefined()
})
afterAll(() => own.close())

const of = (nodeId = 'check') => ({ ...pipeline(nodes), nodeId, file })
const repair = (target: string, repairs: readonly Repair[], exclude: readonly number[] = []) =>
  repairRejects(own.project, { ...of(), target, repairs, exclude }, never)
const rowsOf = async (path: string, query = '*') => {
  const select = sql`SELECT ${raw(query)} FROM read_parquet(${literal(join(own.root, path))})`
  return (await own.project.session.lease(never, (lease) => lease.query(select))).rows
}
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (thrown: unknown) => toErrorInfo(thrown),
  )

test('kept rows are read page by page, exact, with the columns that can be repaired', async () => {
  const first = await readRejects(own.project, { ...of(), limit: 4, offset: 0 }, never)
  expect(first.total).toBe(6)
  expect(first.rows.map((row) => row.slice(0, 3))).toEqual(['0', '5', '10', '15'].map((id) => [id, 'old', wide]))
  expect(first.editable).toEqual([
    { name: 'id', type: 'BIGINT' },
    { name: 'age', type: 'VARCHAR' },
    { name: 'big', type: 'HUGEINT' },
  ])
  expect(first.columns.map(({ name }) => name)).toContain('_reason')
  const second = await readRejects(own.project, { ...of(), limit: 4, offset: 4 }, never)
  expect(second.rows.map(([id]) => id)).toEqual(['20', '25'])
  // What a file gives cannot be read a second time.
  expect((await readRejects(own.project, { ...of('people'), limit: 1, offset: 0 }, never)).editable).toEqual([])
})

test('repaired rows have the types that the step reads, run through it, and are added', async () => {
  const target = '.logidata/rejects/first/second.repaired.parquet'
  const repairs = [
    { row: 0, column: 'age', value: 'wrong' },
    { row: 0, column: 'age', value: '7' },
    { row: 1, column: 'age', value: null },
    { row: 2, column: 'age', value: '12' },
    { row: 2, column: 'big', value: '-1' },
  ]
  expect(await repair(target, repairs, [3, 5])).toEqual({ rows: 4 })
  expect(await rowsOf(target)).toEqual([
    ['0', '7', wide],
    ['5', null, wide],
    ['10', '12', '-1'],
    ['20', 'old', wide],
  ])
  const { finished } = await runNodes(own, nodes, {
    runId: 'second',
    keepRejects: { rows: 100 },
    replay: { nodeId: 'check', file: target },
  })
  expect(finished?.error).toBeUndefined()
  const lines = readFileSync(join(own.root, 'out/people.csv'), 'utf8').trim().split('\n')
  expect(lines).toHaveLength(28)
  expect(lines.slice(-3)).toEqual([`0,7,${wide}`, `5,,${wide}`, '10,12,-1'])
  expect(await rowsOf('.logidata/rejects/second/check.reject.parquet', 'id')).toEqual([['20']])
})

test('a value that does not fit, or would be rounded, is refused with its row and column', async () => {
  const target = '.logidata/rejects/first/no.parquet'
  expect(await failureOf(repair(target, [{ row: 1, column: 'id', value: 'one' }]))).toMatchObject({
    code: 'rejects.unfit',
    message: 'Row 2, “id”: “one” is not a value of type BIGINT.',
  })
  expect(await failureOf(repair(target, [{ row: 4, column: 'id', value: '1.5' }]))).toMatchObject({
    message: 'Row 5, “id”: “1.5” is not a value of type BIGINT.',
  })
  expect(await failureOf(repair(target, [{ row: 4, column: '_reason', value: '' }]))).toMatchObject({
    code: 'rejects.column',
  })
  expect(await failureOf(repair(target, [], [0, 1, 2, 3, 4, 5]))).toMatchObject({ code: 'replay.nothing' })
  expect(await failureOf(rowsOf(target))).toBeDefined()
})
