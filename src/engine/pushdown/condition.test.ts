import { expect, test } from 'vitest'
import { readCondition, type SourceColumn } from './condition.ts'

const KINDS: readonly Omit<SourceColumn, 'at'>[] = [
  { name: 'id', type: 'BIGINT', kind: 'integer' },
  { name: 'total', type: 'DECIMAL(10,2)', kind: 'decimal' },
  { name: 'placed', type: 'TIMESTAMP', kind: 'timestamp' },
  { name: 'day', type: 'DATE', kind: 'date' },
  { name: 'Unit "x"', type: 'VARCHAR', kind: 'text' },
  { name: 'paid', type: 'BOOLEAN', kind: 'boolean' },
  { name: 'score', type: 'DOUBLE', kind: undefined },
  { name: 'wide', type: 'DECIMAL(38,30)', kind: 'decimal' },
]
const COLUMNS: readonly SourceColumn[] = KINDS.map((column, at) => ({ ...column, at }))
const read = (text: string) => readCondition(text, COLUMNS)

test.each([
  'id = 1',
  '-5 <= id',
  "id IN (1, 2, CAST('3' AS BIGINT))",
  'id NOT BETWEEN 1 AND 2',
  'total > 1.005',
  "day >= '2024-02-29'",
  "placed < DATE '2024-01-01'",
  "placed = TIMESTAMP '2024-01-01T10:00:00.5'",
  `"Unit ""x""" <> 'it''s'`,
  'paid',
  'NOT paid = FALSE',
  'score IS NULL OR id = 1',
  'id IS NOT NULL',
  '(ID = 1 OR (total = 2 AND NOT (id > 3)))',
])('%s', (text) => {
  const { pushed, refused } = read(text)
  const isScore = text.startsWith('score')
  expect(pushed).toHaveLength(isScore ? 0 : 1)
  expect(refused).toHaveLength(isScore ? 1 : 0)
})

test.each([
  'id / 2 = 1',
  'id + 1 > 2',
  'id = total',
  'score > 1',
  'id = 1.5',
  'id = 9223372036854775808',
  'id = 1e3',
  'wide = 1',
  `"Unit ""x""" < 'a'`,
  `"Unit ""x""" = 'é'`,
  `"Unit ""x""" LIKE 'a%'`,
  `"Unit ""x""" = 5`,
  `lower("Unit ""x""") = 'a'`,
  "day = '2024-02-30'",
  "day = '0001-01-01'",
  "day > TIMESTAMP '2024-01-01 00:00:00'",
  "placed > '2024-01-01 10:00:00+02'",
  'id = 1 IS NULL',
  'id IS DISTINCT FROM 1',
  'id IN (SELECT 1)',
  'CASE WHEN paid AND id = 1 THEN TRUE END',
  'unknown = 1',
  'paid > FALSE',
  'id = 1 OR random() > 0.5',
])('stays here, with a reason: %s', (text) => {
  const { pushed, refused } = read(text)
  expect(pushed).toEqual([])
  expect(refused).toHaveLength(1)
  expect(refused[0]?.fr).not.toBe(refused[0]?.en)
})

test('of several parts those that can be pushed are', () => {
  const { pushed, refused } = read('(id BETWEEN 1 AND 5 AND score > 2) AND paid')
  expect(pushed).toHaveLength(2)
  expect(refused.map(({ en }) => en)).toEqual([expect.stringContaining('“score”')])
})

test('columns are named as the source has them, wherever they stand now; computed ones stay', () => {
  const columns: SourceColumn[] = [
    { name: 'sum', type: 'BIGINT', kind: undefined, at: undefined },
    { name: 'key', type: 'BIGINT', kind: 'integer', at: 7 },
  ]
  const { pushed, refused } = readCondition('key > 1 AND key IS NOT NULL AND sum > 2', columns)
  expect(pushed).toMatchObject([
    { is: 'compare', column: 7 },
    { is: 'not', of: { is: 'null', column: 7 } },
  ])
  expect(refused).toMatchObject([{ en: expect.stringContaining('“sum”') }])
})
