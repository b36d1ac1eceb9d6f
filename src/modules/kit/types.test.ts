import { expect, it } from 'vitest'
import { sharedSession } from './harness.ts'
import { raw } from './sql.ts'
import { formatType, parseType } from './types.ts'

it.each([
  ['int', 'INTEGER'],
  [' Text ', 'VARCHAR'],
  ['varchar(20)', 'VARCHAR'],
  ['decimal', 'DECIMAL(18,3)'],
  ['numeric(10)', 'DECIMAL(10,0)'],
  ['decimal( 10 , 2 )[]', 'DECIMAL(10,2)[]'],
  ['timestamptz', 'TIMESTAMP WITH TIME ZONE'],
  ['timestamp with time zone', 'TIMESTAMP WITH TIME ZONE'],
  ['double precision', 'DOUBLE'],
  ['struct(a int, "b c" map(text, date[3]))', 'STRUCT("a" INTEGER, "b c" MAP(VARCHAR, DATE[3]))'],
  ["enum('a', 'it''s')", "ENUM('a', 'it''s')"],
  ['union(i int, s text)', 'UNION("i" INTEGER, "s" VARCHAR)'],
])('reads %s as %s, which DuckDB takes', async (text, expected) => {
  const type = parseType(text)
  expect(formatType(type)).toBe(expected)
  const session = await sharedSession()
  const [column] = await session.describe(raw(`SELECT CAST(NULL AS ${formatType(type)}) AS x`))
  // What DESCRIBE says of it reads as the same type.
  expect(parseType(column?.type ?? '')).toEqual(type)
})

it.each([
  ['integr', 'There is no type “INTEGR”.', 'Did you mean “INTEGER”?'],
  ['', 'There is no type “”.', /DuckDB type/],
  ['INTEGER; DROP TABLE x', /There is no type/, /DuckDB type/],
  ["INTEGER) FROM y WHERE ('a'", /There is no type/, /./],
  ['DECIMAL(50,2)', /1 to 38/, /DECIMAL\(18,2\)/],
  ['STRUCT(a)', /There is no type/, /./],
])('refuses %s', (text, message, hint) => {
  expect(() => parseType(text)).toThrow(message)
  try {
    parseType(text)
  } catch (thrown) {
    expect(thrown).toMatchObject({ info: { code: 'type.unknown', hint: expect.stringMatching(hint) } })
  }
})
