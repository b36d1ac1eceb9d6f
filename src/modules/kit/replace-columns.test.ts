import { expect, it } from 'vitest'
import { sharedSession } from './harness.ts'
import { replaceColumns } from './replace-columns.ts'
import { identifier, raw, sql } from './sql.ts'

const columns = Array.from({ length: 40 }, (_, index) => ({ name: `column ${index}`, type: 'INTEGER' }))
const table = sql`(SELECT ${raw(columns.map(({ name }, index) => `${index} AS "${name}"`).join(', '))}, 99 AS helper)`

it.each([1, 15, 16, 40])('%i replaced columns keep their places, and the helpers do not leave', async (count) => {
  const session = await sharedSession()
  // Each uses the column before it, which it must see as it was.
  const replaced = columns.slice(0, Math.min(count, 39)).map(({ name }, index) => ({
    name: name.toUpperCase(),
    value: sql`${identifier(`column ${Math.max(0, index - 1)}`)} + 1000`,
  }))
  const list = replaceColumns(columns, replaced, [identifier('helper')], [identifier('column 39')])
  const { columns: got, rows } = await session.query(sql`SELECT ${list} FROM ${table}`)
  expect(got.map(({ name }) => name.toLowerCase())).toEqual(columns.slice(0, 39).map(({ name }) => name))
  const expected = columns.slice(0, 39).map((_, index) => (index < count ? Math.max(0, index - 1) + 1000 : index))
  expect(rows).toEqual([expected.map(String)])
})
