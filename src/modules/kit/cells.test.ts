import { describe, expect, it } from 'vitest'
import { cellQuery } from './cells.ts'
import { sharedSession } from './harness.ts'
import { raw } from './sql.ts'

describe('a cell', () => {
  it.each([
    ["'a''b'", "a'b"],
    ['NULL', null],
    ['170141183460469231731687303715884105727::HUGEINT', '170141183460469231731687303715884105727'],
    ['9007199254740993', '9007199254740993'],
    ['12345678901234567890123456789012345678::DECIMAL(38,0)', '12345678901234567890123456789012345678'],
    ['1.10::DECIMAL(10,2)', '1.10'],
    ['0.1::DOUBLE', '0.1'],
    ["'NaN'::DOUBLE", 'nan'],
    ["TIMESTAMP '2021-01-01 00:00:00.000001'", '2021-01-01 00:00:00.000001'],
    ["TIMESTAMPTZ '2021-01-01 02:00:00+02'", '2021-01-01 00:00:00+00'],
    ["DATE '2021-01-01 (BC)'", '2021-01-01 (BC)'],
    ["'\\x00\\xFF'::BLOB", '\\x00ff'],
    ["['a\"b', NULL]", '["a\\"b",null]'],
    [
      "{'n': 9007199254740993, 'd': 1.15::DECIMAL(38,2), 't': DATE '2021-01-01'}",
      '{"n":9007199254740993,"d":1.15,"t":"2021-01-01"}',
    ],
    ["{'d': -0.12345678901234567::DECIMAL(17,17)}", '{"d":-0.12345678901234567}'],
    ['[0.5::DECIMAL(38,38)]', '[".50000000000000000000000000000000000000"]'],
    ["MAP {'k': [1]}", '{"k":[1]}'],
    ['\'{"a": 1}\'::JSON', '{"a": 1}'],
    ["'b'::ENUM('a', 'b')", 'b'],
    ['INTERVAL 1 MONTH', '1 month'],
    ['TRUE', 'true'],
    ["['NaN'::DOUBLE, 1, '-inf'::DOUBLE, 'NaN'::DOUBLE, 'NaN'::DOUBLE]", '["NaN",1.0,"-Infinity","NaN","NaN"]'],
    ["{'a': 'NaN'::DOUBLE, 'b': '[\"NaN'}", '{"a":"NaN","b":"[\\"NaN"}'],
  ])('of %s is %s', async (value, expected) => {
    const session = await sharedSession()
    const { rows } = await session.query(raw(`SELECT ${value} AS x`))
    expect(rows).toEqual([[expected]])
  })

  it('comes from columns of any name, and of one name', async () => {
    const session = await sharedSession()
    const { columns, rows } = await session.query(raw('SELECT 1 AS a, 2 AS "A", 3 AS "from ""x"""'))
    expect(columns.map((column) => column.name)).toEqual(['a', 'A', 'from "x"'])
    expect(rows).toEqual([['1', '2', '3']])
  })

  it('stays in the order of the query, page by page', async () => {
    const session = await sharedSession()
    const query = raw('SELECT i FROM range(10) t(i) ORDER BY i DESC')
    const text = cellQuery(query, [{ name: 'i', type: 'BIGINT' }], { limit: 2, offset: 3 })
    expect((await session.query(text)).rows).toEqual([['6'], ['5']])
  })
})
